"""Kong's `acl`: which groups of consumers may pass (Kong: kong/plugins/acl/schema.lua)."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Texts


class Acl(PluginConfig):
    """Groups that may pass, or groups that may not; never both."""

    plugin: ClassVar[str] = "acl"

    allow: Texts | None = Field(default=None, description="Groups of which a consumer must be in one.")
    deny: Texts | None = Field(default=None, description="Groups of which a consumer must be in none.")
    hide_groups_header: bool = Field(default=False, description="Whether to keep X-Consumer-Groups from the backend.")
    always_use_authenticated_groups: bool = Field(
        default=False, description="Whether groups that an authentication plugin found count even with a consumer."
    )

    @model_validator(mode="after")
    def _either_allows_or_denies(self) -> Self:
        if bool(self.allow) == bool(self.deny):
            message = "write groups in either allow or deny, not in both and not in neither"
            raise ValueError(message)
        return self
