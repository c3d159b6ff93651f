"""Changes: what is declared ends in the stack's file and in the engine, one after the other, or not at all."""

import asyncio
from typing import Any

import httpx
import pytest
import yaml

from management.models.operations import Operation
from tests.unit.management.hosts import ADMIN, Host, Place

ROUTE = {
    "service": "omnify-api",
    "name": "reports",
    "paths": ["/api/reports/"],
    "methods": ["GET"],
    "access": {"groups": ["pro"]},
}


def says(host: Host, key: str) -> Any:
    return yaml.safe_load(host.file.read_text())["config"].get(f"omnify-gateway:{key}")


async def test_a_change_ends_in_the_file_and_in_the_engine(host: Host) -> None:
    before = host.file.read_text()

    operation = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))

    assert operation["status"] == "succeeded", operation
    assert says(host, "tiers")[0] == {"name": "free", "times": 3}
    assert host.engine.applied == [host.file.read_text()]
    assert host.file.read_text().startswith(before.rstrip())  # the rest is to the letter as it was, comments too
    assert operation["summary"] == "1 changed"
    assert [limit["after"] for limit in operation["preview"]["limits"]] == [3_000, 180_000, 4_320_000]
    assert "+    - { name: free, times: 3 }" in operation["patch"]
    assert operation["askedBy"]["name"] == "aino"
    assert operation["progress"][0]["name"] == "consumer/free/rate-limiting"


async def test_a_dry_run_tells_and_changes_nothing(host: Host) -> None:
    before = host.file.read_text()

    answer = await host.ask("PUT", "/consumers/free", params={"dryRun": "true"}, json={"times": 3})

    assert answer.status_code == 200
    preview = answer.json()
    assert (preview["changes"], preview["summary"]) == (True, "1 changed")
    assert "`tiers` stood in Pulumi.yaml alone" in preview["note"]
    assert host.file.read_text() == before
    assert host.engine.applied == []
    assert await host.audit() == []


async def test_what_is_wrong_is_told_as_validate_tells_it(host: Host) -> None:
    before = host.file.read_text()
    route = {**ROUTE, "access": {"groups": ["gold"]}, "paths": ["/api/reports"]}

    answer = await host.ask("POST", "/routes", json=route)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"] == [
        {
            "path": "apis[0].routes[5].access.groups[0]",
            "field": "access.groups[0]",
            "wrong": "no tier has the group 'gold'",
            "instead": "write one of enterprise, free, pro, or add a tier with it",
        },
    ]
    assert host.file.read_text() == before
    assert host.engine.applied == []
    (refused,) = await host.audit()
    assert (refused["status"], refused["resource"], refused["name"]) == ("refused", "routes", "reports")


async def test_a_failed_change_leaves_file_and_gateway_as_they_were(host: Host) -> None:
    before = host.file.read_text()
    host.engine.failures = ["Plugin consumer/free/rate-limiting: Kong says no"]

    operation = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))

    assert operation["status"] == "rolled-back"
    assert operation["detail"] == "Plugin consumer/free/rate-limiting: Kong says no"
    assert host.file.read_text() == before
    assert len(host.engine.applied) == 2
    assert host.engine.applied[1] == before
    assert operation["left"] == []


async def test_a_change_that_cannot_be_undone_says_what_is_left_and_how_to_finish(host: Host) -> None:
    before = host.file.read_text()
    host.engine.failures = ["Kong says no", "Kong is gone"]
    host.engine.steps = ()
    operation = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))

    assert operation["status"] == "failed"
    assert operation["detail"] == "Kong says no\nundoing it failed as well: Kong is gone"
    assert operation["left"] == ["the resource that the failure names"]
    assert "POST /api/kong/setup" in operation["finish"]
    assert host.file.read_text() == before


async def test_an_engine_that_breaks_is_a_failure_and_not_the_end(host: Host) -> None:
    host.engine.broken = RuntimeError("secret-of-the-engine")

    operation = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))

    assert operation["status"] == "failed"
    assert "secret-of-the-engine" not in str(operation)
    host.engine.broken = None
    again = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))
    assert again["status"] == "succeeded"


async def test_one_at_a_time_and_the_second_is_told_of_the_first(host: Host) -> None:
    host.engine.gate = asyncio.Event()
    first = await host.ask("PUT", "/consumers/free", json={"times": 3})
    await host.engine.entered.wait()

    second = await host.ask("PUT", "/consumers/free", json={"times": 4})

    assert second.status_code == 409
    assert second.json()["operation"] == first.json()["id"]
    assert (await host.audit())[0]["status"] == "refused"
    host.engine.gate.set()
    assert (await host.ended(first))["status"] == "succeeded"


async def test_a_second_one_that_waits_comes_after_the_first(host: Host) -> None:
    host.engine.gate = asyncio.Event()
    first = await host.ask("PUT", "/consumers/free", json={"times": 3})
    await host.engine.entered.wait()
    waiting = asyncio.create_task(host.ask("PUT", "/consumers/pro", params={"wait": 60}, json={"times": 9}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    host.engine.gate.set()

    second = await host.ended(await waiting)

    assert (await host.ended(first))["status"] == second["status"] == "succeeded"
    assert host.engine.most_at_once == 1
    assert says(host, "tiers")[:2] == [{"name": "free", "times": 3}, {"name": "pro", "times": 9}]


async def test_two_applications_of_one_stack_do_not_work_at_the_same_time(place: Place) -> None:
    async with place.running() as one, place.running() as other:
        one.engine.gate = asyncio.Event()
        first = await one.ask("PUT", "/consumers/free", json={"times": 3})
        await one.engine.entered.wait()

        refused = await other.ask("PUT", "/consumers/free", json={"times": 4})
        seen = await other.ask("GET", f"/operations/{first.json()['id']}")

        assert refused.status_code == 409
        assert refused.json()["operation"] == first.json()["id"]
        assert seen.json()["status"] == "running"
        one.engine.gate.set()
        assert (await other.ended(first))["status"] == "succeeded"


async def test_reads_do_not_wait_for_an_operation(host: Host) -> None:
    host.engine.gate = asyncio.Event()
    begun = await host.ask("PUT", "/consumers/free", json={"times": 3})
    await host.engine.entered.wait()

    overview = await host.ask("GET", "/overview")
    declared = await host.ask("GET", "/consumers/free")

    assert overview.json()["running"]["id"] == begun.json()["id"]
    assert declared.json()["declaration"] == {"name": "free", "times": 3}
    host.engine.gate.set()
    await host.ended(begun)
    assert (await host.ask("GET", "/overview")).json()["running"] is None


async def test_an_operation_is_told_as_it_goes_on(host: Host) -> None:
    host.engine.gate = asyncio.Event()
    begun = await host.ask("PUT", "/consumers/free", json={"times": 3})
    await host.engine.entered.wait()
    heard = asyncio.Event()
    states: list[Operation] = []

    async def listen() -> None:
        async for state in host.opened.watching.states(begun.json()["id"]):
            states.append(state)
            heard.set()

    listening = asyncio.create_task(listen())
    await heard.wait()
    host.engine.gate.set()
    await asyncio.wait_for(listening, 60)

    assert (states[0].status, states[0].now) == ("running", "at work")
    assert states[-1].status == "succeeded"


async def test_events_end_with_the_operation(host: Host) -> None:
    begun = await host.ask("PUT", "/consumers/free", json={"times": 3})
    await host.ended(begun)

    answer = await host.ask("GET", f"/operations/{begun.json()['id']}/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.count("event: operation") == 1
    assert '"status":"succeeded"' in answer.text


async def test_what_is_said_already_is_done(host: Host) -> None:
    operation = await host.ended(await host.ask("PUT", "/consumers/pro", json={"name": "pro", "times": 5}))

    assert (operation["status"], operation["summary"]) == ("succeeded", "nothing changes")
    assert host.engine.applied == []


async def test_setup_applies_the_file_as_it_is(host: Host) -> None:
    before = host.file.read_text()

    operation = await host.ended(await host.ask("POST", "/setup"))

    assert (operation["status"], operation["verb"]) == ("succeeded", "setup")
    assert host.engine.applied == [before] == [host.file.read_text()]
    assert (await host.ask("GET", "/overview")).json()["lastApply"]["operation"] == operation["id"]


async def test_a_failed_setup_says_what_is_left(host: Host) -> None:
    host.engine.failures = ["Kong says no"]

    operation = await host.ended(await host.ask("POST", "/setup"))

    assert (operation["status"], operation["detail"]) == ("failed", "Kong says no")
    assert operation["left"]
    assert "POST /api/kong/setup" in operation["finish"]


async def test_a_setup_that_cannot_be_previewed_is_not_applied(host: Host) -> None:
    host.engine.failures = ["preview: the cluster is gone"]

    assert (await host.ask("POST", "/setup", params={"dryRun": "true"})).status_code == 503
    host.engine.failures = ["preview: the cluster is gone"]
    operation = await host.ended(await host.ask("POST", "/setup"))

    assert (operation["status"], operation["detail"]) == ("failed", "the cluster is gone")
    assert host.engine.applied == []


async def test_a_stack_that_is_wrong_already_is_not_applied(host: Host) -> None:
    host.file.write_text(host.file.read_text().replace("replicas: 1", "replicas: 3"))

    answer = await host.ask("POST", "/setup")

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "counters.policy"
    assert host.engine.applied == []
    health = await host.ask("GET", "/health")
    assert health.status_code == 503
    assert health.json()["stack"]["problems"][0]["path"] == "counters.policy"


@pytest.mark.parametrize("path", ["/services/nobody", "/routes/nobody", "/plugins/global/nobody", "/consumers/nobody"])
async def test_what_is_not_declared_cannot_be_changed(host: Host, path: str) -> None:
    put: httpx.Response = await host.ask("PUT", path, ADMIN, json={})
    deleted = await host.ask("DELETE", path)

    assert (put.status_code, deleted.status_code) == (404, 404)
    assert (await host.ask("GET", path)).status_code == 404
