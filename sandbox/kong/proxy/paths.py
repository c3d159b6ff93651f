"""Request paths as Kong's router and proxy treat them: pure functions on strings."""

import re

_RESERVED = frozenset("!*'();:@&=+$,/?%#[]")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNSAFE = re.compile(r"[^!#$&'()*+,/:;=?@\[\]A-Za-z0-9\-_.~%]")


def normalize(path: str) -> str:
    """Decode what need not be encoded, resolve dots and merge slashes (Kong: kong/tools/uri.lua)."""
    decoded = _ENCODED.sub(_decode, path)
    segments: list[str] = []
    rest = re.sub(r"/{2,}", "/", decoded)
    parts = rest.split("/")
    for at, part in enumerate(parts[1:], start=1):
        last = at == len(parts) - 1
        if part in {".", ".."}:
            if part == ".." and segments:
                segments.pop()
            if last:
                segments.append("")
        else:
            segments.append(part)
    return "/" + "/".join(segments) if rest.startswith("/") else rest


def escape(path: str) -> str:
    """Percent-encode what may not stand in a request line."""
    return _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("latin-1")), path)


def upstream_path(path: str, *, matched: str | None, base: str) -> str:
    """Join a service's path and the request's, as `path_handling: v0` does.

    `matched` is the part of the request's path that the route matched when `strip_path` is on, else
    None. `base` is the service's path (Kong: kong/router/utils.lua, get_upstream_uri_v0).
    """
    if matched is None:
        return _join_whole(path, base)
    rest = _safe_rest(path[len(matched) :])
    if rest == "":
        return _base_alone(path, base)
    return base.removesuffix("/") + "/" + rest.removeprefix("/")


def _decode(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return match[0].upper() if char in _RESERVED else char


def _safe_rest(rest: str) -> str:
    if rest in {".", ".."}:
        return ""
    return rest.removeprefix("./") if rest.startswith("./") else rest.removeprefix("../")


def _join_whole(path: str, base: str) -> str:
    if base.endswith("/"):
        return base + path[1:]
    return base if path == "/" else base + path


def _base_alone(path: str, base: str) -> str:
    if base == "/":
        return "/"
    ends_with_slash = len(path) > 1 and path.endswith("/")
    if base.endswith("/"):
        return base if path.endswith("/") else base[:-1]
    return base + "/" if ends_with_slash else base
