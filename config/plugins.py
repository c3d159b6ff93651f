"""`plugins:` any further Kong plugin, in Kong's own terms."""

from typing import Self

from pydantic import Field, JsonValue, model_validator

from config.settings import Settings
from config.vocabulary import GroupName, KongName, PluginName


class PluginScope(Settings):
    """What a plugin works on. Several together mean all of them at once; none means every request."""

    service: KongName | None = None
    """Requests to this service, by its name."""
    route: KongName | None = None
    """Requests of this route, by its name."""
    tier: GroupName | None = None
    """Requests of this tier's users, by the tier's name."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.service is None and self.route is None and self.tier is None:
            raise ValueError("is empty; write 'service', 'route' or 'tier', or leave 'on' out for every request")
        return self


class Plugin(Settings):
    """A plugin that the sections above do not offer. Its configuration is checked against Kong's own schema."""

    name: PluginName
    """The plugin's name in Kong."""
    on: PluginScope | None = None
    """What it works on; every request when left out."""
    config: dict[str, JsonValue] = Field(default_factory=dict)
    """Its configuration in Kong's terms; what is left out gets Kong's default. Secrets by reference only."""
    enabled: bool = True
    """Whether it works."""
