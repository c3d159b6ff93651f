"""What lint knows of Kong's plugins. Of a plugin that nobody knows, it takes the best to be true."""

from entities.schema import kong_schema

AUTHENTICATION = frozenset(
    {
        "basic-auth",
        "header-cert-auth",
        "hmac-auth",
        "jwt",
        "jwt-signer",
        "key-auth",
        "key-auth-enc",
        "ldap-auth",
        "ldap-auth-advanced",
        "mtls-auth",
        "oauth2",
        "oauth2-introspection",
        "oidc",
        "openid-connect",
        "saml",
        "vault-auth",
    }
)
"""Plugins that refuse a request whose sender they do not know."""

ANY_LUA = frozenset({"pre-function", "post-function"})
"""Plugins that run Lua of the user's, which may do anything."""

ANSWERS = frozenset({"aws-lambda", "azure-functions", "redirect", "request-termination"})
"""Plugins that answer instead of a backend."""

BEHIND_THE_GATE = ANSWERS | {"rate-limiting", "request-transformer", "response-ratelimiting", "standard-webhooks"}
"""Plugins that do nothing for a request that authentication or `acl` refused: they work in the access phase, or on the
backend's answer, and come after those (Kong: each plugin's handler.lua, PRIORITY below 950)."""


def may_authenticate(plugin: str) -> bool:
    """Whether a plugin may keep out whom it does not know."""
    return plugin in AUTHENTICATION or may_act(plugin)


def may_identify(plugin: str) -> bool:
    """Whether a request may have a consumer after a plugin. The community plugin `oidc` sets a credential alone."""
    return plugin != "oidc" and may_authenticate(plugin)


def may_act(plugin: str) -> bool:
    """Whether a plugin may do whatever it likes: it runs Lua of the user's, or nobody knows it."""
    return plugin in ANY_LUA or not kong_schema().knows(plugin)
