"""A `make up` that is killed, at any moment: the next one completes it, and nothing is there twice."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.rehearsal.driver import LIMITS, Rehearsals, declared, is_there_once, twice, until

pytestmark = pytest.mark.xdist_group("rehearsal")


@pytest.mark.recovers("A rehearsal was killed, or what it made was changed")
def test_killed_at_several_moments_it_is_completed_by_the_next(nothing: Rehearsals) -> None:
    records, state = nothing.layout.cluster / "run", nothing.layout.engine_state("dev")
    moments: dict[str, Callable[[], bool]] = {
        "the store starts": (records / "etcd.json").exists,
        "the API server starts": (records / "kube-apiserver.json").exists,
        "the last part starts": (records / "kwok.json").exists,
        "objects are made": lambda: _applied(state, "kubernetes:") > 5,
        "entities are written": lambda: _applied(state, "kong:") > 10,
        "the last entities are written": lambda: _applied(state, "kong:") > 30,
    }
    for seen in moments.values():
        with nothing.starting() as process:
            until(seen, process)
            process.send_signal(signal.SIGKILL)

    run = nothing.up()

    assert run.code == 0, run.text
    assert nothing.up().lines(f"✓ stack dev (sandbox engine): nothing to change, {declared()} resources") != []
    is_there_once(nothing)


def test_killed_while_it_changes_the_next_one_changes_the_rest(dev: Rehearsals) -> None:
    limits = LIMITS | {"minute": 50}
    with dev.starting(limits=limits) as process:
        until(lambda: _minutes(dev) != [40, 200, 800], process)
        process.send_signal(signal.SIGKILL)

    run = dev.up(limits=limits)

    assert run.code == 0, run.text
    assert _minutes(dev) == [50, 250, 1000]
    assert not twice(dev.entities())


def test_killed_while_it_verifies_nothing_is_left_to_do(dev: Rehearsals) -> None:
    with dev.starting() as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("tokens"):
                break
        process.send_signal(signal.SIGKILL)

    run = dev.up()

    assert run.code == 0, run.text
    assert f"nothing to change, {declared()} resources" in run.text


def _applied(state: Path, start: str) -> int:
    if not state.exists():
        return 0
    return sum(resource["type"].startswith(start) for resource in json.loads(state.read_text()))


def _minutes(rehearsals: Rehearsals) -> list[int]:
    plugins = rehearsals.admin("GET", "/plugins?size=1000")["data"]
    return sorted(plugin["config"]["minute"] for plugin in plugins if plugin["name"] == "rate-limiting")
