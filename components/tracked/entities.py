"""Kong's entities as Pulumi resources: one each."""

from collections.abc import Sequence

import pulumi
import pulumi_kong as kong
from pulumi import ComponentResource, CustomResource, Resource, ResourceOptions

from components.tracked.properties import properties
from entities.model import Entity, EntityKind, Plugin, Scope
from entities.state import DesiredState
from provider.resources import type_of_kind

_OUTLIVING: frozenset[EntityKind] = frozenset({"services", "routes", "upstreams"})
"""The kinds that what they refer to cannot take along: Kong refuses to delete it while they are there."""


class KongEntities(ComponentResource):
    """Every entity of a stack, in database mode.

    The provider writes them through the Admin API, so they wait for `ready`: the gateway that answers there.
    """

    count: pulumi.Output[int]
    """How many entities there are."""

    def __init__(
        self,
        name: str,
        *,
        state: DesiredState,
        provider: kong.Provider,
        ready: Sequence[Resource],
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:tracked:KongEntities", name, None, opts)
        self._provider = provider
        self._ready = list(ready)
        self._others = state.others
        self._everywhere: list[Resource] = []
        self._scoped: dict[Scope, list[Resource]] = {}
        self._routes: dict[str, list[str]] = {}
        self._services = {route.key: route.service for route in state.routes}
        for route, service in self._services.items():
            self._routes.setdefault(service, []).append(route)
        self._made: dict[tuple[EntityKind, str], CustomResource] = {}
        for entity in state:
            made = self._made[entity.kind, entity.key] = self._resource(entity, state.owner.tags)
            if entity.kind == "plugins" and not entity.references():
                self._everywhere.append(made)
            if isinstance(entity, Plugin):
                self._scoped.setdefault(entity.scope, []).append(made)
        self.count = pulumi.Output.from_input(len(self._made))
        self.register_outputs({"count": self.count})

    def _resource(self, entity: Entity, tags: Sequence[str]) -> CustomResource:
        ids = {field: self._id(reference) for field, reference in entity.references().items()}
        token = type_of_kind(entity.kind).token
        return CustomResource(token, entity.key, properties(entity, ids, tags), self._options(entity))

    def _id(self, reference: tuple[EntityKind, str]) -> pulumi.Input[str]:
        """The id of an entity; of another stack's, the one that it is known by."""
        made = self._made.get(reference)
        return self._others[reference] if made is None else made.id

    def _options(self, entity: Entity) -> ResourceOptions:
        """Options of an entity. One that is deleted with another is deleted by Kong together with it.

        One by one, a route would stand for a moment without what guards it.
        """
        return ResourceOptions(
            parent=self,
            provider=self._provider,
            depends_on=[*self._ready, *self._before(entity)],
            deleted_with=self._holder(entity),
        )

    def _before(self, entity: Entity) -> list[Resource]:
        """What is made before an entity, and deleted after it, though it does not refer to it."""
        if entity.kind == "routes":  # takes requests as soon as it exists
            return self._everywhere
        if not isinstance(entity, Plugin) or not entity.is_guard:
            return []
        # A guard opens the gate: whoever judges the tokens that it passes on is there by then.
        route, service = entity.scope.route, entity.scope.service
        if route is not None:
            scopes = [entity.scope, Scope(service=self._services[route])]
        else:
            scopes = [entity.scope, *(Scope(route=each) for each in self._routes.get(service or "", ()))]
        return [made for scope in scopes for made in self._scoped.get(scope, ())]

    def _holder(self, entity: Entity) -> CustomResource | None:
        """The entity of this stack that takes this one along when it is deleted."""
        holders = (self._made[reference] for reference in entity.references().values() if reference in self._made)
        return None if entity.kind in _OUTLIVING else next(holders, None)
