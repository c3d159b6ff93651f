"""An Admin API that fails, hangs, comes late, or is written to by somebody else at the same time."""
# What these tests look at has no other way in.
# pyright: reportPrivateUsage=false

import asyncio
import json
from types import SimpleNamespace

import grpc
import pytest

from provider import admin
from provider.admin import Patience
from tests.provider.engine import QUICK, TAGS, Engine, Resource, changes, refused, running_engine
from tests.provider.gateway import REAL_KONG, TestGateway, answers, hangs, hangs_up, new_application
from tests.provider.stack import EXAMPLES, make, make_all

SERVICE = {"name": "s", "protocol": "http", "host": "a.example", "tags": TAGS}


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
async def test_a_few_failures_are_retried(kong: TestGateway, engine: Engine, status: int) -> None:
    kong.fault = answers(status, times=3)

    made = await engine.create("Service", "s", SERVICE)

    assert [service["id"] for service in await kong.all("services")] == [made.id]


async def test_a_closed_connection_is_retried(kong: TestGateway, engine: Engine) -> None:
    kong.fault = hangs_up(times=2)

    made = await engine.create("Service", "s", SERVICE)

    assert [service["id"] for service in await kong.all("services")] == [made.id]


async def test_a_request_that_hangs_times_out_and_is_retried(kong: TestGateway) -> None:
    kong.fault = hangs(times=1)
    async with running_engine(kong.url, patience=Patience(request=0.2, first_pause=0.01)) as engine:
        await engine.create("Service", "s", SERVICE)

    assert len(await kong.all("services")) == 1


@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_lost_answer_makes_nothing_twice(kong: TestGateway, engine: Engine, name: str) -> None:
    """Kong has done what was asked, but the answer never arrives: for a target's POST too."""
    kong.after = hangs_up(times=1, method="POST" if name == "target" else "PUT")

    made = await make(engine, name)

    assert (await engine.refresh(made[name])) is not None
    if name == "target":
        targets = (await kong.ask("GET", f"/upstreams/{made['upstream'].id}/targets")).json()["data"]
        assert len(targets) == 1


async def test_lasting_failures_end_with_a_message(kong: TestGateway, engine: Engine) -> None:
    kong.fault = answers(500)

    with refused() as caught:
        await engine.create("Service", "s", SERVICE)

    assert caught.code == grpc.StatusCode.UNAVAILABLE
    assert caught.details == (
        f"Kong's Admin API failed {QUICK.faults} times at GET /services, last: it answers 500. Look at Kong's log"
    )


async def test_an_admin_api_that_comes_up_late_is_waited_for() -> None:
    late = TestGateway(new_application())
    await late.start()
    port = int(late.url.rsplit(":", 1)[1])
    await late.stop()
    said: list[str] = []
    waiting = asyncio.Event()

    async def say(message: str) -> None:
        said.append(message)
        waiting.set()

    async with running_engine(f"http://127.0.0.1:{port}") as engine:
        engine.provider._say = say
        await engine.configure(f"http://127.0.0.1:{port}")
        creating = asyncio.create_task(engine.create("Service", "s", SERVICE))
        await waiting.wait()
        assert not creating.done()
        await late.start(port)
        await creating

    await late.stop()
    assert said[0].startswith("waiting for Kong's Admin API (")


async def test_an_admin_api_that_never_comes_up_ends_with_a_message() -> None:
    async with running_engine("http://127.0.0.1:9", patience=Patience(coming_up=0.2, first_pause=0.01)) as engine:
        with refused() as caught:
            await engine.create("Service", "s", SERVICE)

    assert caught.code == grpc.StatusCode.UNAVAILABLE
    assert "Kong's Admin API did not answer for" in caught.details
    assert "GATEWAY_ADMIN_URL" in caught.details


async def test_patience_begins_anew_with_each_answer(
    monkeypatch: pytest.MonkeyPatch, kong: TestGateway, engine: Engine
) -> None:
    now = 0.0
    monkeypatch.setattr(admin, "time", SimpleNamespace(monotonic=lambda: now))
    for number in range(3):
        kong.fault = answers(503, times=2)
        await engine.create("Service", f"s{number}", SERVICE | {"name": f"s{number}"})
        now += 3600

    assert len(await kong.all("services")) == 3


async def test_cancelling_ends_a_wait() -> None:
    async with running_engine("http://127.0.0.1:9", patience=Patience(coming_up=3600)) as engine:
        waiting = asyncio.create_task(engine.create("Service", "s", SERVICE))
        await asyncio.sleep(0.1)
        await engine.cancel()
        with refused() as caught:
            await waiting

    assert caught.code == grpc.StatusCode.CANCELLED


async def test_without_an_address_the_message_says_what_to_set(offline: Engine) -> None:
    with refused() as caught:
        await offline.create("Service", "s", SERVICE)

    assert "Set kongAdminUri" in caught.details


async def test_no_more_than_sixteen_requests_at_a_time(kong: TestGateway) -> None:
    async def until_there_are_sixteen(_: object) -> None:
        deadline = asyncio.get_running_loop().time() + 20
        while kong.most_at_once < 16 and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    kong.fault = until_there_are_sixteen

    async with running_engine(kong.url, patience=Patience()) as engine:
        await asyncio.gather(*(engine.create("Service", f"s{n}", SERVICE | {"name": f"s{n}"}) for n in range(100)))

    assert kong.most_at_once == 16


async def test_concurrent_creates_read_a_collection_once(kong: TestGateway, engine: Engine) -> None:
    await asyncio.gather(*(engine.create("Service", f"s{n}", SERVICE | {"name": f"s{n}"}) for n in range(50)))

    assert kong.count("GET") == 1
    assert kong.count("PUT") == 50


async def test_a_thousand_entities_refresh_in_a_handful_of_requests(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    plugins = [
        await engine.create(
            "Route",
            f"route-{number}",
            {"name": f"r{number}", "protocols": ["http"], "serviceId": made["service"].id, "paths": [f"/{number}"]}
            | {"tags": TAGS},
        )
        for number in range(1000)
    ]

    async with running_engine(kong.url) as later:
        kong.requests.clear()
        # gRPC cancels calls of a client that has very many of them open; the engine has a few at a time.
        open_calls = asyncio.Semaphore(64)

        async def refreshed(state: Resource) -> Resource | None:
            async with open_calls:
                return await later.refresh(state)

        found = await asyncio.gather(*(refreshed(each) for each in [*made.values(), *plugins]))

    assert all(each is not None for each in found)
    # One for each of the twelve kinds, and one more page of routes.
    assert kong.requests.total() == 13


async def test_an_update_killed_in_the_middle_is_finished_by_the_next(kong: TestGateway, engine: Engine) -> None:
    """The state knows nothing of what the killed update made."""
    kong.fault = answers(500, times=10**9, method="POST")
    with refused():
        await make_all(engine)
    kong.fault = None

    async with running_engine(kong.url) as later:
        made = await make_all(later)
        found = {name: await later.refresh(each) for name, each in made.items()}

    assert all(each is not None and each.inputs == made[name].inputs for name, each in found.items())
    assert len(await kong.all("services")) == 1


async def test_two_updates_at_once_end_with_the_entities_once(kong: TestGateway, engine: Engine) -> None:
    async with running_engine(kong.url) as other:
        made, again = await asyncio.gather(make_all(engine), make_all(other))

    assert {name: each.id for name, each in made.items()} == {name: each.id for name, each in again.items()}
    assert len(await kong.all("plugins")) == 1


async def test_an_emptied_database_is_filled_by_an_update(kong: TestGateway, engine: Engine) -> None:
    made = await engine.create("Service", "s", SERVICE)
    await kong.ask("DELETE", f"/services/{made.id}")

    await engine.update(made, SERVICE | {"retries": 1})

    assert [(service["id"], service["retries"]) for service in await kong.all("services")] == [(made.id, 1)]


async def test_a_reference_that_is_gone_says_what_to_run(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    await kong.ask("DELETE", f"/routes/{made['route'].id}")

    with refused() as caught:
        await engine.update(made["plugin"], EXAMPLES["plugin"].resolved(made, configJson=json.dumps({"minute": 9})))

    assert "run `pulumi up --refresh`" in caught.details


@pytest.mark.skipif(REAL_KONG is not None, reason="a real Kong takes any credential here")
async def test_a_refused_credential_says_what_to_set(kong: TestGateway, engine: Engine) -> None:
    kong.fault = answers(401)

    with refused() as caught:
        await engine.create("Service", "s", SERVICE)

    assert "set KONG_ADMIN_TOKEN" in caught.details


async def test_a_list_that_is_cleared_is_cleared(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    inputs = EXAMPLES["route"].resolved(made, methods=None, hosts=None, headers=None)

    assert changes(await engine.diff(made["route"], inputs)) == {"methods", "headers"}
    await engine.update(made["route"], inputs)

    route = (await kong.ask("GET", f"/routes/{made['route'].id}")).json()
    assert route["methods"] is None
    assert route["headers"] is None


async def test_a_removed_key_of_a_configuration_is_reset(kong: TestGateway, engine: Engine) -> None:
    inputs = {"name": "rate-limiting", "tags": TAGS, "configJson": '{"minute": 5, "hour": 50, "policy": "cluster"}'}
    made = await engine.create("Plugin", "p", inputs)

    await engine.update(made, inputs | {"configJson": '{"minute": 5}'})

    config = (await kong.ask("GET", f"/plugins/{made.id}")).json()["config"]
    assert (config["hour"], config["policy"]) == (None, "local")
