"""Kong's `basic-auth`: username and password (Kong: kong/plugins/basic-auth/schema.lua)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Text


class BasicAuth(PluginConfig):
    """HTTP basic authentication against Kong's credentials."""

    plugin: ClassVar[str] = "basic-auth"

    anonymous: Text | None = Field(
        default=None, description="Id or username of the consumer of unauthenticated requests."
    )
    hide_credentials: bool = Field(default=False, description="Whether to keep Authorization from the backend.")
    realm: Text = Field(default="service", description="Sent in WWW-Authenticate.")
