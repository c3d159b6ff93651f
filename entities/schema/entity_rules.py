"""Kong's own functions over several fields of an entity (`custom_entity_check`), by the name the facts give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from entities.schema.certificates import authority_error, pair_error, same_kind_error
from entities.schema.document import Document, look_up
from entities.schema.plugin_validators import ai_statistics_error


def _pair(document: Document) -> str | None:
    cert, key = document.get("cert"), document.get("key")
    if isinstance(cert, str) and isinstance(key, str):
        return pair_error(cert, key, named="certificate")
    return None


def _alternative_pair(document: Document) -> str | None:
    cert, key = document.get("cert_alt"), document.get("key_alt")
    if isinstance(cert, str) and isinstance(key, str):
        return pair_error(cert, key, named="alternative certificate")
    return None


def _two_kinds(document: Document) -> str | None:
    cert, alternative = document.get("cert"), document.get("cert_alt")
    return same_kind_error(cert, alternative) if isinstance(cert, str) and isinstance(alternative, str) else None


def _authority(document: Document) -> str | None:
    cert = document.get("cert")
    return authority_error(cert) if isinstance(cert, str) else None


def _http_proxy(document: Document) -> str | None:
    """Kong: kong/plugins/aws-lambda/schema.lua."""
    proxy = look_up(document, "config.proxy_url")
    scheme, found, _ = proxy.partition("://") if isinstance(proxy, str) else ("", "", "")
    return "proxy_url scheme must be http" if found and scheme != "http" else None


ENTITY_RULES: Mapping[str, Callable[[Document], str | None]] = {
    "ai_statistics": ai_statistics_error,
    "certificate_alternative_key": _alternative_pair,
    "certificate_authority": _authority,
    "certificate_key": _pair,
    "certificate_kinds": _two_kinds,
    "http_proxy": _http_proxy,
}
