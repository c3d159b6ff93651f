"""Kong's `bot-detection`: which user agents may pass (Kong: kong/plugins/bot-detection/schema.lua)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Patterns


class BotDetection(PluginConfig):
    """Regular expressions for User-Agent, tried before Kong's own list of bots."""

    plugin: ClassVar[str] = "bot-detection"

    allow: Patterns | None = Field(default=(), description="Agents that pass whatever else matches.")
    deny: Patterns | None = Field(default=(), description="Agents that are refused besides the known bots.")
