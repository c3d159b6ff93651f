"""A configuration for every plugin of Kong 3.9: what it cannot do without, and more where it has a typed model."""

from typing import Any

from entities.plugins import MODELS
from entities.schema import kong_schema
from tests.contract.test_plugin_models import LEAST, VARIED

Config = dict[str, Any]

_MODEL: Config = {"model": {"provider": "openai", "name": "gpt-4o"}, "route_type": "llm/v1/chat"}

WITHOUT_A_MODEL: dict[str, Config] = {
    "acme": {"account_email": "admin@gateway.example", "domains": ["a.example"], "tos_accepted": True},
    "ai-prompt-decorator": {"prompts": {"prepend": [{"role": "system", "content": "Be brief."}]}},
    "ai-prompt-guard": {"deny_patterns": [".*password.*"]},
    "ai-prompt-template": {"templates": [{"name": "greet", "template": "Greet {{name}}."}]},
    "ai-proxy": _MODEL,
    "ai-request-transformer": {"prompt": "Translate.", "llm": _MODEL},
    "ai-response-transformer": {"prompt": "Translate.", "llm": _MODEL},
    "aws-lambda": {"function_name": "f", "aws_region": "eu-central-1"},
    "azure-functions": {"appname": "a", "functionname": "f"},
    "datadog": {},
    "grpc-gateway": {},
    "grpc-web": {},
    "hmac-auth": {"enforce_headers": ["date"]},
    "ldap-auth": {"ldap_host": "ldap.example", "base_dn": "dc=example", "attribute": "cn"},
    "loggly": {"key": "{vault://env/loggly-key}"},
    "oauth2": {"enable_client_credentials": True, "scopes": ["email"]},
    "proxy-cache": {"strategy": "memory", "content_type": ["application/json"]},
    "redirect": {"location": "https://a.example/", "status_code": 308},
    "response-ratelimiting": {"limits": {"videos": {"minute": 10}}},
    "session": {"secret": "{vault://env/session}"},
    "standard-webhooks": {"secret_v1": "{vault://env/webhooks}"},
    "statsd": {"metrics": [{"name": "request_count", "stat_type": "counter", "sample_rate": 0.5}]},
    "syslog": {},
    "tcp-log": {"host": "logs.example", "port": 9999},
    "udp-log": {"host": "logs.example", "port": 9999},
    "zipkin": {"http_endpoint": "http://zipkin.example:9411/api/v2/spans", "sample_ratio": 0.25},
}
"""Plugins without a typed model of ours, as a stack file's `plugins:` may have them."""

ONLY_GLOBAL = {"acme"}
"""Plugins that Kong runs on no service (Kong: kong/plugins/acme/schema.lua)."""

UNKNOWN: dict[str, Config] = {
    "oidc": {"discovery": "https://auth.example/.well-known/openid-configuration", "client_id": "a", "timeout": 0.5},
    "openid-connect": {"issuer": "https://auth.example/realms/a", "auth_methods": ["bearer"]},
    "our-own": {"greeting": "hello", "times": 3, "nested": {"list": [1, 0.5, "x"], "none": None}},
    "rate-limiting-advanced": {"limit": [5, 60], "window_size": [60, 3600], "window_type": "sliding"},
}
"""Plugins whose schemas are not Kong's own: of Kong Enterprise, of the community, of one's own image."""


def configs() -> dict[str, tuple[str, Config]]:
    """Plugins and configurations, by what to call them: each plugin of Kong's schema in every way that we have."""
    said = {f"{plugin}, least": (plugin, config) for plugin, config in (LEAST | WITHOUT_A_MODEL).items()}
    varied = {f"{plugin}, varied": (plugin, config) for plugin, config in VARIED.items()}
    rendered = {
        f"{plugin}, model": (plugin, MODELS[plugin].model_validate(config).render())
        for plugin, config in VARIED.items()
    }
    assert {plugin for plugin, _ in said.values()} == kong_schema().plugin_names
    return said | varied | rendered
