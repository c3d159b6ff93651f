"""`counters:` where rate limits are counted."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, cast

from pydantic import Discriminator, Field, Tag, model_validator

from config.platform import binary_bytes
from config.settings import Settings, wrong_key
from config.vocabulary import (
    DnsName,
    Hostname,
    ImageReference,
    MemoryQuantity,
    Milliseconds,
    ObjectName,
    Port,
    is_address,
)


class LocalCounters(Settings):
    """Each pod counts by itself. With several pods a user gets each pod's limit, so this is for one pod."""

    policy: Literal["local"]


class ClusterCounters(Settings):
    """Counted in Kong's own database: exact, one write a request. Not in DB-less mode."""

    policy: Literal["cluster"]


class SecretKey(Settings):
    """One value of a Kubernetes Secret in the gateway's namespace."""

    name: ObjectName
    """The name of the Secret."""
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")] = "password"
    """The key in the Secret under which the value is."""


class ExternalRedis(Settings):
    """Counted by all pods together, in a Redis that somebody else runs."""

    policy: Literal["redis"]
    kind: Literal["external"] = "external"
    host: Hostname
    """The server's name."""
    port: Port = 6379
    """The port on which it listens."""
    database: Annotated[int, Field(ge=0, le=15)] = 0
    """The number of the database in it."""
    username: Annotated[str, Field(min_length=1)] | None = None
    """The user of its access list; its default user when left out."""
    password_secret: SecretKey | None = None
    """Where the password is. Kong gets it as an environment variable and its entities name that variable."""
    tls: bool = True
    """Whether to speak TLS, and only with who has a certificate for the server's name of an authority in `trust`."""
    server_name: DnsName | None = None
    """The name on the server's certificate, where it is not `host`."""
    timeout: Milliseconds = 2000
    """How long a request may wait for its count, before it passes without one."""

    @model_validator(mode="after")
    def _a_certificate_has_a_name(self) -> Self:
        if self.tls and self.server_name is None and is_address(self.host):
            raise wrong_key("serverName", "is missing, and host is an address; write the name on its certificate")
        return self


class BundledRedis(Settings):
    """Counted by all pods together, in a Redis beside Kong: for development.

    One pod without a volume: when it goes, the limits begin anew. Its password is made once and lives in a Kubernetes
    Secret only. The network policy lets Kong's pods alone connect.
    """

    policy: Literal["redis"]
    kind: Literal["bundled"]
    image: ImageReference = "redis:7.2.7"
    """Redis' image."""
    memory: MemoryQuantity = "128Mi"
    """What its pod may use, at least 32Mi. Three quarters are for counters, about a thousand in each 256 KiB; when they
    are full, those that were not used for longest go first."""
    timeout: Milliseconds = 2000
    """How long a request may wait for its count, before it passes without one."""

    @model_validator(mode="after")
    def _room_for_redis_itself(self) -> Self:
        if binary_bytes(self.memory) < binary_bytes("32Mi"):
            raise wrong_key("memory", "is too little for Redis; write at least '32Mi'")
        return self

    @property
    def host(self) -> str:
        """The Service in the gateway's namespace."""
        return "redis"

    @property
    def port(self) -> int:
        """Redis' own."""
        return 6379

    @property
    def password_secret(self) -> SecretKey:
        """Where its password is kept."""
        return SecretKey(name="redis")


def kind(value: object) -> str:
    """The `kind` that a Redis says, or means by leaving it out."""
    if isinstance(value, Mapping):
        return str(cast("Mapping[str, object]", value).get("kind", "external"))
    return str(getattr(value, "kind", "external"))


RedisCounters = Annotated[
    Annotated[ExternalRedis, Tag("external")] | Annotated[BundledRedis, Tag("bundled")], Discriminator(kind)
]
"""Counted in Redis, exactly: it counts while it answers (Kong: kong/plugins/rate-limiting/policies/init.lua)."""
Counters = Annotated[LocalCounters | ClusterCounters | RedisCounters, Field(discriminator="policy")]
