"""What every typed plugin configuration has in common."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from entities.schema.editions import BOTH, Edition


class ConfigRecord(BaseModel):
    """A record inside a plugin's configuration: Kong's own field names, nothing else, no change after making."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True, serialize_by_alias=True)


class PluginConfig(ConfigRecord):
    """The whole configuration of one plugin, with Kong's defaults unless the model says otherwise."""

    plugin: ClassVar[str]
    """The plugin's name in Kong."""
    editions: ClassVar[frozenset[Edition]] = BOTH
    """The editions of Kong 3.9 that can run it."""

    def render(self) -> dict[str, Any]:
        """The complete document, as Kong gives it back: every field, absent ones null, deprecated ones echoed."""
        return self.model_dump(mode="json")
