"""How plugins reach Redis (Kong: kong/tools/redis/schema.lua)."""

from __future__ import annotations

from pydantic import Field

from entities.plugins.base import ConfigRecord
from entities.plugins.vocabulary import HostName, Milliseconds, Port, ServerName, Text


class Redis(ConfigRecord):
    """A Redis server; user and password may be vault references, resolved by each node."""

    host: HostName | None = Field(default=None, description="Host name or address, without a port.")
    port: Port | None = 6379
    timeout: Milliseconds | None = Field(
        default=2000, description="For connecting, sending and reading, in milliseconds."
    )
    username: Text | None = Field(default=None, description="For Redis 6 and later with access control lists.")
    password: str | None = Field(default=None, repr=False)
    database: int | None = 0
    ssl: bool | None = Field(default=False, description="Whether to speak TLS.")
    ssl_verify: bool | None = Field(
        default=False, description="Whether to verify the certificate, by the node's lua_ssl_trusted_certificate."
    )
    server_name: ServerName | None = Field(default=None, description="The name to ask for and verify with TLS.")
