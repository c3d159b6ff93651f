"""What the project makes of its stacks, as Kong takes it: kong.yml without a database, single documents with one.

The stand-in plays Kong; Kong's own answers to such files are recorded in dbless.json, against which it is checked.
`KONG_ADMIN_URL` puts a real Kong in its place in database mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings

from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.model import Entity
from entities.raw.reading import KINDS
from entities.schema import kong_schema
from entities.state import DesiredState, Owner
from entities.validation import validated
from provider.resources import type_of_kind
from sandbox.kong.gateway import Options
from tests.standin import REAL_KONG, running_standin
from tests.unit.config.documents import ABSENT, Document, Edit, edited, put
from tests.unit.entities.catalogues import stack_files
from tests.unit.entities.raw_catalogue import OPEN, RAW_WITHOUT_MODELLED, RAW_WITHOUT_SECRETS
from tests.unit.entities.states import api, route

PRIVATE = api("billing", route("invoices", groups=["pro"]), route("prices", groups=["free", "pro"], maxBody=1))
FURTHER = put(
    "plugins",
    [
        {"name": "ip-restriction", "config": {"deny": ["10.0.0.0/8"]}, "on": {"service": "omnify-api", "tier": "pro"}},
        {"name": "bot-detection", "on": {"route": "omnify-auth"}, "enabled": False},
        {"name": "http-log", "config": {"http_endpoint": "{vault://env/http-log-endpoint}"}},
    ],
)
STACKS: dict[str, tuple[str, tuple[Edit, ...]]] = {
    "dev": ("dev", ()),
    "prod": ("prod", ()),
    "dev without cors": ("dev", (put("cors", ABSENT),)),
    "prod without observability": ("prod", (put("observability", {"prometheus": None, "accessLog": False}),)),
    "traces": ("dev", (put("observability.tracing", {"endpoint": "http://collector:4318/v1/traces"}),)),
    "a service without public routes": ("dev", (PRIVATE,)),
    "further plugins": ("dev", (FURTHER,)),
    "entities in Kong's own terms": ("dev", (RAW_WITHOUT_SECRETS,)),
    "nothing but such entities": ("dev", (OPEN, RAW_WITHOUT_MODELLED)),
}


def state_of(document: Document, stack: str = "dev") -> DesiredState:
    return desired_state(validated(document), Owner("omnify-gateway", stack))


@pytest.fixture(params=STACKS)
def state(request: pytest.FixtureRequest) -> DesiredState:
    """Each stack of the repository, and what else a stack may say."""
    stack, edits = STACKS[request.param]
    return state_of(edited(stack, *edits), stack)


@pytest.fixture(scope="module")
def dbless() -> Iterator[httpx.Client]:
    """The Admin API of a gateway without a database."""
    with running_standin(Options(database="off")) as running, httpx.Client(base_url=running.admin_url) as client:
        yield client


@pytest.fixture(scope="module")
def database() -> Iterator[httpx.Client]:
    """The Admin API of a gateway with one: a real Kong's, where there is one."""
    if REAL_KONG:
        with httpx.Client(base_url=REAL_KONG, timeout=30) as client:
            yield client
    else:
        with running_standin() as running, httpx.Client(base_url=running.admin_url) as client:
            yield client


def load(gateway: httpx.Client, state: DesiredState) -> None:
    answer = gateway.post("/config", json={"config": declarative_yaml(state)})
    assert answer.status_code == 201, answer.text


def held(gateway: httpx.Client, state: DesiredState) -> dict[tuple[str, str], Any]:
    """Everything that a gateway holds with this stack's tags, by kind and id."""
    upstreams = [state.id(entity) for entity in state if entity.kind == "upstreams"]
    collections = [(kind, type_of_kind(kind).collection) for kind in KINDS if kind != "targets"]
    found: dict[tuple[str, str], Any] = {}
    for kind, collection in [*collections, *(("targets", f"upstreams/{upstream}/targets") for upstream in upstreams)]:
        page = gateway.get(f"/{collection}", params={"size": 1000, "tags": ",".join(state.owner.tags)}).json()
        found |= {(kind, document["id"]): document for document in page["data"]}
    return found


def wanted(state: DesiredState) -> dict[tuple[str, str], Any]:
    return {(entity.kind, str(state.document(entity)["id"])): state.document(entity) for entity in state}


def assert_held(gateway: httpx.Client, state: DesiredState) -> None:
    """The gateway holds the desired documents and nothing else: the same ids, references and values."""
    live, desired = held(gateway, state), wanted(state)
    assert live.keys() == desired.keys()
    for (kind, identity), document in desired.items():
        found = live[kind, identity]
        assert kong_schema().differences(kind, document, found) == [], (kind, identity)
        assert {field: found[field] for field in document} == document


def write(gateway: httpx.Client, state: DesiredState, entity: Entity) -> None:
    """A whole entity, as the provider writes it: under its id, a credential under its consumer."""
    document = state.document(entity)
    collection = type_of_kind(entity.kind).collection
    path = f"/{collection}/{document['id']}"
    if entity.kind == "targets":
        answer = gateway.post(f"/upstreams/{document['upstream']['id']}/targets", json=document)
        assert answer.status_code == 201, answer.text
        return
    if entity.kind in {"acls", "jwt_secrets"}:
        nested = {"acls": "acls", "jwts": "jwt"}[collection]
        path = f"/consumers/{document['consumer']['id']}/{nested}/{document['id']}"
    answer = gateway.put(path, json={field: value for field, value in document.items() if field != "id"})
    assert answer.status_code == 200, f"{path}: {answer.text}"


def remove(gateway: httpx.Client, state: DesiredState) -> None:
    for entity in reversed(list(state)):
        if entity.kind != "targets":  # They go with their upstream.
            gateway.delete(f"/{type_of_kind(entity.kind).collection}/{state.id(entity)}").raise_for_status()


def test_kong_yml_is_accepted_and_gives_exactly_the_desired_state(dbless: httpx.Client, state: DesiredState) -> None:
    load(dbless, state)

    assert_held(dbless, state)
    kinds = ("services", "routes", "consumers")
    assert sum(len(dbless.get(f"/{kind}").json()["data"]) for kind in kinds) == sum(
        entity.kind in kinds for entity in state
    )


def test_kong_yml_loaded_again_changes_nothing(dbless: httpx.Client) -> None:
    text = declarative_yaml(state_of(edited("prod"), "prod"))
    dbless.post("/config", json={"config": text}).raise_for_status()

    assert dbless.post("/config", params={"check_hash": "1"}, json={"config": text}).status_code == 304


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(stack_files(kinds=("jwt",)))
def test_any_right_stack_file_gives_a_kong_yml_that_is_accepted(dbless: httpx.Client, file: Document) -> None:
    assume(file["counters"]["policy"] != "cluster")
    state = state_of(file | {"mode": "dbless"})

    load(dbless, state)

    assert_held(dbless, state)


def test_what_is_written_through_the_admin_api_reads_back_as_desired(
    database: httpx.Client, state: DesiredState
) -> None:
    try:
        for entity in state:
            write(database, state, entity)

        assert_held(database, state)
    finally:
        remove(database, state)


def test_a_stack_moves_from_one_mode_to_the_other_with_its_ids(dbless: httpx.Client, database: httpx.Client) -> None:
    state = state_of(edited("dev"))
    load(dbless, state)
    try:
        for entity in state:
            write(database, state, entity)

        assert held(dbless, state).keys() == held(database, state).keys()
    finally:
        remove(database, state)
