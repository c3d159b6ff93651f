"""Kong's `pre-function`: Lua before every other plugin (Kong: kong/plugins/pre-function/schema.lua)."""

from __future__ import annotations

from typing import ClassVar

from entities.plugins.functions import PhaseFunctions


class PreFunction(PhaseFunctions):
    """Runs first: priority 1,000,000."""

    plugin: ClassVar[str] = "pre-function"
