"""While an update is under way some plugins are there and others are not: in none of these states an attack passes.

An update writes and deletes entities one by one, in any order, and may be killed. Every order leads through some of the
states here, which are all that there are.
"""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from entities.model import Entity
from entities.state import DesiredState
from tests.unit.config.documents import put
from tests.unit.guard.seamless import KeySet, Kong, stack
from tests.unit.guard.test_scheme import signed_as_secret
from tests.unit.guard.tokens import claims, public_key, signed, unsigned
from tests.unit.proxy.harness import Gateway, reference

PATH = "/api/eyes/x"
"""Of a route that `free` may not use."""
KID = {"alg": "RS256", "typ": "JWT", "kid": "old"}


def attacks() -> Iterator[tuple[str, str | None, dict[str, str]]]:
    """Requests that nobody may get through with: what it is, its token, further headers."""
    pro = claims(tier="pro")
    unsigned_token = unsigned(pro, json.dumps(KID))
    yield "no token", None, {}
    yield "unsigned", unsigned_token, {}
    yield "unsigned, with headers of the unit's", unsigned_token, OURS
    yield "unsigned, without a kid", unsigned(pro), {}
    yield "unsigned, with the tier for a kid", unsigned(pro, json.dumps(KID | {"kid": "pro"})), {}
    yield "alg none", unsigned(pro, '{"alg":"none","kid":"old"}'), {}
    yield "public key as HMAC secret", signed_as_secret(pro), {}
    yield "stranger's key", signed("stranger", kid="old", tier="pro"), {}
    yield "partner's key in Kong", signed("partner", kid="partner", tier="pro"), OURS
    yield "expired", signed("old", kid="old", tier="pro", exp=1), {}
    yield "ID token", signed("old", kid="old", tier="pro", typ="ID"), {}
    yield "foreign realm", signed("old", kid="old", tier="pro", iss="https://keycloak.test/realms/other"), OURS
    yield "other audience", signed("old", kid="old", tier="pro", aud="account"), {}
    yield "no tier", signed("old", kid="old", tier=...), OURS
    yield "key without a token", None, OURS


OURS = {
    "Proxy-Authorization": "0123456789abcdef0123456789abcdef",
    "X-Consumer-Username": "pro-tier",
    "X-Consumer-Custom-ID": "pro",
    "X-Credential-Identifier": "old",
}
"""What the unit's plugins tell each other, from a client who knows of it."""

ATTACKS = tuple(attacks())

ACCEPTABLE = {401, 403, 503}
"""What a valid token may meet in the middle of an update; never 500."""


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeySet:
    published = KeySet(tmp_path, monkeypatch)
    published.write("old")
    return published


@pytest.fixture
def kong(gateway: Gateway) -> Kong:
    partner = gateway.consumer("partner")
    pem = public_key("partner")
    gateway.store.add("jwt_secrets", consumer=reference(partner), key="partner", algorithm="RS256", rsa_public_key=pem)
    return Kong(gateway)


def part(state: DesiredState, what: str) -> list[Entity]:
    """The entities of a kind, or the plugins of a name that stand on routes or services."""
    return [
        entity
        for entity in state
        if entity.kind == what or (entity.key.endswith(f"/{what}") and not entity.key.startswith("global/"))
    ]


def witness(state: DesiredState) -> list[Entity]:
    return [entity for entity in state if entity.key == "global/post-function"]


class Parts:
    """Parts of the store that come and go."""

    def __init__(self, kong: Kong) -> None:
        self._kong = kong
        self._there: dict[str, bool] = {}

    def put(self, name: str, state: DesiredState, entities: Iterable[Entity], *, there: bool) -> None:
        if self._there.get(name) != there:
            self._there[name] = there
            for entity in entities:
                (self._kong.write if there else self._kong.delete)(state, entity)


async def assert_no_attack_passes(kong: Kong, state: object) -> None:
    for what, token, headers in ATTACKS:
        assert await kong.status(token, PATH, **headers) in ACCEPTABLE, f"{what} with {state}"
    for what, token, headers in ATTACKS[:3]:
        bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = await kong.gateway.client.options(PATH, headers=bearer | headers)
        assert answer.status_code in ACCEPTABLE, f"OPTIONS {what} with {state}"


def small(rotation: str = "seamless") -> DesiredState:
    """One guarded route and a public one."""
    routes = [
        {"name": "eyes", "paths": ["/api/eyes/"], "methods": ["GET"], "access": {"groups": ["pro"]}},
        {"name": "health", "paths": ["/health"], "methods": ["GET"], "access": {"public": "Nobody has a token here."}},
    ]
    return stack(put("apis[0].routes", routes), put("lint", {"accept": []}), rotation=rotation)


@pytest.mark.parametrize("guarded", [True, False], ids=["guard", "no guard"])
@pytest.mark.parametrize("witnessed", [True, False], ids=["witness", "no witness"])
async def test_no_part_of_the_unit_lets_an_attack_pass_without_the_others(
    kong: Kong, keys: KeySet, guarded: bool, witnessed: bool
) -> None:
    state, parts = small(), Parts(kong)
    kong.write_all(state)
    parts.put("guard", state, part(state, "pre-function"), there=guarded)
    parts.put("witness", state, witness(state), there=witnessed)
    changing = ("jwt", "key-auth", "acl")
    for there in itertools.product([True, False], repeat=len(changing)):
        for name, is_there in zip(changing, there, strict=True):
            parts.put(name, state, part(state, name), there=is_there)
        now = dict(zip(changing, there, strict=True)) | {"guard": guarded, "witness": witnessed}
        await assert_no_attack_passes(kong, now)
        whole = all(is_there for name, is_there in now.items() if name != "acl")
        pro = await kong.status(signed("old", kid="old", tier="pro"), PATH)
        assert pro in ({200} if whole else ACCEPTABLE), now
        free = await kong.status(signed("old", kid="old"), PATH)
        assert free in ({200} if whole and not now["acl"] else ACCEPTABLE), now


@pytest.mark.parametrize("missing", ["jwt_secrets", "keyauth_credentials", "acls", "consumers"])
async def test_without_its_credentials_the_unit_lets_nobody_pass(kong: Kong, keys: KeySet, missing: str) -> None:
    state = small()
    kong.write_all(state)
    assert await kong.status(signed("old", kid="old", tier="pro"), PATH) == 200
    for entity in part(state, missing):
        kong.delete(state, entity)
    if missing != "consumers":
        await assert_no_attack_passes(kong, missing)
    assert await kong.status(signed("old", kid="old", tier="pro"), PATH) != 200


async def test_without_jwt_not_even_a_plugin_that_answers_before_the_witness_is_reached(
    kong: Kong, keys: KeySet
) -> None:
    state = small()
    kong.write_all(state)
    (route,) = (route for route in kong.gateway.store.all("routes") if route["name"] == "eyes")
    kong.gateway.plugin("request-termination", {"status_code": 202}, route=reference(route))
    assert await kong.status(signed("old", kid="old", tier="pro"), PATH) == 202
    for entity in (*part(state, "jwt"), *part(state, "acl")):
        kong.delete(state, entity)
    await assert_no_attack_passes(kong, "jwt")


async def test_the_witness_sees_a_missing_jwt_even_where_somebody_has_changed_key_auth(
    kong: Kong, keys: KeySet
) -> None:
    state = small()
    kong.write_all(state)
    (chooser,) = part(state, "key-auth")
    kong.delete(state, chooser)
    document = {field: value for field, value in state.document(chooser).items() if value is not None}
    config = document["config"] | {"key_names": ["Proxy-Authorization"]}
    kong.gateway.store.add("plugins", **(document | {"config": config}))
    assert await kong.status(signed("old", kid="old", tier="pro"), PATH) == 200
    for entity in part(state, "jwt"):
        kong.delete(state, entity)
    await assert_no_attack_passes(kong, "jwt")


async def test_a_route_of_ones_own_that_the_guard_covers_is_no_way_round_the_witness(kong: Kong, keys: KeySet) -> None:
    """It is on a service all of whose routes are guarded, so the service's guard is its guard, too."""
    every = [{"name": "all", "paths": ["/api/all/"], "methods": ["GET"], "access": {"groups": ["pro"]}}]
    own = [{"name": "own", "service": "omnify-api", "paths": [PATH]}]
    state = stack(put("apis[0].routes", every), put("entities", {"routes": own}), put("lint", {"accept": []}))
    kong.write_all(state)
    assert await kong.status(signed("old", kid="old", tier="pro"), PATH) == 200
    await assert_no_attack_passes(kong, "the whole")
    for name in ("acl", "jwt", "key-auth"):
        for entity in part(state, name):
            kong.delete(state, entity)
    await assert_no_attack_passes(kong, "the guard and the witness alone")


async def test_without_guard_and_gate_the_witness_lets_nobody_pass(kong: Kong, keys: KeySet) -> None:
    state, parts = small(), Parts(kong)
    kong.write_all(state)
    functions = [entity for entity in state if entity.key.endswith("pre-function")]
    parts.put("guard and gate", state, functions, there=False)
    for name in ("jwt", "key-auth", "acl"):
        parts.put(name, state, part(state, name), there=False)
        await assert_no_attack_passes(kong, name)
    assert await kong.status(None, "/health") == 200


@pytest.mark.parametrize("new_guard", [True, False], ids=["new guard", "old guard"])
@pytest.mark.parametrize("by_kid", [True, False], ids=["jwt by kid", "jwt by tier"])
async def test_no_attack_passes_while_a_stack_changes_its_scheme_in_either_direction(
    kong: Kong, keys: KeySet, new_guard: bool, by_kid: bool
) -> None:
    simple, seamless, parts = small("simple"), small(), Parts(kong)
    kong.write_all(simple)
    kong.write_all(seamless)
    for name, is_new in (("pre-function", new_guard), ("jwt", by_kid)):
        chosen = seamless if is_new else simple
        parts.put(name, chosen, part(chosen, name), there=True)
    choices = {
        "key-auth": (seamless, part(seamless, "key-auth")),
        "witness": (seamless, witness(seamless)),
        "credentials by kid": (seamless, part(seamless, "jwt_secrets")),
        "credentials by tier": (simple, part(simple, "jwt_secrets")),
    }
    for there in itertools.product([True, False], repeat=len(choices)):
        now = dict(zip(choices, there, strict=True))
        for name, (state, entities) in choices.items():
            parts.put(name, state, entities, there=now[name])
        await assert_no_attack_passes(kong, now)
        assert await kong.status(signed("old", kid="old"), PATH) in ACCEPTABLE, now
        assert await kong.status(signed("old", kid="old", tier="pro"), PATH) in ACCEPTABLE | {200}, now
