"""Kong's `post-function`: Lua after every other plugin (Kong: kong/plugins/post-function/schema.lua)."""

from __future__ import annotations

from typing import ClassVar

from entities.plugins.functions import PhaseFunctions


class PostFunction(PhaseFunctions):
    """Runs last: priority -1,000."""

    plugin: ClassVar[str] = "post-function"
