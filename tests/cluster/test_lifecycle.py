"""The control plane is started once and found again, whatever happened to it in the meantime."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import yaml

from sandbox.cluster import controlplane
from sandbox.cluster.controlplane import ClusterError, erase, start, status, stop
from sandbox.cluster.kwok import PortMapping
from sandbox.cluster.objects import Objects
from tests.cluster.manifests import Manifest

SETTINGS: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"namespace": "default", "name": "kept"},
    "data": {"a": "1"},
}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state directory whose control plane is gone afterwards."""
    yield tmp_path / "state"
    erase(tmp_path / "state")


def _processes(state: Path) -> dict[str, int | None]:
    return {part.name: part.pid for part in status(state)}


def _running(state: Path) -> list[psutil.Process]:
    """Give every process of this state directory, known to it or not."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(state) in word for word in process.info["cmdline"] or ()) and process.pid != psutil.Process().pid
    ]


def test_it_outlives_who_started_it_and_starting_again_changes_nothing(binary: Path, state: Path) -> None:
    command = [sys.executable, "-m", "sandbox.cluster", "start", "--state", str(state)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    first = _processes(state)

    start(state, binary)

    assert None not in first.values()
    assert _processes(state) == first


def test_two_starts_at_once_make_one_control_plane(binary: Path, state: Path) -> None:
    with ThreadPoolExecutor() as pool:
        one, other = pool.submit(start, state, binary), pool.submit(start, state, binary)

    assert one.result() == other.result()
    assert len(_running(state)) == len(controlplane.NAMES)


def test_only_the_part_that_was_killed_is_started_again(binary: Path, state: Path) -> None:
    start(state, binary)
    before = _processes(state)
    killed = psutil.Process(before["kube-scheduler"])
    killed.kill()
    killed.wait()
    assert _processes(state)["kube-scheduler"] is None

    start(state, binary)

    after = _processes(state)
    assert after["kube-scheduler"] is not None
    assert {name for name in before if before[name] != after[name]} == {"kube-scheduler"}


def test_another_port_mapping_restarts_kwok_alone(binary: Path, state: Path) -> None:
    start(state, binary)
    before = _processes(state)

    start(state, binary, port_mappings=[PortMapping(pod_port=8001, port=18001)])

    after = _processes(state)
    assert {name for name in before if before[name] != after[name]} == {"kwok"}
    assert "port: 18001" in (state / "parts" / "kwok.yaml").read_text()


async def test_a_stopped_control_plane_comes_back_with_its_data_and_address(binary: Path, state: Path) -> None:
    cluster = start(state, binary)
    await (await Objects.of(cluster, field_manager="tests")).apply(SETTINGS)
    address = yaml.safe_load(cluster.kubeconfig.read_text())["clusters"]

    stop(state)
    assert _running(state) == []
    cluster = start(state, binary)

    assert yaml.safe_load(cluster.kubeconfig.read_text())["clusters"] == address
    kept = await (await Objects.of(cluster, field_manager="tests")).get(SETTINGS)
    assert kept is not None
    assert kept["data"] == {"a": "1"}


def test_a_port_that_was_taken_meanwhile_is_chosen_anew(binary: Path, state: Path) -> None:
    cluster = start(state, binary)
    stop(state)
    server = yaml.safe_load(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    port = int(server.rpartition(":")[2])

    with socket.create_server(("127.0.0.1", port)):
        start(state, binary)

    assert yaml.safe_load(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"] != server


def test_a_part_that_fails_is_named_with_its_reason_and_its_log(state: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no space left on device\nexit 1\n")
    broken.chmod(0o755)

    with pytest.raises(ClusterError) as failure:
        start(state, broken)

    log = state / "logs" / "etcd.log"
    assert str(failure.value) == f"etcd ended while it started: no space left on device; its log: {log}"


def test_a_part_that_never_answers_is_named_with_what_it_answered_last(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controlplane, "_TIMEOUT", 0.2)
    idle = tmp_path / "idle"
    idle.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    idle.chmod(0o755)

    with pytest.raises(ClusterError, match=r"etcd was not ready after 0 s: .*Connection refused; its log: .*etcd\.log"):
        start(state, idle)


def test_erasing_what_never_was_does_nothing(tmp_path: Path) -> None:
    erase(tmp_path / "nothing")
    stop(tmp_path / "nothing")

    assert list(tmp_path.iterdir()) == []
