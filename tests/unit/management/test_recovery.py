"""A process that was killed: the next one finishes what it had begun, and touches nothing that somebody else did."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from management.models.operations import Asker, Operation, Status, Verb
from management.operations.store import open_store
from management.stack.journal import Entry, Journal
from management.stack.lock import StackLock
from management.stack.writing import write_whole
from tests.unit.management.engines import ScriptedEngine
from tests.unit.management.hosts import Place

IDENTITY = "0" * 31 + "1"


async def begun(place: Place, *, journal: bool, verb: Verb = Verb.CHANGE) -> tuple[str, str]:
    """What a killed process has left; the stack's file as it was and as it was to be."""
    before = place.file.read_text()
    after = f"{before}\n  omnify-gateway:tiers: [{{ name: free, times: 2 }}, {{ name: pro }}, {{ name: enterprise }}]\n"
    settings = place.management_settings()
    settings.state.mkdir(exist_ok=True)
    operation = Operation(
        id=IDENTITY,
        verb=verb,
        resource="consumers",
        name="free",
        status=Status.RUNNING,
        summary="1 changed",
        asked_by=Asker(subject="s", name="aino", address="127.0.0.1"),
        asked_at=datetime.now(UTC),
    )
    async with open_store(settings.database_url, "dev") as store:
        await store.add(operation)
    if journal:
        Journal(settings.state, "dev").begin(Entry(operation=IDENTITY, before=before, after=after))
    return before, after


@pytest.mark.parametrize("written", [False, True])
async def test_a_change_that_had_begun_is_finished(place: Place, written: bool) -> None:
    _, after = await begun(place, journal=True)
    if written:
        place.file.write_text(after)

    async with place.running() as host:
        operation = await host.operation(IDENTITY)

        assert operation["status"] == "succeeded"
        assert place.file.read_text() == after
        assert host.engine.applied == [after]
        assert Journal(host.settings.state, "dev").read() is None


async def test_a_change_that_cannot_be_finished_is_undone(place: Place) -> None:
    before, after = await begun(place, journal=True)

    async with place.running(ScriptedEngine(failures=["Kong says no"])) as host:
        operation = await host.operation(IDENTITY)

        assert operation["status"] == "rolled-back"
        assert place.file.read_text() == before
        assert host.engine.applied == [after, before]


async def test_what_somebody_wrote_meanwhile_stays(place: Place) -> None:
    await begun(place, journal=True)
    theirs = f"{place.file.read_text()}\n# by hand\n"
    place.file.write_text(theirs)

    async with place.running() as host:
        operation = await host.operation(IDENTITY)

        assert operation["status"] == "failed"
        assert "somebody changed the stack's file" in operation["detail"]
        assert "POST /api/kong/setup" in operation["finish"]
        assert place.file.read_text() == theirs
        assert host.engine.applied == []


async def test_what_never_came_to_the_file_is_ended(place: Place) -> None:
    before, _ = await begun(place, journal=False)

    async with place.running() as host:
        operation = await host.operation(IDENTITY)

        assert operation["status"] == "rolled-back"
        assert operation["detail"] == "the process ended before anything was changed"
        assert place.file.read_text() == before
        assert host.engine.applied == []


async def test_a_setup_is_done_again(place: Place) -> None:
    before, _ = await begun(place, journal=False)
    Journal(place.management_settings().state, "dev").begin(Entry(operation=IDENTITY, before=before, after=before))

    async with place.running() as host:
        assert (await host.operation(IDENTITY))["status"] == "succeeded"
        assert host.engine.applied == [before]


async def test_an_operation_of_a_process_that_lives_is_left_to_it(place: Place) -> None:
    await begun(place, journal=True)
    lock = await StackLock(place.management_settings().state, "dev").acquire(0)

    async with place.running() as host:
        await asyncio.sleep(0.2)
        assert (await host.ask("GET", f"/operations/{IDENTITY}")).json()["status"] == "running"
        assert host.engine.applied == []
        # It is killed now; the next change here comes after what it had begun.
        await lock.release()
        refused = await host.ask("PUT", "/consumers/pro", json={"times": 9})
        assert refused.status_code == 409
        assert (await host.operation(IDENTITY))["status"] == "succeeded"
        again = await host.ask("PUT", "/consumers/pro", params={"wait": 60}, json={"times": 9})
        assert (await host.ended(again))["status"] == "succeeded"


async def test_the_audit_trail_outlives_the_process(place: Place) -> None:
    async with place.running() as host:
        done = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))
        await host.client.get("/api/kong/overview")

    async with place.running() as host:
        assert (await host.operation(done["id"])) == done
        assert [each["status"] for each in await host.audit()] == ["denied", "succeeded"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("before")
    file.chmod(0o640)

    write_whole(file, "after")

    assert file.read_text() == "after"
    assert file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "\ud800")
    assert file.read_text() == "after"
    assert [each.name for each in tmp_path.iterdir()] == ["Pulumi.dev.yaml"]
