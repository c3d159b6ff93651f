"""`entities:` what Kong should hold besides, in Kong's own terms: for what the other sections cannot say."""

from pydantic import ConfigDict, JsonValue

from config.settings import Settings

RawDocument = dict[str, JsonValue]
"""An entity as a client sends it to Kong's Admin API, but for three things: it refers to others by name, its tags stand
beside the stack's, and `{secret://NAME}` stands for a secret of the stack's configuration."""


class RawEntities(Settings):
    """Lists of entities by their kind. Both the kinds and the fields have Kong's names; each document is checked
    against Kong's own schema, and what it leaves out gets Kong's default.

    `id` is for an entity that was there before this program; otherwise ids follow from names.
    """

    model_config = ConfigDict(alias_generator=None)

    certificates: tuple[RawDocument, ...] = ()
    """Certificates that Kong shows, with their keys by reference."""
    upstreams: tuple[RawDocument, ...] = ()
    """Load balancing over several targets."""
    targets: tuple[RawDocument, ...] = ()
    """Addresses of upstreams."""
    services: tuple[RawDocument, ...] = ()
    """Backends."""
    routes: tuple[RawDocument, ...] = ()
    """Which requests go to which service."""
    consumers: tuple[RawDocument, ...] = ()
    """Users of the APIs."""
    acls: tuple[RawDocument, ...] = ()
    """Consumers' memberships in groups."""
    jwt_secrets: tuple[RawDocument, ...] = ()
    """Credentials of the `jwt` plugin."""
    keyauth_credentials: tuple[RawDocument, ...] = ()
    """Credentials of the `key-auth` plugin."""
    basicauth_credentials: tuple[RawDocument, ...] = ()
    """Credentials of the `basic-auth` plugin."""
    oauth2_credentials: tuple[RawDocument, ...] = ()
    """Credentials of the `oauth2` plugin."""
    plugins: tuple[RawDocument, ...] = ()
    """Plugins, each on what it names or on every request."""
