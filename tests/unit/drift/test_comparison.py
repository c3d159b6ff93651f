"""What is found between a desired state and a live gateway, and what is not."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.drift import AllowedChange
from entities.desired import desired_state
from entities.drift import Drift, drift
from entities.snapshot import Snapshot
from entities.state import DesiredState
from entities.validation import validated
from tests.unit.config.documents import Document, put
from tests.unit.drift.lives import (
    SECRET,
    Documents,
    applied,
    identity,
    live_entity,
    not_counted,
    snapshot,
    together,
    undeclared,
    with_other_ids,
)
from tests.unit.entities.catalogues import stack_files
from tests.unit.entities.raw_catalogue import LIVE_ID, RAW, with_secrets
from tests.unit.entities.states import OWNER, desired
from tests.unit.schema.leaves import changed, counts_for_nothing, found_at, leaves

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TAGS = list(OWNER.tags)


@pytest.fixture(scope="module")
def state() -> DesiredState:
    """A stack with an entity of every kind."""
    return desired(RAW)


@pytest.fixture
def live(state: DesiredState) -> Documents:
    return applied(state)


def edit(live: Documents, state: DesiredState, kind: str, key: str) -> dict[str, Any]:
    """The live document of an entity, to be changed."""
    return live[kind][identity(state, kind, key)]


def changes(found: Drift) -> dict[str, list[tuple[str, Any, Any]]]:
    """The changed fields by kind and key."""
    return {
        f"{each.kind} {each.key}": [
            (".".join(map(str, field.path)), field.desired, field.live) for field in each.fields
        ]
        for each in found.changed
    }


@often
@given(file=stack_files())
def test_a_stack_as_it_was_applied_is_clean(file: Document) -> None:
    state = desired_state(validated(file), OWNER)

    found = drift(state, snapshot(applied(state)))

    assert found == Drift(sum(1 for _ in state), (), (), (), (), (), ())


def test_entities_of_every_kind_are_compared(state: DesiredState, live: Documents) -> None:
    assert len({entity.kind for entity in state}) == 12
    assert drift(state, snapshot(live)).clean


@often
@given(file=stack_files(), data=st.data())
def test_every_changed_field_is_found_at_its_path(file: Document, data: st.DataObject) -> None:
    state = desired_state(validated(file), OWNER)
    live = applied(state)
    entity = data.draw(st.sampled_from(list(state)))
    document = live[entity.kind][str(state.document(entity)["id"])]
    counting = [leaf for leaf in leaves(document) if not counts_for_nothing(entity.kind, document, leaf)]
    leaf = data.draw(st.sampled_from(counting))
    live[entity.kind][document["id"]] = changed(document, leaf)

    found = drift(state, snapshot(live))

    assert [(each.kind, each.key, each.id) for each in found.changed] == [(entity.kind, entity.key, document["id"])]
    assert found_at({field.path for field in found.changed[0].fields}, leaf)
    assert (found.missing, found.undeclared, found.unowned, found.others) == ((), (), (), ())


def test_a_field_says_what_is_declared_and_what_is_live(state: DesiredState, live: Documents) -> None:
    edit(live, state, "plugins", "consumer/free/rate-limiting")["config"]["minute"] = 5000

    assert changes(drift(state, snapshot(live))) == {
        "plugins consumer/free/rate-limiting": [("config.minute", 1000, 5000)]
    }


def test_what_kong_adds_and_how_it_orders_and_writes_is_no_drift(state: DesiredState, live: Documents) -> None:
    route = edit(live, state, "routes", "omnify-eyes")
    route["methods"].reverse()
    route["created_at"], route["updated_at"] = 1_700_000_000, 1_800_000_000.5
    edit(live, state, "services", "omnify-api")["retries"] = 2.0
    edit(live, state, "services", "omnify-api")["tags"].reverse()

    assert drift(state, snapshot(live)).clean


def test_a_tag_that_somebody_added_is_a_change(state: DesiredState, live: Documents) -> None:
    edit(live, state, "services", "omnify-api")["tags"].append("by-hand")

    assert changes(drift(state, snapshot(live))) == {"services omnify-api": [("tags", TAGS, [*TAGS, "by-hand"])]}


def test_what_is_gone_is_missing_with_the_id_that_it_would_have(state: DesiredState, live: Documents) -> None:
    lost = identity(state, "routes", "omnify-health")
    del live["routes"][lost]

    found = drift(state, snapshot(live))

    assert [(each.kind, each.key, each.id) for each in found.missing] == [("routes", "omnify-health", lost)]
    assert not found.clean


def test_an_emptied_gateway_misses_everything(state: DesiredState) -> None:
    found = drift(state, Snapshot())

    assert len(found.missing) == found.declared == sum(1 for _ in state)


@often
@given(file=stack_files())
def test_what_was_made_again_by_hand_under_other_ids_is_the_same(file: Document) -> None:
    state = desired_state(validated(file), OWNER)

    assert drift(state, snapshot(with_other_ids(applied(state)))).clean


def test_entities_of_every_kind_are_found_by_what_kong_keeps_unique() -> None:
    raw = with_secrets()
    # These have nothing that could be known but their ids.
    del raw["keyauth_credentials"]
    raw["routes"] = [route for route in raw["routes"] if "name" in route]
    raw["plugins"] = [plugin for plugin in raw["plugins"] if plugin.get("route") != LIVE_ID]
    state = desired(put("entities", raw))
    assert len({entity.kind for entity in state}) == 11

    assert drift(state, snapshot(with_other_ids(applied(state)))).clean


def test_an_id_goes_before_a_name(state: DesiredState, live: Documents) -> None:
    service = edit(live, state, "services", "omnify-api")
    service["name"] = "renamed"
    impostor = live_entity("services", name="omnify-api", host="x")

    found = drift(state, snapshot(together(live, impostor)))

    assert changes(found) == {"services omnify-api": [("name", "omnify-api", "renamed")]}
    assert not_counted(found) == {"services omnify-api": "none"}


def test_what_carries_the_stacks_tags_and_is_not_declared_is_drift(state: DesiredState, live: Documents) -> None:
    found = drift(state, snapshot(together(live, live_entity("services", TAGS, name="left-over"))))

    assert undeclared(found) == {"services left-over": "tags"}
    assert not found.clean


def test_what_others_own_and_what_nobody_owns_apart_is_no_drift(state: DesiredState, live: Documents) -> None:
    theirs = live_entity("services", ["managed-by:pulumi", "project:omnify-gateway", "stack:prod"], name="theirs")
    also_theirs = live_entity("services", ["project:billing"], name="also-theirs")
    nobodys = live_entity("services", ["team-a"], name="nobodys")

    found = drift(state, snapshot(together(live, theirs, also_theirs, nobodys)))

    assert found.clean
    assert not_counted(found) == {
        "services nobodys": "none",
        "services theirs": "others",
        "services also-theirs": "others",
    }


OTHERS = ["managed-by:pulumi", "project:reports", "stack:dev"]


def test_what_others_own_for_their_own_entities_is_no_drift(state: DesiredState, live: Documents) -> None:
    theirs = live_entity("services", OTHERS, name="reports")
    service, consumer = {"id": next(iter(theirs["services"]))}, {"id": identity(state, "consumers", "free")}
    limit = live_entity("plugins", OTHERS, name="rate-limiting", service=service, consumer=consumer)
    guard = live_entity("plugins", OTHERS, name="jwt", service=service)
    closed = live_entity("plugins", OTHERS, name="request-termination", service=service, consumer=consumer)
    metrics = live_entity("plugins", OTHERS, name="prometheus")
    route = live_entity("routes", OTHERS, name="reports", service=service)

    found = drift(state, snapshot(together(live, theirs, limit, guard, closed, metrics, route)))

    assert found.clean
    assert set(not_counted(found).values()) == {"others"}


def test_what_others_own_and_what_decides_who_passes_here_is_drift(state: DesiredState, live: Documents) -> None:
    service = {"id": identity(state, "services", "omnify-api")}
    route, consumer = {"id": identity(state, "routes", "omnify-eyes")}, {"id": identity(state, "consumers", "free")}
    intruders = together(
        live_entity("routes", OTHERS, name="backdoor", service=service),
        live_entity("plugins", OTHERS, name="post-function", route=route),
        live_entity("plugins", OTHERS, name="request-termination"),
        live_entity("acls", OTHERS, group="enterprise", consumer=consumer),
    )

    found = drift(state, snapshot(together(live, intruders)))

    assert undeclared(found) == {
        "routes backdoor": "intrudes",
        "plugins route/omnify-eyes/post-function": "intrudes",
        "plugins global/request-termination": "intrudes",
        "acls free-tier/enterprise": "intrudes",
    }


def test_what_nobody_owns_on_an_entity_of_the_stack_is_drift(state: DesiredState, live: Documents) -> None:
    service = {"id": identity(state, "services", "omnify-api")}
    consumer = {"id": identity(state, "consumers", "free")}
    route = live_entity("routes", name="backdoor", service=service)
    plugin = live_entity("plugins", name="request-termination", service=service, consumer=consumer)
    acl = live_entity("acls", group="enterprise", consumer=consumer)
    elsewhere = live_entity("plugins", name="cors", route={"id": "11111111-1111-4111-8111-111111111111"})

    found = drift(state, snapshot(together(live, route, plugin, acl, elsewhere)))

    assert undeclared(found) == {
        "routes backdoor": "parent",
        "plugins service/omnify-api/consumer/free-tier/request-termination": "parent",
        "acls free-tier/enterprise": "parent",
    }
    assert not_counted(found) == {"plugins route/11111111-1111-4111-8111-111111111111/cors": "none"}


def test_a_plugin_for_every_request_is_drift_even_if_nobody_owns_it(state: DesiredState, live: Documents) -> None:
    found = drift(state, snapshot(together(live, live_entity("plugins", name="request-termination"))))

    assert undeclared(found) == {"plugins global/request-termination": "every request"}


def test_in_a_node_of_its_own_everything_else_is_drift(state: DesiredState, live: Documents) -> None:
    more = together(
        live_entity("services", name="nobodys"),
        live_entity("services", ["project:p", "stack:s"], name="theirs"),
        live_entity("services", TAGS, name="left-over"),
    )

    found = drift(state, snapshot(together(live, more))).of_a_node()

    assert undeclared(found) == {"services left-over": "tags", "services nobodys": "node", "services theirs": "node"}
    assert (found.unowned, found.others) == ((), ())


def test_what_decides_access_comes_first_and_of_that_what_is_missing(state: DesiredState, live: Documents) -> None:
    edit(live, state, "services", "omnify-api")["host"] = "elsewhere"
    edit(live, state, "routes", "omnify-health")["paths"] = ["/"]
    del live["plugins"][identity(state, "plugins", "route/omnify-eyes/acl")]
    del live["plugins"][identity(state, "plugins", "consumer/free/rate-limiting")]

    found = drift(state, snapshot(together(live, live_entity("services", TAGS, name="left-over"))))

    assert [each.key for each in found.findings] == [
        "route/omnify-eyes/acl",
        "omnify-health",
        "consumer/free/rate-limiting",
        "left-over",
        "omnify-api",
    ]
    assert [each.decides_access for each in found.findings] == [True, True, False, False, False]


def allowed(kind: str, name: str, *fields: str) -> AllowedChange:
    return AllowedChange.model_validate(
        {"kind": kind, "name": name, "fields": fields, "reason": "The people on call turn it."}
    )


def test_a_field_that_others_may_change_is_told_apart(state: DesiredState, live: Documents) -> None:
    plugin = edit(live, state, "plugins", "consumer/free/rate-limiting")
    plugin["config"]["minute"] = 1
    plugin["config"]["hour"] = 2

    one = drift(state, snapshot(live), [allowed("plugins", "consumer/*/rate-limiting", "config.minute")])
    both = drift(state, snapshot(live), [allowed("plugins", "consumer/free/rate-limiting", "config")])
    none = drift(state, snapshot(live), [allowed("plugins", "consumer/pro/rate-limiting", "config")])

    assert changes(one) == {"plugins consumer/free/rate-limiting": [("config.hour", 60000, 2)]}
    assert [[field.path for field in each.fields] for each in one.allowed] == [[("config", "minute")]]
    assert both.clean
    assert not none.clean
    assert none.allowed == ()


def test_no_secret_is_in_what_is_found(state: DesiredState, live: Documents) -> None:
    session = edit(live, state, "plugins", "service/legacy/session")
    session["config"] |= {"secret": SECRET, "cookie_name": "another"}
    for kind, field in (("jwt_secrets", "key"), ("keyauth_credentials", "tags"), ("certificates", "snis")):
        for document in live[kind].values():
            document[field] = ["x.example"] if isinstance(document[field], list) else "other"
    for credential in (*live["basicauth_credentials"].values(), *live["oauth2_credentials"].values()):
        credential["tags"] = None
    consumer = {"id": identity(state, "consumers", "free")}
    stray = live_entity("keyauth_credentials", key=SECRET, consumer=consumer)

    found = drift(state, snapshot(together(live, stray)))

    assert len(found.changed) >= 5
    assert SECRET not in repr(found)
