"""`trust:` whose certificates Kong believes when it connects: to its database, to Redis, to what plugins talk to."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import ObjectName


class Authority(Settings):
    """A file with the certificates of one or more authorities (PEM), in the gateway's namespace."""

    config_map: ObjectName | None = None
    """The ConfigMap that has it, such as trust-manager makes one."""
    secret: ObjectName | None = None
    """Or the Secret that has it, such as cert-manager makes one."""
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")] = "ca.crt"
    """The key under which the file is."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.config_map is None) == (self.secret is None):
            raise wrong_key("configMap", "and secret: write one of them, the object that has the file")
        return self


class Trust(Settings):
    """One bundle for all connections of a node (Kong: lua_ssl_trusted_certificate); read when it starts."""

    authorities: Annotated[tuple[Authority, ...], Field(max_length=20)] = ()
    """They take the place of the public authorities that Kong's image brings.

    To PostgreSQL that is what makes a certificate worth anything: Kong asks that a known authority signed it, and does
    not look at the name on it (pgmoon hands no name to the handshake; Kong issue 14989). So an authority that signs
    for the database alone gives what libpq calls `verify-full`, and the public ones give nothing: each of their
    certificates would do. To Redis and elsewhere Kong looks at the name as well."""
    public_too: bool = False
    """Whether the public authorities count beside them, for a realm or a log server with such a certificate. For the
    database they count then, too."""
