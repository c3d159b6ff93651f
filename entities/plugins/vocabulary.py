"""The types that plugin configurations are made of; each refuses what Kong would refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from entities.schema.addresses import host_error, ip_or_cidr_error, sni_error
from entities.schema.document import is_vault_reference
from entities.schema.names import header_name_error
from entities.schema.paths import path_error, url_error
from entities.schema.regexes import regex_error


def _checked_by(find_error: Callable[[str], str | None]) -> AfterValidator:
    def check(text: str) -> str:
        error = find_error(text)
        if error:
            raise ValueError(error)
        return text

    return AfterValidator(check)


def _unless_reference(find_error: Callable[[str], str | None]) -> AfterValidator:
    """For fields that Kong lets refer to a vault, whose value is not known here."""
    return _checked_by(lambda text: None if is_vault_reference(text) else find_error(text))


def _request_path_error(path: str) -> str | None:
    if not path.startswith("/"):
        return "should start with: /"
    return "must not have empty segments" if "//" in path else path_error(path)


def _pattern_error(pattern: str) -> str | None:
    error = regex_error(pattern)
    return f"not a valid regex: {pattern} ({error})" if error else None


Text: TypeAlias = Annotated[str, Field(min_length=1)]
"""Any text; Kong takes an empty one for a mistake: leave the field out instead."""

HeaderName: TypeAlias = Annotated[Text, _checked_by(header_name_error)]
HostName: TypeAlias = Annotated[Text, _checked_by(host_error)]
"""A host name or an IP address, without a port."""
IpOrCidr: TypeAlias = Annotated[Text, _checked_by(ip_or_cidr_error)]
Pattern: TypeAlias = Annotated[Text, _checked_by(_pattern_error)]
"""A regular expression (PCRE)."""
RequestPath: TypeAlias = Annotated[Text, _checked_by(_request_path_error)]
ServerName: TypeAlias = Annotated[Text, _checked_by(sni_error)]
"""A host name to ask for in a TLS handshake."""
ReferenceableUrl: TypeAlias = Annotated[Text, _unless_reference(url_error)]
"""A URL, or a vault reference such as `{vault://env/http-log-endpoint}`."""

Number: TypeAlias = int | float
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]
Milliseconds: TypeAlias = Annotated[int, Field(ge=0, le=2**31 - 2)]
StatusCode: TypeAlias = Annotated[int, Field(ge=100, le=599)]
Count: TypeAlias = Annotated[int, Field(gt=0)] | Annotated[float, Field(gt=0)]

Method: TypeAlias = Literal["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"]

Texts: TypeAlias = Annotated[tuple[Text, ...], Field(strict=False)]
HeaderNames: TypeAlias = Annotated[tuple[HeaderName, ...], Field(strict=False)]
IpRanges: TypeAlias = Annotated[tuple[IpOrCidr, ...], Field(strict=False)]
Patterns: TypeAlias = Annotated[tuple[Pattern, ...], Field(strict=False)]
Methods: TypeAlias = Annotated[tuple[Method, ...], Field(strict=False)]

LuaFields: TypeAlias = Mapping[Text, Text]
"""Names of log fields, each with a chunk of Lua whose return value sets the field; nil removes it."""
