"""Whatever its OpenAPI document allows, and what it does not: nothing is answered 5xx but what says why."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi import checks

from management.application import application
from tests.unit.management.engines import ScriptedEngine
from tests.unit.management.hosts import ADMIN, Place

CHECKS: Any = [getattr(checks, f"{name}_conformance") for name in ("status_code", "content_type", "response_schema")]
EXAMPLES = 6
"""Requests for each endpoint: enough to meet each kind of wrong value, few enough for a busy machine."""


class Served:
    """The application on a port, in a thread of its own."""

    def __init__(self, place: Place) -> None:
        self._app = application(place.management_settings(live_seconds=5), lambda _: ScriptedEngine())
        self.server = uvicorn.Server(uvicorn.Config(self._app, port=0, log_level="error"))
        self._thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()), daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self._thread.join(60)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def address(place: Place) -> Iterator[str]:
    with Served(place) as address:
        yield address


@pytest.fixture(scope="module")
def api(address: str) -> Any:
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


# A stream of events ends with its operation, and there is none.
pytestmark = pytest.mark.timeout(900)
schema: Any = schemathesis.pytest.from_fixture("api").exclude(path_regex="/events$")  # pyright: ignore[reportUnknownMemberType]


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=tuple(HealthCheck.__members__.values()),
)
def test_nothing_is_answered_with_a_fault_of_our_own(case: Any, place: Place) -> None:
    response = case.call(headers={"Authorization": f"Bearer {place.realm.token(ADMIN)}"}, timeout=120)

    explained = {503}  # the gateway is away, and the answer says so
    assert response.status_code < 500 or response.status_code in explained, (case, response.text)
    case.validate_response(response, checks=CHECKS)
