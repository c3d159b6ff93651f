"""Which entities have a say in who may pass."""

from typing import Final

GUARDS: Final = frozenset(
    {
        "acl",
        "basic-auth",
        "bot-detection",
        "cors",
        "hmac-auth",
        "ip-restriction",
        "jwt",
        "key-auth",
        "ldap-auth",
        "ldap-auth-advanced",
        "mtls-auth",
        "oauth2",
        "oauth2-introspection",
        "oidc",
        "opa",
        "openid-connect",
        "post-function",
        "pre-function",
        "request-termination",
        "session",
        "vault-auth",
    }
)
"""Plugins that let in or keep out. The functions are among them because authentication here is partly Lua."""
_KINDS: Final = frozenset(
    {
        "routes",
        "acls",
        "jwt_secrets",
        "keyauth_credentials",
        "basicauth_credentials",
        "oauth2_credentials",
    }
)


def decides_access(kind: str, plugin: str) -> bool:
    """Whether an entity decides who may pass; `plugin` is a plugin's name."""
    return plugin in GUARDS if kind == "plugins" else kind in _KINDS
