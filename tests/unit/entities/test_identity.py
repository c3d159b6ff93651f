"""Whose each entity is, and by what it is found again."""

import uuid

import pytest

from entities.desired import desired_state
from entities.identity import entity_id
from entities.state import AnyEntity, DesiredState, Owner
from tests.unit.config.documents import put
from tests.unit.entities.states import desired, settings


def keys(state: DesiredState) -> list[tuple[str, str]]:
    return [(entity.kind, entity.key) for entity in state]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_each_entity_says_whose_it_is(stack: str) -> None:
    state = desired_state(settings(stack=stack), Owner("omnify-gateway", stack))

    for entity in state:
        assert state.document(entity)["tags"] == ["managed-by:pulumi", "project:omnify-gateway", f"stack:{stack}"]


def test_an_id_follows_from_project_stack_kind_and_key_and_never_changes() -> None:
    """Changed, every entity of every deployed stack would be made again beside itself."""
    assert entity_id("omnify-gateway", "dev", "services", "omnify-api") == "8f84b38f-594e-5516-9f2a-e8c03a504c50"
    state = desired()
    for entity in state:
        assert state.document(entity)["id"] == entity_id("omnify-gateway", "dev", entity.kind, entity.key)


def test_ids_differ_between_stacks_projects_kinds_and_keys() -> None:
    parts = [(p, s, k, n) for p in ("a", "b") for s in ("a", "b") for k in ("a", "b") for n in ("a", "b")]

    ids = {entity_id(*each) for each in parts}

    assert len(ids) == len(parts)
    assert {uuid.UUID(each).version for each in ids} == {5}


def test_no_two_entities_of_a_kind_have_the_same_key() -> None:
    found = keys(desired(stack="prod"))

    assert len(set(found)) == len(found)


def test_each_entity_comes_after_those_it_refers_to() -> None:
    before: set[tuple[str, str]] = set()
    for entity in desired(
        put(
            "plugins",
            [{"name": "proxy-cache", "on": {"route": "omnify-auth", "tier": "pro"}, "config": {"strategy": "memory"}}],
        )
    ):
        assert set(entity.references().values()) <= before, entity
        before.add((entity.kind, entity.key))


def test_what_holds_for_every_request_comes_before_the_routes() -> None:
    state = desired()
    order: list[AnyEntity] = list(state)
    first_route = min(order.index(route) for route in state.routes)

    assert {str(plugin.fields()["name"]) for plugin in state.global_plugins} >= {
        "pre-function",
        "request-size-limiting",
        "cors",
    }
    assert all(order.index(plugin) < first_route for plugin in state.global_plugins)
    assert len(order) == len(set(keys(state)))


@pytest.mark.parametrize(
    "change",
    [
        put("tiers[1].consumer", "gold-customers"),
        put("tiers[1].times", 6),
        put("apis[0].routes[0].paths", ["/v2/"]),
        put("backends.omnify-api", "https://elsewhere.example"),
        put("auth.issuer", "https://auth.example/realms/other"),
        put("limits.minute", 10),
    ],
    ids=["consumer renamed", "limit", "path", "backend", "issuer", "limits"],
)
def test_a_changed_setting_changes_documents_and_no_key(change: object) -> None:
    before, after = desired(), desired(change)  # pyright: ignore[reportArgumentType] (an edit)

    assert keys(before) == keys(after)
    documents = [[state.document(entity) for entity in state] for state in (before, after)]
    assert documents[0] != documents[1]
    assert [each["id"] for each in documents[0]] == [each["id"] for each in documents[1]]


def test_the_same_settings_give_the_same_entities_in_the_same_order() -> None:
    first, second = desired(), desired()

    assert list(first) == list(second)
