"""Facts of Kong 3.9 that its `/schemas` endpoints do not show, each with its source.

Kong answers with a schema's data, not with its functions: custom validators, shorthands and the variants of
routes are missing there. `compile.py` adds them, in the compact form, with a name in place of the function;
`validators.py`, `entity_rules.py` and `shorthands.py` have the functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from entities.schema.document import Document

TYPEDEFS: Final[Mapping[str, str]] = {
    "A string representing a certificate.": "certificate",
    "A string representing a host name with an optional port number, such as example.com or example.com:8080.": (
        "host_with_optional_port"
    ),
    "A string representing a host name, such as example.com.": "host",
    "A string representing a key.": "key",
    "A string representing a tag.": "tag",
    "A string representing a URL path, such as /path/to/resource. Must start with a forward slash (/) and must not "
    "contain empty segments (i.e., two consecutive forward slashes).": "path",
    "A string representing a URL, such as https://example.com/path/to/resource?q=search.": "url",
    "A string representing a wildcard host name, such as *.example.com.": "wildcard_host",
    "A string representing an HTTP header name.": "header_name",
    "A string representing an IP address or CIDR block, such as 192.168.1.1 or 192.168.0.0/16.": "ip_or_cidr",
    "A string representing an SNI (server name indication) value for TLS.": "sni",
    "A unique string representing a UTF-8 encoded name.": "utf8_name",
}
"""Kong's shared types have a validator each and are known by their description (Kong: kong/db/schema/typedefs.lua)."""

_HEADER_LISTS = ("rename.headers.elements", "header_rename")
_AI_UPSTREAM = "model.options.upstream_url"

VALIDATORS: Final[Mapping[str, Mapping[str, str]]] = {
    "certificates": {"snis": "without_repeats"},
    "routes": {"hosts.elements": "route_host", "paths.elements": "route_path"},
    "targets": {"target": "target"},
    "upstreams": {"name": "upstream_name", "hash_on_cookie": "cookie_name"},
    "plugins/acme": {
        "config.domains.elements": "route_host",
        "config.storage_config.redis.extra_options.namespace": "acme_namespace",
    },
    "plugins/ai-proxy": {f"config.{_AI_UPSTREAM}": "url"},
    "plugins/ai-request-transformer": {f"config.llm.{_AI_UPSTREAM}": "url"},
    "plugins/ai-response-transformer": {f"config.llm.{_AI_UPSTREAM}": "url"},
    "plugins/cors": {"config.origins.elements": "cors_origin"},
    "plugins/http-log": {"config": "http_log"},
    "plugins/oauth2": {"config": "oauth2_flows"},
    "plugins/opentelemetry": {
        "config.propagation.clear.elements": "header_name",
        "config.resource_attributes": "resource_attributes",
    },
    "plugins/rate-limiting": {"config": "rate_limiting"},
    "plugins/redirect": {"config.location": "url"},
    "plugins/request-termination": {"config": "request_termination"},
    "plugins/request-transformer": {
        **{
            f"config.{action}.{part}.elements": "assignment"
            for action in ("add", "append", "rename", "replace")
            for part in ("body", "querystring")
        },
        **{f"config.{action}.headers.elements": "header_pair" for action in ("add", "append", "remove", "replace")},
        f"config.{_HEADER_LISTS[0]}": _HEADER_LISTS[1],
    },
    "plugins/response-ratelimiting": {"config.limits.values": "response_limit"},
    "plugins/response-transformer": {f"config.{_HEADER_LISTS[0]}": _HEADER_LISTS[1]},
    "plugins/statsd": {"config.host": "host"},
    "plugins/tcp-log": {"config.host": "host"},
    "plugins/zipkin": {
        "config.propagation.clear.elements": "header_name",
        "config.static_tags": "static_tags",
    },
}
"""Custom validators of fields with a description of their own (Kong: kong/db/schema/entities, kong/plugins)."""

CONDITION_VALIDATORS: Final[Mapping[tuple[str, str], str]] = {("jwt_secrets", "rsa_public_key"): "jwt_key"}
"""Validators that hold only under a condition, by schema and field (Kong: kong/plugins/jwt/daos.lua)."""

ENTITY_RULES: Final[Mapping[tuple[str, ...], str]] = {
    ("cert",): "certificate_authority",
    ("cert", "cert_alt"): "certificate_kinds",
    ("cert", "key"): "certificate_key",
    ("cert_alt", "key_alt"): "certificate_alternative_key",
    ("config.proxy_url",): "http_proxy",
    ("route_type", "model", "logging"): "ai_statistics",
}
"""Functions of `custom_entity_check`, by the fields they read. Others depend on how a node runs, and are left out."""

_SERVICE_URL: Document = {"url": {"type": "string", "expands": "service_url"}}
_UPSTREAM_HASHING: Document = {
    "algorithm": {"type": "string", "expands": "upstream_algorithm"},
    "hash_on": {"type": "string", "expands": "upstream_hash_on"},
}
SHORTHANDS: Final[Mapping[str, Document]] = {
    "services": _SERVICE_URL,
    "upstreams": _UPSTREAM_HASHING,
}
"""Shorthands of entities (Kong: kong/db/schema/entities/services.lua, upstreams.lua)."""

SHORTHAND_TARGETS: Final[Mapping[tuple[str, str], Document]] = {
    ("plugins/opentelemetry", "endpoint"): {"for": "traces_endpoint"},
    ("plugins/session", "cookie_discard"): {"for": "stale_ttl"},
    ("plugins/session", "cookie_httponly"): {"for": "cookie_http_only"},
    ("plugins/session", "cookie_idletime"): {"for": "idling_timeout", "translations": {"null": 0}},
    ("plugins/session", "cookie_lifetime"): {"for": "rolling_timeout"},
    ("plugins/session", "cookie_persistent"): {"for": "remember"},
    ("plugins/session", "cookie_samesite"): {"for": "cookie_same_site", "translations": {"off": "Lax"}},
}
"""What a shorthand stands for where the schema does not say `replaced_with` (Kong: kong/plugins/*/schema.lua)."""


def _unset(kind: str, message: str) -> Document:
    """A field that this variant of a route must not set."""
    if kind == "map":
        return {"type": "map", "keys": {"type": "any"}, "values": {"type": "any"}, "eq": None, "err": message}
    return {"type": kind, "elements": {"type": "any"}, "eq": None, "err": message}


_STREAM = "'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'"
_HTTP = "'protocols' is 'http' or 'https'"
_GRPC = "'protocols' is 'grpc' or 'grpcs'"

ROUTE_VARIANTS: Final[Document] = {
    "by": "protocols",
    "choices": {
        "grpc": "grpc",
        "grpcs": "grpc",
        "http": "http",
        "https": "http",
        "tcp": "stream",
        "tls": "stream",
        "tls_passthrough": "stream",
        "udp": "stream",
    },
    "overlays": {
        "grpc": {
            "fields": {
                "destinations": _unset("set", f"cannot set 'destinations' when {_GRPC}"),
                "methods": _unset("set", f"cannot set 'methods' when {_GRPC}"),
                "sources": _unset("set", f"cannot set 'sources' when {_GRPC}"),
                "strip_path": {
                    "type": "boolean",
                    "required": True,
                    "default": False,
                    "ne": True,
                    "err": f"cannot set 'strip_path' when {_GRPC}",
                },
            },
            "checks": [
                {
                    "conditional_at_least_one_of": {
                        "if_field": "protocols",
                        "if_match": {"contains": "grpcs"},
                        "then_at_least_one_of": ["hosts", "headers", "paths", "snis"],
                        "then_err": "must set one of %s when 'protocols' is 'grpcs'",
                        "else_match": {"contains": "grpc"},
                        "else_then_at_least_one_of": ["hosts", "headers", "paths"],
                        "else_then_err": "must set one of %s when 'protocols' is 'grpc'",
                    }
                }
            ],
        },
        "http": {
            "fields": {
                "destinations": _unset("set", f"cannot set 'destinations' when {_HTTP}"),
                "sources": _unset("set", f"cannot set 'sources' when {_HTTP}"),
            },
            "checks": [
                {
                    "conditional_at_least_one_of": {
                        "if_field": "protocols",
                        "if_match": {"contains": "https"},
                        "then_at_least_one_of": ["methods", "hosts", "headers", "paths", "snis"],
                        "then_err": "must set one of %s when 'protocols' is 'https'",
                        "else_match": {"contains": "http"},
                        "else_then_at_least_one_of": ["methods", "hosts", "headers", "paths"],
                        "else_then_err": "must set one of %s when 'protocols' is 'http'",
                    }
                }
            ],
        },
        "stream": {
            "fields": {
                "headers": _unset("map", f"cannot set 'headers' when {_STREAM}"),
                "hosts": _unset("array", f"cannot set 'hosts' when {_STREAM}"),
                "methods": _unset("set", f"cannot set 'methods' when {_STREAM}"),
                "paths": _unset("array", f"cannot set 'paths' when {_STREAM}"),
            },
            "checks": [
                {
                    "conditional_at_least_one_of": {
                        "if_field": "protocols",
                        "if_match": {"elements": {"type": "string", "one_of": ["tcp", "tls", "udp"]}},
                        "then_at_least_one_of": ["sources", "destinations", "snis"],
                        "then_err": "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'",
                    }
                },
                {
                    "conditional_at_least_one_of": {
                        "if_field": "protocols",
                        "if_match": {"elements": {"type": "string", "one_of": ["tls_passthrough"]}},
                        "then_at_least_one_of": ["snis"],
                        "then_err": "must set snis when 'protocols' is 'tls_passthrough'",
                    }
                },
            ],
        },
    },
}
"""What differs by protocol (Kong: kong/db/schema/entities/routes_subschemas.lua, traditional router)."""

_TAGS: Document = {"type": "set", "elements": {"type": "string", "validator": "tag"}}

FIELDS: Final[Mapping[str, Document]] = {
    "keyauth_credentials": {"ttl": {"type": "integer", "between": [0, 100_000_000]}},
}
"""Fields that Kong adds to a schema's own: seconds to live (Kong: `ttl = true` in kong/plugins/key-auth/daos.lua)."""

ENTITIES: Final[Mapping[str, Document]] = {
    "oauth2_credentials": {
        "fields": {
            "client_id": {"type": "string", "auto": True, "unique": True},
            "client_secret": {"type": "string", "auto": True, "encrypted": True},
            "client_type": {
                "type": "string",
                "required": True,
                "default": "confidential",
                "one_of": ["confidential", "public"],
            },
            "consumer": {
                "type": "foreign",
                "required": True,
                "reference": "consumers",
                "on_delete": "cascade",
            },
            "created_at": {"type": "integer", "auto": True, "timestamp": True},
            "hash_secret": {"type": "boolean", "required": True, "default": False},
            "id": {"type": "string", "auto": True, "uuid": True},
            "name": {"type": "string", "required": True},
            "redirect_uris": {"type": "array", "elements": {"type": "string", "validator": "redirect_uri"}},
            "tags": _TAGS,
        }
    },
}
"""Entities whose schema was not recorded (Kong: kong/plugins/oauth2/daos.lua)."""
