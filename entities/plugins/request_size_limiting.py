"""Kong's `request-size-limiting`: 413 for larger bodies (Kong: kong/plugins/request-size-limiting/schema.lua)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from entities.plugins.base import PluginConfig


class RequestSizeLimiting(PluginConfig):
    """The largest request body; a megabyte is 1,048,576 bytes."""

    plugin: ClassVar[str] = "request-size-limiting"

    allowed_payload_size: int | None = Field(default=128, description="In the unit that size_unit says.")
    size_unit: Literal["megabytes", "kilobytes", "bytes"] = "megabytes"
    require_content_length: bool = Field(
        default=False, description="Whether requests without Content-Length get 411, every plain GET among them."
    )
