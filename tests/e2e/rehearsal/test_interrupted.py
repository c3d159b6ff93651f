"""A `make up` that is killed, at any moment, and two at once: the next one completes it, and nothing is there twice."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cluster.controlplane import NAMES
from tests.e2e.rehearsal.driver import LIMITS, Rehearsals, twice, until

pytestmark = pytest.mark.xdist_group("rehearsal")


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
    assert nothing.up().lines("✓ stack dev (sandbox engine): nothing to change, 49 resources") != []
    _is_there_once(nothing)


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
    assert "nothing to change, 49 resources" in run.text


def test_two_at_once_both_succeed_and_nothing_is_there_twice(nothing: Rehearsals) -> None:
    with nothing.starting() as one, nothing.starting() as other:
        texts = [process.communicate(timeout=300)[0] for process in (one, other)]

    assert (one.returncode, other.returncode) == (0, 0), texts
    created, same = sorted(texts, key=lambda text: "nothing to change" in text)
    assert "49 created" in created
    assert "nothing to change, 49 resources are as declared" in same
    assert "✓ another rehearsal, which was under way" in same
    _is_there_once(nothing)


def _applied(state: Path, start: str) -> int:
    if not state.exists():
        return 0
    return sum(resource["type"].startswith(start) for resource in json.loads(state.read_text()))


def _minutes(rehearsals: Rehearsals) -> list[int]:
    plugins = rehearsals.admin("GET", "/plugins?size=1000")["data"]
    return sorted(plugin["config"]["minute"] for plugin in plugins if plugin["name"] == "rate-limiting")


def _is_there_once(rehearsals: Rehearsals) -> None:
    entities = rehearsals.entities()
    assert not twice(entities)
    assert {kind: len(documents) for kind, documents in entities.items()} == {
        "services": 1,
        "routes": 5,
        "plugins": 18,
        "consumers": 3,
        "acls": 3,
        "jwts": 3,
    }
    commands = [process.info["cmdline"] for process in rehearsals.processes()]
    parts = sorted(command[1] for command in commands if "controlplane" in command[0])
    assert parts == sorted(NAMES)
    assert sum("sandbox.kong" in command for command in commands) == 1
    deployments = [name for name in rehearsals.objects() if name.startswith("Deployment")]
    assert deployments == ["Deployment kong"]
