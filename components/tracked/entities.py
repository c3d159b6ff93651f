"""Kong's entities as Pulumi resources: one each."""

import json
from collections.abc import Sequence
from typing import assert_never

import pulumi
import pulumi_kong as kong
from pulumi import ComponentResource, CustomResource, Resource, ResourceOptions

from components.tracked.raw import raw_resource
from entities.model import Acl, Consumer, EntityKind, JwtSecret, Plugin, RawEntity, Route, Service
from entities.state import AnyEntity, DesiredState

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
        self._tags = list(state.owner.tags)
        self._everywhere: list[Resource] = []
        self._made: dict[tuple[EntityKind, str], CustomResource] = {}
        for entity in state:
            made = self._made[entity.kind, entity.key] = self._resource(entity)
            if entity.kind == "plugins" and not entity.references():
                self._everywhere.append(made)
        self.count = pulumi.Output.from_input(len(self._made))
        self.register_outputs({"count": self.count})

    def _resource(self, entity: AnyEntity) -> CustomResource:
        match entity:
            case Service():
                return self._service(entity)
            case Route():
                return self._route(entity)
            case Consumer():
                return self._consumer(entity)
            case Acl() | JwtSecret():
                return self._held_by_consumer(entity)
            case Plugin():
                return self._plugin(entity)
            case RawEntity():
                return self._raw(entity)
        assert_never(entity)

    def _service(self, service: Service) -> CustomResource:
        return kong.Service(
            service.key,
            name=service.name,
            protocol=service.protocol,
            host=service.host,
            port=service.port,
            path=service.path,
            connect_timeout=service.connect_timeout,
            write_timeout=service.write_timeout,
            read_timeout=service.read_timeout,
            retries=service.retries,
            tags=self._tags,
            opts=self._options(),
        )

    def _route(self, route: Route) -> CustomResource:
        return kong.Route(
            route.key,
            name=route.name,
            service_id=self._id("services", route.service),
            paths=list(route.paths),
            methods=list(route.methods),
            protocols=list(route.protocols),
            strip_path=route.strip_path,
            preserve_host=route.preserve_host,
            tags=self._tags,
            # A route takes requests as soon as it exists: what holds for every request is there before.
            opts=self._options(after=self._everywhere),
        )

    def _consumer(self, consumer: Consumer) -> CustomResource:
        return kong.Consumer(
            consumer.key,
            username=consumer.username,
            custom_id=consumer.custom_id,
            tags=self._tags,
            opts=self._options(),
        )

    def _held_by_consumer(self, entity: Acl | JwtSecret) -> CustomResource:
        consumer = self._made["consumers", entity.consumer]
        options = self._options(within=consumer)
        if isinstance(entity, Acl):
            return kong.ConsumerAcl(
                entity.key, consumer_id=consumer.id, group=entity.group, tags=self._tags, opts=options
            )
        return kong.ConsumerJwtAuth(
            entity.key,
            consumer_id=consumer.id,
            key=entity.claim,
            algorithm="RS256",
            rsa_public_key=entity.rsa_public_key,
            tags=self._tags,
            opts=options,
        )

    def _plugin(self, plugin: Plugin) -> CustomResource:
        scope = plugin.scope
        return kong.Plugin(
            plugin.key,
            name=plugin.name,
            config_json=json.dumps(plugin.config, sort_keys=True),
            enabled=plugin.enabled,
            service_id=self._id("services", scope.service) if scope.service else None,
            route_id=self._id("routes", scope.route) if scope.route else None,
            consumer_id=self._id("consumers", scope.consumer) if scope.consumer else None,
            tags=self._tags,
            opts=self._options(within=self._holder(plugin)),
        )

    def _raw(self, entity: RawEntity) -> CustomResource:
        ids = {field: self._id(*reference) for field, reference in entity.references().items()}
        tags = [*self._tags, *(tag for tag in entity.tags if tag not in self._tags)]
        made_first = self._everywhere if entity.kind == "routes" else []
        options = self._options(within=self._holder(entity), after=made_first)
        return raw_resource(entity, ids, tags, options)

    def _id(self, kind: EntityKind, key: str) -> pulumi.Output[str]:
        return self._made[kind, key].id

    def _holder(self, entity: Plugin | RawEntity) -> CustomResource | None:
        """An entity that takes this one along when it is deleted."""
        holders = (self._made[kind, key] for kind, key in entity.references().values())
        return None if entity.kind in _OUTLIVING else next(holders, None)

    def _options(self, *, within: CustomResource | None = None, after: Sequence[Resource] = ()) -> ResourceOptions:
        """Options of an entity; `within` is the one whose deletion deletes it too.

        Kong deletes both at once then. One by one, a route would stand for a moment without what guards it.
        """
        return ResourceOptions(
            parent=self, provider=self._provider, depends_on=[*self._ready, *after], deleted_with=within
        )
