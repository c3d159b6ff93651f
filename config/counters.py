"""`counters:` where rate limits are counted."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import DnsName, Hostname, Milliseconds, ObjectName, Port, is_address


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


class RedisCounters(Settings):
    """Counted in Redis, by all pods together."""

    policy: Literal["redis"]
    host: Hostname
    """The server's name."""
    port: Port = 6379
    database: Annotated[int, Field(ge=0, le=15)] = 0
    username: Annotated[str, Field(min_length=1)] | None = None
    password_secret: SecretKey | None = None
    """Where the password is. Kong gets it as an environment variable and its entities name that variable."""
    tls: bool = True
    server_name: DnsName | None = None
    """The name on the server's certificate, where it is not `host`."""
    timeout: Milliseconds = 2000

    @model_validator(mode="after")
    def _a_certificate_has_a_name(self) -> Self:
        if self.tls and self.server_name is None and is_address(self.host):
            raise wrong_key("serverName", "is missing, and host is an address; write the name on its certificate")
        return self


Counters = Annotated[LocalCounters | ClusterCounters | RedisCounters, Field(discriminator="policy")]
