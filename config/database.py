"""`database:` the PostgreSQL that Kong keeps its entities in (database mode)."""

from typing import Annotated, Literal

from pydantic import Field

from config.platform import Amounts, Resources
from config.settings import Settings
from config.vocabulary import Hostname, ImageReference, MemoryQuantity, ObjectName, Port


class BundledDatabase(Settings):
    """PostgreSQL as a StatefulSet of one beside Kong: for development.

    Its password is made once, lives in a Kubernetes Secret only, and is read back from there. Its volume outlives the
    pod, every change of these settings, and the StatefulSet; it goes with the namespace.
    """

    kind: Literal["bundled"]
    image: ImageReference = "postgres:17.6"
    """PostgreSQL's image. Another major version refuses the data of the one before and leaves it as it is: dump and
    restore, or go back."""
    resources: Resources = Resources(
        requests=Amounts(cpu="100m", memory="256Mi"), limits=Amounts(cpu="1", memory="512Mi")
    )
    storage: MemoryQuantity = "2Gi"
    """The size of its volume, which can grow where its StorageClass lets volumes grow. The API server refuses less."""
    storage_class: ObjectName | None = None
    """The StorageClass of its volume when it is made; the cluster's default when left out. A volume never moves to
    another, so a later change does nothing."""


class ExternalDatabase(Settings):
    """A PostgreSQL that somebody else runs."""

    kind: Literal["external"]
    host: Hostname
    """The server's name."""
    port: Port = 5432
    """The port on which it listens."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")] = "kong"
    """The database's name."""
    credentials_secret: ObjectName
    """A Secret in the gateway's namespace with the keys `username` and `password`."""
    tls: Literal["verify", "require", "off"] = "verify"
    """`verify` asks that an authority of `trust` signed the server's certificate, `require` only encrypts
    (KONG_PG_SSL, KONG_PG_SSL_VERIFY). Neither insists on TLS where a server says that it has none: let the server
    refuse plain connections (pg_hba.conf: hostssl), as managed ones can."""


Database = Annotated[BundledDatabase | ExternalDatabase, Field(discriminator="kind")]
