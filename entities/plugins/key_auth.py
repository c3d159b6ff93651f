"""Kong's `key-auth`: a key picks the credential, and so the consumer (Kong: kong/plugins/key-auth/schema.lua)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import HeaderNames, Text


class KeyAuth(PluginConfig):
    """Where the key may stand in a request; at least one place must be on for anybody to pass."""

    plugin: ClassVar[str] = "key-auth"

    key_names: HeaderNames = Field(default=("apikey",), description="Names of the header, parameter or field.")
    hide_credentials: bool = Field(default=False, description="Whether to keep the key from the backend.")
    anonymous: Text | None = Field(
        default=None, description="Id or username of the consumer of unauthenticated requests."
    )
    key_in_header: bool = True
    key_in_query: bool = True
    key_in_body: bool = False
    run_on_preflight: bool = Field(default=True, description="Whether OPTIONS requests need a key too.")
    realm: Text | None = Field(default=None, description="Sent in WWW-Authenticate.")
