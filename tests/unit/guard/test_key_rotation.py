"""A rotation of the realm's key, step by step: with the seamless scheme no valid token is refused at any of them.

Each deploy writes and deletes entities in an order that nobody knows, and takes effect one by one: so it is every state
between two deploys in which the tokens are sent.
"""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from entities.model import Entity
from entities.state import DesiredState
from tests.unit.config.documents import put
from tests.unit.guard.seamless import KeySet, Kong, Name, named, stack
from tests.unit.guard.tokens import signed
from tests.unit.proxy.harness import Gateway

PATHS = ("/api/x", "/api/eyes/x")
LIMITS = put("limits", {"minute": 100_000, "hour": 1_000_000, "day": 10_000_000})


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeySet:
    return KeySet(tmp_path, monkeypatch)


@pytest.fixture
def kong(gateway: Gateway) -> Kong:
    return Kong(gateway)


def deploying(kong: Kong, before: DesiredState, after: DesiredState) -> Iterator[list[str]]:
    """Every state that a deploy may lead through, the last one the whole; what has been done is told."""
    old, new = named(before), named(after)
    changed = [name for name in old.keys() | new.keys() if _document(before, old, name) != _document(after, new, name)]
    assert changed
    for there in itertools.product([False, True], repeat=len(changed)):
        done = [name for name, is_there in zip(changed, there, strict=True) if is_there]
        for name in changed:
            state, entities = (after, new) if name in done else (before, old)
            if name in entities:
                kong.write(state, entities[name])
            else:
                other, known = (before, old) if name in old else (after, new)
                kong.delete(other, known[name])
        yield [key for _, key in done]


def _document(state: DesiredState, entities: Mapping[Name, Entity], name: Name) -> object:
    return state.document(entities[name]) if name in entities else None


async def assert_all_pass(kong: Kong, kids: tuple[str, ...], state: object) -> None:
    for kid, path in itertools.product(kids, PATHS):
        token = signed(kid, kid=kid, tier="pro")
        assert await kong.status(token, path) == 200, f"{kid} at {path}: {state}"


@pytest.mark.operates("The realm's signing keys")
async def test_no_valid_token_is_refused_at_any_step(kong: Kong, keys: KeySet) -> None:
    keys.write("old")
    first = stack(LIMITS)
    kong.write_all(first)
    await assert_all_pass(kong, ("old",), "before")
    assert await kong.status(signed("new", kid="new", tier="pro")) == 401

    keys.write("new", "old")  # published with a low priority: nothing is signed with it yet
    both = stack(LIMITS)
    for done in deploying(kong, first, both):
        await assert_all_pass(kong, ("old",), done)
    await assert_all_pass(kong, ("old", "new"), "promoted: tokens of both keys are about")

    keys.write("new")  # the last token of the old key has run out
    last = stack(LIMITS)
    for done in deploying(kong, both, last):
        await assert_all_pass(kong, ("new",), done)
    assert await kong.status(signed("old", kid="old", tier="pro")) == 401


@pytest.mark.operates("A signing key that somebody else knows")
async def test_a_leaked_key_is_out_with_the_deploy_that_takes_it_out(kong: Kong, keys: KeySet) -> None:
    keys.write("leaked")
    first = stack(LIMITS)
    kong.write_all(first)
    keys.write("new")
    last = stack(LIMITS)
    for done in deploying(kong, first, last):
        if any(name == "leaked" for name in done):
            assert await kong.status(signed("leaked", kid="leaked", tier="pro")) == 401, done
    await assert_all_pass(kong, ("new",), "after")


async def test_a_rotation_changes_the_guards_and_the_keys_and_nothing_else(keys: KeySet) -> None:
    keys.write("old")
    first = stack()
    keys.write("new", "old")
    both = stack()
    old, new = named(first), named(both)
    changed = {name for name in new if name not in old or first.document(old[name]) != both.document(new[name])}
    guards = {
        ("plugins", f"route/{route}/pre-function") for route in ("omnify-api-all", "omnify-agentkit", "omnify-eyes")
    }
    assert changed == {("jwt_secrets", "new"), *guards}
