"""Kong's entities as Pulumi resources: one each."""

import json
from collections.abc import Sequence
from typing import assert_never

import pulumi
import pulumi_kong as kong
from pulumi import ComponentResource, CustomResource, Resource, ResourceOptions

from entities.model import Acl, Consumer, EntityKind, JwtSecret, Plugin, Route, Service
from entities.state import AnyEntity, DesiredState


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
            if entity in state.global_plugins:
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
                return kong.Consumer(
                    entity.key,
                    username=entity.username,
                    custom_id=entity.custom_id,
                    tags=self._tags,
                    opts=self._options(),
                )
            case Acl():
                return kong.ConsumerAcl(
                    entity.key,
                    consumer_id=self._id("consumers", entity.consumer),
                    group=entity.group,
                    tags=self._tags,
                    opts=self._options(within=self._made["consumers", entity.consumer]),
                )
            case JwtSecret():
                return kong.ConsumerJwtAuth(
                    entity.key,
                    consumer_id=self._id("consumers", entity.consumer),
                    key=entity.claim,
                    algorithm="RS256",
                    rsa_public_key=entity.rsa_public_key,
                    tags=self._tags,
                    opts=self._options(within=self._made["consumers", entity.consumer]),
                )
            case Plugin():
                return self._plugin(entity)
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

    def _id(self, kind: EntityKind, key: str) -> pulumi.Output[str]:
        return self._made[kind, key].id

    def _holder(self, plugin: Plugin) -> CustomResource | None:
        """An entity that takes the plugin along when it is deleted."""
        return next((self._made[reference] for reference in plugin.references().values()), None)

    def _options(self, *, within: CustomResource | None = None, after: Sequence[Resource] = ()) -> ResourceOptions:
        """Options of an entity; `within` is the one whose deletion deletes it too.

        Kong deletes both at once then. One by one, a route would stand for a moment without what guards it.
        """
        return ResourceOptions(
            parent=self, provider=self._provider, depends_on=[*self._ready, *after], deleted_with=within
        )
