"""Operations in their database: SQLite, and a real PostgreSQL where one is installed."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import create_async_engine

from management.models.operations import Asker, Operation, Progress, Status, Verb
from management.operations.store import open_store
from management.operations.tables import SchemaError, versions
from tests.postgres_server import USER, PostgresServer

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'operations.db'}"
        return
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not on PATH")
    folder = tmp_path / "postgres"
    folder.mkdir()
    for each in (tmp_path, *tmp_path.parents):
        if each == Path(tempfile.gettempdir()):
            break
        each.chmod(0o755)  # the server is not root
    server = PostgresServer(folder, "password-of-a-test")
    server.start()
    try:
        server.create_database()
        yield f"postgresql+asyncpg://{USER}:password-of-a-test@127.0.0.1:{server.port}/{USER}"
    finally:
        server.kill()


def operation(number: int, status: Status = Status.SUCCEEDED) -> Operation:
    return Operation(
        id=f"{number:032x}",
        verb=Verb.CHANGE,
        resource="consumers",
        name="free",
        status=status,
        summary="1 changed",
        asked_by=Asker(subject="s", name="Åsa", address="10.0.0.1"),
        asked_at=NOW + timedelta(seconds=number),
        ended_at=None if status is Status.RUNNING else NOW + timedelta(seconds=number + 1),
        left=("what is left",),
    )


async def test_what_was_kept_is_there_after_a_restart(url: str) -> None:
    running = operation(1, Status.RUNNING)
    step = Progress(number=1, at=NOW, action="updated", kind="Plugin", name="x", changes=("a: 1 → 2",))
    async with open_store(url, "dev") as store:
        await store.add(running)
        await store.add_steps(running.id, [step])
        assert await store.running() == (running,)
    async with open_store(url, "dev") as store:
        done = running.model_copy(
            update={"status": Status.SUCCEEDED, "ended_at": NOW + timedelta(seconds=9), "progress": (step,)}
        )
        await store.change(done, applied=True)

        assert await store.get(running.id) == done
        assert await store.running() == ()
        applied = await store.last_applied()
        assert applied is not None
        assert (applied.id, applied.ended_at) == (running.id, done.ended_at)


async def test_the_trail_is_read_in_parts_the_newest_first(url: str) -> None:
    async with open_store(url, "dev") as store:
        for number in range(7):
            await store.add(operation(number, Status.DENIED if number % 2 else Status.SUCCEEDED))
        seen: list[str] = []
        before = None
        while True:
            page = await store.page(before=before, limit=3)
            seen += [each.id for each in page.operations]
            before = page.next
            if before is None:
                break
        denied = await store.page(status=[Status.DENIED])

    assert seen == [f"{number:032x}" for number in reversed(range(7))]
    assert len(denied.operations) == 3
    assert denied.operations[0].asked_by.name == "Åsa"


async def test_stacks_have_trails_of_their_own(url: str) -> None:
    async with open_store(url, "dev") as store:
        await store.add(operation(1))
    async with open_store(url, "prod") as store:
        assert (await store.page()).operations == ()
        assert await store.get(f"{1:032x}") is None


async def test_tables_of_another_version_are_left_alone(url: str) -> None:
    async with open_store(url, "dev"):
        pass
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(update(versions).values(version=99))
    await engine.dispose()

    with pytest.raises(SchemaError, match=r"has version 99 .* and this program knows 1"):
        async with open_store(url, "dev"):
            pass
