"""A real PostgreSQL under the script that the bundled one's pod runs when it starts."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.platform.database import WHEN_STARTED
from tests.postgres_server import PostgresServer, needs_postgres

pytestmark = needs_postgres

TRICKY = 'it\'s "another" $HOME `id` \\'


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a user without rights reaches, which pytest's own may not be."""
    made = Path(tempfile.mkdtemp(prefix="postgres-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def postgres(folder: Path) -> Iterator[PostgresServer]:
    """A server whose volume was made with the password `first`."""
    server = PostgresServer(folder, "first")
    server.start()
    server.create_database()
    yield server
    server.kill()


def started(server: PostgresServer, password: str) -> None:
    """The pod's script, to its end."""
    script = server.run(WHEN_STARTED, password)
    said, _ = script.communicate(timeout=60)
    assert script.returncode == 0, said


@pytest.mark.parametrize("password", ["another", TRICKY])
def test_the_secrets_password_is_the_one_that_counts_whichever_the_volume_was_made_with(
    postgres: PostgresServer, password: str
) -> None:
    assert postgres.asked_from_elsewhere("SELECT 1", "first") == "1"

    started(postgres, password)

    assert postgres.asked_from_elsewhere("SELECT 1", password) == "1"
    assert postgres.asked_from_elsewhere("SELECT 1", "first") is None


def test_what_was_written_survives_a_lost_pod_and_a_new_password(postgres: PostgresServer) -> None:
    postgres.asked_from_elsewhere("CREATE TABLE kept AS SELECT 7", "first")
    postgres.kill()

    script = postgres.run(WHEN_STARTED, "another")  # before the server answers, as in a pod that starts
    postgres.start()
    said, _ = script.communicate(timeout=60)

    assert script.returncode == 0, said
    assert postgres.asked_from_elsewhere("SELECT * FROM kept", "another") == "7"
