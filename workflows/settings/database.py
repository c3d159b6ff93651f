"""`database:` the PostgreSQL that Temporal keeps its workflows in, and what it finds them by."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.database import BundledDatabase
from config.settings import Settings, wrong_key
from config.trust import Authority
from config.vocabulary import Hostname, ObjectName, Port, is_address

DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$", title="database")]


class ExternalDatabase(Settings):
    """A PostgreSQL 12 or newer that somebody else runs."""

    kind: Literal["external"]
    host: Hostname
    """The server's name."""
    port: Port = 5432
    """The port on which it listens."""
    name: DatabaseName = "temporal"
    """The database of the workflows (Temporal: the default store)."""
    visibility_name: DatabaseName = "temporal_visibility"
    """The database that they are found in (Temporal: the visibility store)."""
    credentials_secret: ObjectName
    """A Secret in the namespace with the keys `username` and `password`, of a user that owns both databases."""
    create: bool = False
    """Whether the schema Job makes the databases. The user must be allowed to, and to connect to `postgres`."""
    tls: Literal["verify", "off"] = "verify"
    """`verify` asks that `authority`, or a public authority, signed a certificate for `host` (libpq: verify-full)."""
    authority: Authority | None = None
    """Who signs the server's certificate; the public authorities when left out."""

    @model_validator(mode="after")
    def _they_fit_together(self) -> Self:
        if self.name == self.visibility_name:
            raise wrong_key("visibilityName", f"{self.name!r} is the workflows' own database; write another")
        if self.tls == "verify" and is_address(self.host):
            raise wrong_key("host", f"{self.host!r} is an address, and certificates have names; write the name")
        if self.tls == "off" and self.authority is not None:
            raise wrong_key("authority", "is asked by nobody with tls 'off'; remove it, or write tls: verify")
        return self


Database = Annotated[BundledDatabase | ExternalDatabase, Field(discriminator="kind")]
