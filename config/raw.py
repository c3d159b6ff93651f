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
    upstreams: tuple[RawDocument, ...] = ()
    targets: tuple[RawDocument, ...] = ()
    services: tuple[RawDocument, ...] = ()
    routes: tuple[RawDocument, ...] = ()
    consumers: tuple[RawDocument, ...] = ()
    acls: tuple[RawDocument, ...] = ()
    jwt_secrets: tuple[RawDocument, ...] = ()
    keyauth_credentials: tuple[RawDocument, ...] = ()
    basicauth_credentials: tuple[RawDocument, ...] = ()
    oauth2_credentials: tuple[RawDocument, ...] = ()
    plugins: tuple[RawDocument, ...] = ()
