"""Kong's `ip-restriction`: which addresses may pass (Kong: kong/plugins/ip-restriction/schema.lua)."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import IpRanges, Number, Text


class IpRestriction(PluginConfig):
    """Addresses and ranges such as 10.0.0.0/8; what is denied is refused even if allowed."""

    plugin: ClassVar[str] = "ip-restriction"

    allow: IpRanges | None = Field(default=None, description="Only these pass.")
    deny: IpRanges | None = Field(default=None, description="These are refused.")
    status: Number | None = Field(default=None, description="The status of a refusal; 403 unless given.")
    message: Text | None = Field(default=None, description="The text of a refusal.")

    @model_validator(mode="after")
    def _restricts_something(self) -> Self:
        if not self.allow and not self.deny:
            message = "no address is named: write addresses or ranges in allow or deny"
            raise ValueError(message)
        return self
