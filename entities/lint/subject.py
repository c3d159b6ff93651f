"""What lint looks at: a stack's settings, the entities that they come to, and what several rules ask of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from config.stack import StackSettings
from entities.lint.items import Item, RouteItem
from entities.lint.selection import Selection
from entities.lint.traffic import Traffic
from entities.model import Entity, EntityKind
from entities.places import places
from entities.routing import parts
from entities.state import DesiredState


class Subject:
    """A stack under lint. What several rules need is found out once."""

    def __init__(self, settings: StackSettings, state: DesiredState) -> None:
        self.settings = settings
        self._state = state
        self._places = places(settings, state)
        self._by_kind: dict[EntityKind, list[Entity]] = {}
        for entity in state:
            self._by_kind.setdefault(entity.kind, []).append(entity)

    def items(self, kind: EntityKind) -> Sequence[Item]:
        """The entities of one kind."""
        return tuple(self._item(entity) for entity in self._by_kind.get(kind, ()))

    @cached_property
    def plugins(self) -> Sequence[Item]:
        """Every plugin."""
        return self.items("plugins")

    @cached_property
    def services(self) -> Mapping[str, Item]:
        """The services by their keys."""
        return {item.key: item for item in self.items("services")}

    @cached_property
    def routes(self) -> Sequence[RouteItem]:
        """The routes that Kong serves: those of a service that is disabled it leaves out."""
        return tuple(self._routes())

    @cached_property
    def routes_by_key(self) -> Mapping[str, RouteItem]:
        """The same by their keys."""
        return {route.key: route for route in self.routes}

    def _routes(self) -> Iterator[RouteItem]:
        for entity in self._by_kind.get("routes", ()):
            fields = entity.fields()
            ranked = () if fields.get("expression") else parts({**fields, "id": self._state.id(entity)})
            item = RouteItem(entity, self._places["routes", entity.key], self._state.document, ranked)
            service = self.services.get(item.service or "")
            if service is None or service.given.get("enabled") is not False:
                yield item

    def _item(self, entity: Entity) -> Item:
        return Item(entity, self._places[entity.kind, entity.key], self._state.document)

    @cached_property
    def selection(self) -> Selection:
        """Which plugins apply where."""
        return Selection(self.plugins)

    @cached_property
    def traffic(self) -> Traffic:
        """Which routes compete."""
        return Traffic(self.routes)
