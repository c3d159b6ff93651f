"""Something goes wrong with a whole stack: one command brings it to what is declared, with nothing lost or twice."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable

import pytest
from starlette.requests import Request
from starlette.responses import Response

from provider.admin import Patience
from tests.provider.gateway import (
    TestGateway,
    after_writes,
    answers,
    hangs,
    hangs_up,
    killed_after_writes,
    new_application,
)
from tests.provider.program import Document, Stack, UpdateError, desired, empty, ids, live
from tests.provider.stack_file import changed_stack_file, stack_file
from tests.provider.test_tunnel import Cluster

FILES = stack_file, changed_stack_file
IMPATIENT = Patience(coming_up=20, request=0.3, faults=3, first_pause=0.01, longest_pause=0.05)


@pytest.fixture
def chance() -> random.Random:
    """Where faults strike. FAULTS_SEED repeats a run."""
    seed = int(os.environ.get("FAULTS_SEED", random.randrange(1_000_000)))
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - shown when a test fails
    return random.Random(seed)


@pytest.fixture
async def stack(kong: TestGateway) -> Stack:
    """A stack that is applied, and whose next update takes no long wait."""
    stack = Stack(kong, patience=IMPATIENT)
    await stack.up(stack_file())
    return stack


async def is_as_declared(stack: Stack, file: Callable[[], Document]) -> None:
    assert await live(stack.kong) == desired(file())
    assert (await stack.preview(file(), refresh=True)).keys() == {"same"}


def writes(chance: random.Random) -> int:
    """After how many writes of an update a fault strikes: one from either file to the other has nineteen."""
    return chance.randrange(1, 18)


@pytest.mark.recovers("The Admin API went away for a while")
async def test_an_admin_api_that_goes_away_and_comes_back_is_waited_for(stack: Stack, chance: random.Random) -> None:
    kong, port = stack.kong, int(stack.kong.url.rsplit(":", 1)[1])
    gone = asyncio.Event()

    async def goes(_: Request) -> Response | None:
        gone.set()
        await asyncio.sleep(3600)
        return None

    async def comes_back() -> None:
        await gone.wait()
        kong.fault = None
        await kong.stop()
        await asyncio.sleep(0.5)
        await kong.start(port)

    kong.fault = after_writes(writes(chance), goes)
    await asyncio.gather(stack.up(changed_stack_file()), comes_back())

    await is_as_declared(stack, changed_stack_file)


@pytest.mark.recovers("The Admin API failed or hung for a while")
@pytest.mark.parametrize(
    "passing",
    [answers(500, times=2), answers(503, times=20), hangs_up(times=2), hangs(times=2)],
    ids=["500", "503", "closed connections", "hanging"],
)
async def test_a_fault_that_passes_does_not_stop_an_update(
    stack: Stack, chance: random.Random, passing: Callable[[Request], Awaitable[Response | None]]
) -> None:
    stack.kong.fault = after_writes(writes(chance), passing)

    await stack.up(changed_stack_file())

    await is_as_declared(stack, changed_stack_file)


@pytest.mark.recovers("The Admin API kept failing")
@pytest.mark.parametrize(
    "lasting",
    [answers(500), hangs_up(times=10**9), hangs(times=10**9)],
    ids=["500", "closed connections", "hanging"],
)
async def test_a_fault_that_lasts_ends_an_update_and_the_next_one_completes_it(
    stack: Stack, chance: random.Random, lasting: Callable[[Request], Awaitable[Response | None]]
) -> None:
    stack.kong.fault = after_writes(writes(chance), lasting)
    with pytest.raises(UpdateError, match=f"failed {IMPATIENT.faults} times at "):
        await stack.up(changed_stack_file())
    stack.kong.fault = None

    await stack.up(changed_stack_file())

    await is_as_declared(stack, changed_stack_file)


@pytest.mark.recovers("Kong's database was emptied")
@pytest.mark.parametrize("file", FILES)
async def test_an_emptied_database_is_filled_again(stack: Stack, file: Callable[[], Document]) -> None:
    await empty(stack.kong)

    await stack.up(file(), refresh=True)

    await is_as_declared(stack, file)


@pytest.mark.recovers("Somebody changed or deleted entities by hand")
async def test_what_was_deleted_by_hand_is_made_again(stack: Stack, chance: random.Random) -> None:
    paths = [
        f"/{collection}/{entity['id']}"
        for collection in ("plugins", "acls", "jwts", "routes", "consumers")
        for entity in await stack.kong.all(collection)
    ]
    for path in chance.sample(paths, 10):
        await stack.kong.ask("DELETE", path)

    await stack.up(stack_file(), refresh=True)

    await is_as_declared(stack, stack_file)


BY_HAND = {
    "services": {"host": "else.example", "enabled": False, "retries": 0},
    "routes": {"paths": ["/else"], "methods": None, "headers": {"x-a": ["1"]}},
    "consumers": {"username": "somebody", "custom_id": "else"},
    "acls": {"group": "else"},
    "jwts": {"key": "else"},
    "plugins": {"enabled": False, "protocols": ["http"]},
}


@pytest.mark.recovers("Somebody changed or deleted entities by hand")
@pytest.mark.parametrize("collection", BY_HAND)
async def test_what_was_changed_by_hand_is_changed_back(stack: Stack, collection: str) -> None:
    entity = (await stack.kong.all(collection))[0]
    changed = await stack.kong.ask("PATCH", f"/{collection}/{entity['id']}", BY_HAND[collection])
    assert changed.status_code == 200

    did = await stack.up(stack_file(), refresh=True)

    assert did["update"] == 1
    await is_as_declared(stack, stack_file)


@pytest.mark.recovers("Somebody changed or deleted entities by hand")
@pytest.mark.parametrize(
    ("collection", "field", "parents"),
    [("routes", "service", "services"), ("acls", "consumer", "consumers"), ("jwts", "consumer", "consumers")],
)
async def test_what_was_moved_by_hand_is_moved_back(stack: Stack, collection: str, field: str, parents: str) -> None:
    entity = (await stack.kong.all(collection))[0]
    other = next(each["id"] for each in await stack.kong.all(parents) if each["id"] != entity[field]["id"])
    moved = await stack.kong.ask("PATCH", f"/{collection}/{entity['id']}", {field: {"id": other}})
    assert moved.status_code == 200

    await stack.up(stack_file(), refresh=True)

    await is_as_declared(stack, stack_file)


@pytest.mark.recovers("Two people applied at once")
@pytest.mark.parametrize("begun", [False, True], ids=["from nothing", "a change"])
async def test_two_updates_at_once_end_with_everything_once(kong: TestGateway, begun: bool) -> None:
    """Without a backend that both lock, so that they really meet."""
    one, other = Stack(kong, patience=IMPATIENT), Stack(kong, patience=IMPATIENT)
    if begun:
        await one.up(stack_file())
        other.state = dict(one.state)

    await asyncio.gather(one.up(changed_stack_file()), other.up(changed_stack_file()), return_exceptions=True)
    await one.up(changed_stack_file())

    await is_as_declared(one, changed_stack_file)
    await other.up(changed_stack_file())
    await is_as_declared(other, changed_stack_file)


@pytest.mark.recovers("Two people applied at once")
async def test_of_two_people_who_want_different_things_the_next_to_apply_gets_theirs(stack: Stack) -> None:
    other = Stack(stack.kong, state=dict(stack.state))
    theirs = stack_file() | {"limits": {"minute": 7, "hour": 70, "day": 700}}
    mine = stack_file() | {"limits": {"minute": 9, "hour": 90, "day": 900}}
    await asyncio.gather(stack.up(mine), other.up(theirs))

    await stack.up(mine, refresh=True)

    await is_as_declared(stack, lambda: mine)


@pytest.mark.recovers("An update was killed")
@pytest.mark.parametrize("checkpoints", [True, False], ids=["with checkpoints", "without checkpoints"])
async def test_an_update_killed_at_any_of_ten_points_is_finished_by_the_next(
    kong: TestGateway, chance: random.Random, checkpoints: bool
) -> None:
    stack = Stack(kong, patience=IMPATIENT, checkpoints=checkpoints)
    killed = 0
    for attempt in range(10):
        file = FILES[attempt % 2]
        points = writes(chance)
        killed += await killed_after_writes(kong, points, stack.up(file()))

        await stack.up(file())

        assert await live(kong) == desired(file()), f"killed after {points} writes, attempt {attempt}"
    assert killed == 10
    await is_as_declared(stack, FILES[1])


@pytest.mark.recovers("An update was killed")
async def test_an_update_killed_again_and_again_is_finished_by_one_that_is_not(
    kong: TestGateway, chance: random.Random
) -> None:
    stack = Stack(kong, patience=IMPATIENT, checkpoints=False)
    for point in sorted(chance.randrange(34) for _ in range(10)):
        assert await killed_after_writes(kong, point, stack.up(stack_file()))

    await stack.up(stack_file())

    await is_as_declared(stack, stack_file)


@pytest.mark.recovers("An update was killed")
async def test_a_destroy_that_was_killed_is_finished_by_the_next(stack: Stack, chance: random.Random) -> None:
    stack.checkpoints = False
    await killed_after_writes(stack.kong, chance.randrange(5), stack.destroy())

    await stack.destroy()

    assert await live(stack.kong) == []


@pytest.mark.recovers("The state is lost")
async def test_a_lost_state_is_rebuilt_with_every_entity_as_it_is(stack: Stack) -> None:
    before = await ids(stack.kong)
    stack.state = {}

    await stack.up(stack_file())

    assert await ids(stack.kong) == before
    await is_as_declared(stack, stack_file)


@pytest.mark.recovers("Kong was upgraded during an update")
async def test_pods_replaced_in_the_middle_of_an_update_are_followed(
    monkeypatch: pytest.MonkeyPatch, chance: random.Random
) -> None:
    """The pod at the tunnel's end goes, none is ready for a while, and another comes with the same database."""
    application = new_application()
    old, new = TestGateway(application), TestGateway(application)
    await old.start()
    cluster = Cluster(monkeypatch, _port(old))
    cluster.pods = ["kong-1"]
    stack = Stack(old, patience=IMPATIENT, address="kubernetes://kind/kong/kong-admin:8001")
    await stack.up(stack_file())
    leaving = asyncio.Event()

    async def leaves(_: Request) -> Response | None:
        leaving.set()
        await asyncio.sleep(3600)
        return None

    async def replaced() -> None:
        await leaving.wait()
        cluster.pods = []
        await old.stop()
        await asyncio.sleep(0.3)
        await new.start()
        cluster.pods, cluster.local_port = ["kong-2"], _port(new)

    old.fault = after_writes(writes(chance), leaves)
    await asyncio.gather(stack.up(changed_stack_file()), replaced())

    stack.kong = new
    await is_as_declared(stack, changed_stack_file)
    assert [pod for pod, _ in cluster.opened][:3] == ["kong-1", "kong-1", "kong-2"]
    await new.stop()


def _port(kong: TestGateway) -> int:
    return int(kong.url.rsplit(":", 1)[1])
