"""Kong's `correlation-id`: a header that identifies a request (Kong: kong/plugins/correlation-id/schema.lua)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Text


class CorrelationId(PluginConfig):
    """A request that already has the header keeps it."""

    plugin: ClassVar[str] = "correlation-id"

    header_name: Text | None = "Kong-Request-ID"
    generator: Literal["uuid", "uuid#counter", "tracker"] = Field(
        default="uuid#counter",
        description="A UUID each, one UUID a worker with a counter, or address, time and counters.",
    )
    echo_downstream: bool = Field(default=False, description="Whether the client gets the header too.")
