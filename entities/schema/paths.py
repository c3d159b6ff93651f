"""Paths and URLs as Kong reads them (Kong: kong/db/schema/typedefs.lua, kong/tools/uri.lua; LuaSocket's url.lua)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from entities.schema.regexes import regex_error

_RFC_3986_PATH = re.compile(r"/[A-Za-z0-9.\-_~/%:@!$&'()*+,;=]*")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_RESERVED = frozenset(b"!*'();:@&=+$,/?%#[]")


def path_error(path: str) -> str | None:
    """A plain path: the characters of RFC 3986, percent-encoded where they must be."""
    if not _RFC_3986_PATH.fullmatch(path):
        return f"invalid path: '{path}' (characters outside of the reserved list of RFC 3986 found)"
    return _encoding_error(path)


def _encoding_error(path: str) -> str | None:
    stray = re.search(r"%.{0,2}", _ENCODED.sub("___", path), re.DOTALL)
    return f"invalid url-encoded value: '{stray[0]}'" if stray else None


def route_path_error(path: str) -> str | None:
    """A route's path: a normalised prefix, or a regular expression after `~`.

    Kong refuses wrong percent-encoding only in paths of RFC 3986's characters, and matches any other as written.
    """
    if _RFC_3986_PATH.fullmatch(path):
        stray = _encoding_error(path)
        if stray:
            return stray
    if not path.startswith("~"):
        normal = normalized(path)
        return None if normal == path else f"non-normalized path, consider use '{normal}' instead"
    error = regex_error(path[1:])
    return f"invalid regex: '{path[1:]}' (PCRE returned: {error})" if error else None


def normalized(path: str) -> str:
    """A path with dots resolved, slashes merged and all but the reserved characters decoded."""
    if "%" in path:
        path = _decoded(path)
    if "." not in path and "//" not in path:
        return path
    kept: list[str] = []
    for segment in re.sub(r"/{2,}", "/", path).split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    ends_open = path.endswith(("/.", "/.."))
    return "/" + "/".join([*kept, ""] if ends_open and kept else kept)


def _decoded(path: str) -> str:
    """Decodes what is not reserved, byte by byte as Kong does, and writes the rest in capitals."""

    def plain(found: re.Match[bytes]) -> bytes:
        byte = int(found[1], 16)
        return found[0].upper() if byte in _RESERVED else bytes([byte])

    return re.sub(rb"%([0-9A-Fa-f]{2})", plain, path.encode()).decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a URL that Kong looks at; None where the URL says nothing."""

    scheme: str | None
    userinfo: str | None
    host: str | None
    port: str | None
    path: str | None
    fragment: str | None


def parse_url(url: str) -> Url:
    """Splits a URL as LuaSocket does, which finds something to say about any text."""
    scheme = re.match(r"([A-Za-z0-9][A-Za-z0-9+\-.]*):", url)
    rest = url[scheme.end() :] if scheme else url
    authority: str | None = None
    if rest.startswith("//"):
        end = re.search(r"[/?#]", rest[2:])
        authority = rest[2 : 2 + end.start()] if end else rest[2:]
        rest = rest[2 + len(authority) :]
    rest, hash_sign, fragment = rest.partition("#")
    path = re.split(r"[?;]", rest, maxsplit=1)[0]
    userinfo, host, port = _authority(authority) if authority else (None, None, None)
    return Url(
        scheme=scheme[1] if scheme else None,
        userinfo=userinfo,
        host=host,
        port=port,
        path=path or None,
        fragment=fragment if hash_sign else None,
    )


def _authority(authority: str) -> tuple[str | None, str | None, str | None]:
    userinfo, at, rest = authority.partition("@")
    if not at:
        userinfo, rest = "", authority
    port = re.search(r":([^:\]]*)$", rest)
    host = rest[: port.start()] if port else rest
    return userinfo if at else None, re.sub(r"^\[(.+)\]$", r"\1", host) or None, port[1] if port else None


def url_error(url: str) -> str | None:
    """A URL with a scheme and a host."""
    if not url:
        return "could not parse url. invalid url"
    parsed = parse_url(url)
    if parsed.host is None:
        return "missing host in url"
    return "missing scheme in url" if parsed.scheme is None else None


def redirect_uri_error(uri: str) -> str | None:
    """Where OAuth 2.0 sends people back to (Kong: kong/plugins/oauth2/daos.lua)."""
    parsed = parse_url(uri)
    if parsed.host is None or parsed.scheme is None:
        return f"cannot parse '{uri}'"
    return f"fragment not allowed in '{uri}'" if parsed.fragment is not None else None
