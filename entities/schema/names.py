"""Names, tags, headers and cookies as Kong accepts them (Kong: kong/db/schema/typedefs.lua, kong/tools/http.lua)."""

from __future__ import annotations

import re

_UTF8_NAME = re.compile(r"[A-Za-z0-9.\-_~\u0080-\U0010ffff]+")
_TAG = re.compile(r"[ !-+\-.0-~\u0080-\U0010ffff]+")
_HEADER = re.compile(r"[a-zA-Z0-9\-_]+")
_NO_TOKEN = re.compile(r'[\x00-\x20\x7f-\U0010ffff()<>@,;:\\"/?={}\[\]]')


def utf8_name_error(name: str) -> str | None:
    """The name of a service, a route or a plugin's instance."""
    if _UTF8_NAME.fullmatch(name):
        return None
    return f"invalid value '{name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~"


def tag_error(tag: str) -> str | None:
    """A tag: printable, without the comma and the slash that combine tags in queries."""
    if _TAG.fullmatch(tag):
        return None
    return f"invalid tag '{tag}': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"


def header_name_error(name: str) -> str | None:
    """The name of an HTTP header."""
    if not name:
        return "no header name provided"
    if _HEADER.fullmatch(name):
        return None
    return f"bad header name '{name}', allowed characters are A-Z, a-z, 0-9, '_', and '-'"


def cookie_name_error(name: str) -> str | None:
    """The name of a cookie: a token of RFC 2616."""
    if not _NO_TOKEN.search(name):
        return None
    return (
        "contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the "
        'characters ()<>@,;:\\"/?={}[] are not allowed.'
    )
