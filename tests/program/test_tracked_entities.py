"""Kong's entities in the whole program, in database mode: one resource each, and nothing of Kong before the gateway."""

import pytest

from entities.model import Entity
from entities.schema import kong_schema
from provider.check import Gateway, check
from provider.resources import type_of_kind
from tests.program.conftest import KONG_PROVIDER, Run, run_program
from tests.program.resources import Resources, inputs
from tests.program.stacks import section, stack_document

PARENT = "omnify:tracked:KongEntities"


def urn_of(run: Run, kind: str, key: str) -> str:
    return run.resources.one_named(type_of_kind(kind).token, key).urn


def test_each_entity_of_the_desired_state_is_exactly_one_resource_of_its_type(database_run: Run) -> None:
    wanted = sorted((type_of_kind(entity.kind).token, entity.key) for entity in database_run.case.state)

    assert len(set(wanted)) == len(wanted) > 0
    assert sorted((each.type, each.name) for each in database_run.tracked) == wanted


def test_each_is_a_child_of_the_component_and_has_the_given_provider(database_run: Run) -> None:
    parent = database_run.resources.one(PARENT)
    provider = database_run.resources.one(KONG_PROVIDER)

    assert {each.parent for each in database_run.tracked} == {parent.urn}
    assert {each.provider for each in database_run.tracked} == {provider.urn}
    assert all(each.custom for each in database_run.tracked)


def test_none_is_made_before_the_gateway_is_migrated_and_answers(database_run: Run) -> None:
    resources = database_run.resources
    jobs = resources.of_type("kubernetes:batch/v1:Job")
    needed = [
        *jobs,
        resources.one("kubernetes:apps/v1:Deployment"),
        resources.one("kubernetes:core/v1:Service", "kong-admin"),
    ]

    assert len(jobs) == 2
    for entity in database_run.tracked:
        assert [each.name for each in needed if not resources.waits_for(entity, each)] == [], entity.urn


def test_a_reference_is_the_id_of_the_resource_it_names_and_waits_for_it(database_run: Run) -> None:
    state = database_run.case.state
    for entity in state:
        registration = database_run.resources.one_named(type_of_kind(entity.kind).token, entity.key)
        referred = {f"{field}Id": state.owner.id(kind, key) for field, (kind, key) in entity.references().items()}

        assert {name: value for name, value in inputs(registration).items() if name.endswith("Id")} == referred | (
            {"customId": entity.key} if entity.kind == "consumers" else {}
        )
        for kind, key in entity.references().values():
            assert urn_of(database_run, kind, key) in registration.dependencies


def test_no_route_stands_before_what_holds_for_every_request(database_run: Run) -> None:
    state = database_run.case.state
    everywhere = {urn_of(database_run, "plugins", plugin.key) for plugin in state.global_plugins}

    assert everywhere
    for route in state.routes:
        registration = database_run.resources.one_named(type_of_kind("routes").token, route.key)
        assert everywhere <= set(registration.dependencies), registration.urn


def _holder(entity: Entity) -> tuple[str, str] | None:
    """What Kong deletes an entity with (Kong: `on_delete: cascade`)."""
    cascades = entity.kind in {"acls", "jwt_secrets", "plugins"}
    return next(iter(entity.references().values()), None) if cascades else None


def test_what_kong_deletes_along_is_deleted_with_its_holder_and_nothing_else(database_run: Run) -> None:
    for entity in database_run.case.state:
        registration = database_run.resources.one_named(type_of_kind(entity.kind).token, entity.key)
        holder = _holder(entity)

        assert registration.deleted_with == (urn_of(database_run, *holder) if holder else ""), registration.urn


def test_what_the_provider_makes_of_each_is_the_desired_document(database_run: Run) -> None:
    """Offline, as the provider checks and completes it in a preview."""
    state = database_run.case.state
    for entity in state:
        kind = type_of_kind(entity.kind)
        registration = database_run.resources.one_named(kind.token, entity.key)

        checked = check(Gateway(kong_schema()), kind, registration.properties)

        assert checked.failures == (), registration.urn
        assert {"id": state.owner.id(entity.kind, entity.key)} | checked.document == state.document(entity)


def test_a_further_plugin_on_several_entities_at_once_refers_to_all_of_them() -> None:
    plugins = [
        {
            "name": "proxy-cache",
            "on": {"route": "omnify-eyes", "tier": "pro"},
            "enabled": False,
            "config": {"strategy": "memory"},
        }
    ]
    document = stack_document("dev", plugins=plugins)  # pyright: ignore[reportArgumentType] (JSON)

    recording = run_program(document, "dev", preview=True)

    (plugin,) = [each for each in recording.registrations if each.name.endswith("/proxy-cache")]
    ids = {each.urn: each for each in recording.registrations}
    assert plugin.name == "route/omnify-eyes/consumer/pro/proxy-cache"
    assert inputs(plugin)["enabled"] is False
    assert {"routeId", "consumerId"} <= inputs(plugin).keys()
    assert ids[plugin.deleted_with].name == "omnify-eyes"


@pytest.mark.parametrize(
    ("admin", "address"),
    [
        ({"access": "tunnel"}, "kubernetes://kind-omnify/omnify-gateway/kong-admin:8001"),
        ({"access": "url", "url": "https://admin.omnify.example:8444"}, "https://admin.omnify.example:8444"),
    ],
    ids=["tunnel", "url"],
)
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_the_admin_apis_address_is_known_before_anything_exists(
    admin: dict[str, str], address: str, preview: bool
) -> None:
    document = stack_document("dev", admin=admin)  # pyright: ignore[reportArgumentType] (JSON)

    recording = run_program(document, "dev", preview=preview)

    (provider,) = [each for each in recording.registrations if each.type == KONG_PROVIDER]
    assert inputs(provider)["kongAdminUri"] == address
    assert provider.dependencies == ()


def test_a_guard_is_made_after_what_judges_the_tokens_that_it_passes_on(database_run: Run) -> None:
    resources, kind = database_run.resources, type_of_kind("plugins").token
    plugins = database_run.case.state.plugins
    guards = [plugin for plugin in plugins if plugin.is_guard]

    assert len(guards) == len([plugin for plugin in plugins if plugin.name == "jwt"])
    for guard in guards:
        for judge in ("jwt", "acl"):
            registration = resources.one_named(kind, f"{guard.scope}/{judge}")
            assert resources.waits_for(resources.one_named(kind, guard.key), registration), guard.key


def test_the_tiers_keys_of_a_seamless_stack_are_kongs_and_its_guards_come_last() -> None:
    document = stack_document("dev", auth=section("dev", "auth", rotation="seamless"))
    resources = Resources(run_program(document, "dev", preview=False).registrations)

    for tier in ("free", "pro", "enterprise"):
        credential = resources.one_named(type_of_kind("keyauth_credentials").token, tier)
        assert inputs(credential).keys() == {"consumerId", "tags"}
    kind = type_of_kind("plugins").token
    guard = resources.one_named(kind, "route/omnify-eyes/pre-function")
    for part in ("route/omnify-eyes/jwt", "route/omnify-eyes/key-auth", "route/omnify-eyes/acl"):
        assert resources.waits_for(guard, resources.one_named(kind, part)), part
    route = resources.one_named(type_of_kind("routes").token, "omnify-eyes")
    for part in ("global/post-function", "global/pre-function"):
        assert resources.waits_for(route, resources.one_named(kind, part)), part
