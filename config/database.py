"""`database:` the PostgreSQL that Kong keeps its entities in (database mode)."""

from typing import Annotated, Literal

from pydantic import Field

from config.settings import Settings
from config.vocabulary import Hostname, ImageReference, MemoryQuantity, ObjectName, Port


class BundledDatabase(Settings):
    """PostgreSQL as a StatefulSet of one beside Kong: for development.

    Its password is made once, lives in a Kubernetes Secret only, and is read back from there.
    """

    kind: Literal["bundled"]
    image: ImageReference = "postgres:17.6"
    storage: MemoryQuantity = "2Gi"
    """The size of its volume when it is made. A later change does nothing: the volume would be lost with the change."""
    storage_class: ObjectName | None = None
    """The StorageClass of its volume; the cluster's default when left out."""


class ExternalDatabase(Settings):
    """A PostgreSQL that somebody else runs."""

    kind: Literal["external"]
    host: Hostname
    """The server's name; with `tls: verify` the one on its certificate."""
    port: Port = 5432
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")] = "kong"
    """The database's name."""
    credentials_secret: ObjectName
    """A Secret in the gateway's namespace with the keys `username` and `password`."""
    tls: Literal["verify", "require", "off"] = "verify"
    """`verify` checks the server's certificate, `require` only encrypts (KONG_PG_SSL, KONG_PG_SSL_VERIFY)."""


Database = Annotated[BundledDatabase | ExternalDatabase, Field(discriminator="kind")]
