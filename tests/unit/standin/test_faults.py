"""Faults strike as long and as often as they were told to, and look to a client like the real ones."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sandbox.kong.faults import ENDPOINT, Fault, Faults
from sandbox.kong.gateway import Options
from tests.standin import RunningStandin, running_standin


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_fault_hits_as_many_requests_as_it_was_told() -> None:
    faults = Faults()
    faults.begin(Fault("error", requests=2))

    assert [faults.strike("GET") for _ in range(4)] == ["error", "error", None, None]


def test_a_fault_lasts_as_long_as_it_was_told() -> None:
    clock = _Clock()
    faults = Faults(clock)
    clock.now = 10
    faults.begin(Fault("unavailable", seconds=5))

    clock.now = 14.9
    assert faults.strike("GET") == "unavailable"
    clock.now = 15
    assert faults.strike("GET") is None


def test_a_fault_spares_other_methods_without_counting_them() -> None:
    faults = Faults()
    faults.begin(Fault("error", requests=1, methods=("PUT",)))

    assert [faults.strike(method) for method in ("GET", "PUT", "PUT")] == [None, "error", None]


def test_a_cleared_fault_strikes_no_more() -> None:
    faults = Faults()
    faults.begin(Fault("error"))
    faults.clear()

    assert faults.strike("GET") is None


@pytest.fixture(scope="module")
def running() -> Iterator[RunningStandin]:
    with running_standin(Options(fault_endpoint=True)) as standin:
        yield standin


@pytest.mark.parametrize(("kind", "status"), [("error", 500), ("unavailable", 503)])
def test_a_refusing_fault_answers_with_its_status(running: RunningStandin, kind: str, status: int) -> None:
    httpx.put(f"{running.admin_url}{ENDPOINT}", json={"kind": kind, "requests": 1}).raise_for_status()

    assert httpx.get(f"{running.admin_url}/services").status_code == status
    assert httpx.get(f"{running.admin_url}/services").status_code == 200


def test_a_refusal_repeats_what_was_sent(running: RunningStandin) -> None:
    running.faults.begin(Fault("refuse", requests=1))

    refused = httpx.put(f"{running.admin_url}/services/struck", json={"host": "a.example"})

    assert refused.status_code == 400
    assert "a.example" in refused.json()["message"]


def test_a_closed_connection_is_an_error_of_the_protocol(running: RunningStandin) -> None:
    running.faults.begin(Fault("close", requests=1))

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{running.admin_url}/services")


def test_a_hanging_request_lasts_until_the_client_gives_up(running: RunningStandin) -> None:
    running.faults.begin(Fault("hang", requests=1))

    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{running.admin_url}/services", timeout=0.2)


def test_a_request_that_a_fault_struck_changes_nothing(running: RunningStandin) -> None:
    running.faults.begin(Fault("error", requests=1))
    httpx.put(f"{running.admin_url}/services/struck", json={"host": "a.example"})

    assert httpx.get(f"{running.admin_url}/services/struck").status_code == 404


def test_an_unknown_fault_is_refused_with_those_there_are(running: RunningStandin) -> None:
    refused = httpx.put(f"{running.admin_url}{ENDPOINT}", json={"kind": "explode"})

    assert refused.status_code == 400
    assert "write one of error, close, hang, unavailable, refuse" in refused.json()["message"]


def test_faults_can_be_cleared_over_http(running: RunningStandin) -> None:
    httpx.put(f"{running.admin_url}{ENDPOINT}", json={"kind": "error"})
    httpx.delete(f"{running.admin_url}{ENDPOINT}").raise_for_status()

    assert httpx.get(f"{running.admin_url}/services").status_code == 200


def test_the_endpoint_is_absent_unless_asked_for() -> None:
    with running_standin() as standin:
        assert httpx.put(f"{standin.admin_url}{ENDPOINT}", json={"kind": "error"}).status_code == 404
