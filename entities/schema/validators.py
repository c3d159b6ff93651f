"""Kong's custom validators by the name the facts give them.

Not repeated here, so left to Kong: whether Lua code parses (`pre-function`, `custom_fields_by_lua`), whether a
value of request-transformer is a template that compiles, and which shared dictionaries a node has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from entities.schema import addresses, certificates, names, paths, plugin_validators
from entities.schema.document import Document, Json

Validator = Callable[[Json], str | None]


def _of_text(validate: Callable[[str], str | None]) -> Validator:
    return lambda value: validate(value) if isinstance(value, str) else None


def _of_object(validate: Callable[[Document], str | None]) -> Validator:
    return lambda value: validate(value) if isinstance(value, dict) else None


def _of_list(validate: Callable[[list[Json]], str | None]) -> Validator:
    return lambda value: validate(value) if isinstance(value, list) else None


def _without_repeats(items: list[Json]) -> str | None:
    """A certificate's SNIs (Kong: kong/db/dao/certificates.lua)."""
    repeated = next((item for position, item in enumerate(items) if item in items[:position]), None)
    return f"{repeated} is duplicated" if repeated else None


VALIDATORS: Mapping[str, Validator] = {
    "acme_namespace": _of_text(plugin_validators.acme_namespace_error),
    "assignment": _of_text(plugin_validators.assignment_error),
    "certificate": _of_text(certificates.certificate_error),
    "cookie_name": _of_text(names.cookie_name_error),
    "cors_origin": _of_text(plugin_validators.cors_origin_error),
    "header_name": _of_text(names.header_name_error),
    "header_pair": _of_text(plugin_validators.header_pair_error),
    "header_rename": _of_text(plugin_validators.header_rename_error),
    "host": _of_text(addresses.host_error),
    "host_with_optional_port": _of_text(addresses.host_with_optional_port_error),
    "http_log": _of_object(plugin_validators.http_log_error),
    "ip_or_cidr": _of_text(addresses.ip_or_cidr_error),
    "jwt_key": _of_text(certificates.jwt_key_error),
    "key": _of_text(certificates.key_error),
    "oauth2_flows": _of_object(plugin_validators.oauth2_flows_error),
    "path": _of_text(paths.path_error),
    "rate_limiting": _of_object(plugin_validators.rate_limiting_error),
    "redirect_uri": _of_text(paths.redirect_uri_error),
    "request_termination": _of_object(plugin_validators.request_termination_error),
    "resource_attributes": _of_object(plugin_validators.resource_attributes_error),
    "response_limit": _of_object(plugin_validators.response_limit_error),
    "route_host": _of_text(addresses.route_host_error),
    "route_path": _of_text(paths.route_path_error),
    "sni": _of_text(addresses.sni_error),
    "static_tags": _of_list(plugin_validators.static_tags_error),
    "tag": _of_text(names.tag_error),
    "target": _of_text(addresses.target_error),
    "upstream_name": _of_text(addresses.upstream_name_error),
    "url": _of_text(paths.url_error),
    "utf8_name": _of_text(names.utf8_name_error),
    "wildcard_host": _of_text(addresses.wildcard_host_error),
    "without_repeats": _of_list(_without_repeats),
}
