"""Which plugins which edition of Kong 3.9 can run.

The open-source edition has no list of what it lacks; the Enterprise names are those of Kong's plugin hub for
Gateway 3.9 (developer.konghq.com/plugins, tier Enterprise or AI).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final, Literal, TypeAlias

Edition: TypeAlias = Literal["oss", "enterprise"]

BOTH: Final[frozenset[Edition]] = frozenset({"oss", "enterprise"})
ENTERPRISE: Final[frozenset[Edition]] = frozenset({"enterprise"})

COMMUNITY_PLUGINS: Final = frozenset({"oidc"})
"""Plugins that no edition bundles and that run in both, where the image carries them (kong-oidc)."""

ENTERPRISE_PLUGINS: Final = frozenset(
    {
        "ai-azure-content-safety",
        "ai-proxy-advanced",
        "ai-rate-limiting-advanced",
        "ai-semantic-cache",
        "ai-semantic-prompt-guard",
        "app-dynamics",
        "application-registration",
        "canary",
        "confluent",
        "degraphql",
        "exit-transformer",
        "forward-proxy",
        "graphql-proxy-cache-advanced",
        "graphql-rate-limiting-advanced",
        "header-cert-auth",
        "injection-protection",
        "jq",
        "json-threat-protection",
        "jwe-decrypt",
        "jwt-signer",
        "kafka-log",
        "kafka-upstream",
        "key-auth-enc",
        "konnect-application-auth",
        "ldap-auth-advanced",
        "mocking",
        "mtls-auth",
        "oas-validation",
        "oauth2-introspection",
        "opa",
        "openid-connect",
        "proxy-cache-advanced",
        "rate-limiting-advanced",
        "request-transformer-advanced",
        "request-validator",
        "response-transformer-advanced",
        "route-by-header",
        "route-transformer-advanced",
        "saml",
        "service-protection",
        "statsd-advanced",
        "tls-handshake-modifier",
        "tls-metadata-headers",
        "upstream-oauth",
        "upstream-timeout",
        "vault-auth",
        "websocket-size-limit",
        "websocket-validator",
        "xml-threat-protection",
    }
)


def editions_of(plugin: str, bundled: AbstractSet[str]) -> frozenset[Edition]:
    """The editions in which a plugin can run, given what the open-source edition bundles; Enterprise has all that."""
    if plugin in bundled or plugin in COMMUNITY_PLUGINS:
        return BOTH
    return ENTERPRISE if plugin in ENTERPRISE_PLUGINS else frozenset()
