"""`python -m gateway drift` against rehearsed stacks, through the tunnel into the cluster that people use."""

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
import yaml

from gateway.recording import PROJECT
from tests.e2e.rehearsal.driver import Rehearsals

pytestmark = pytest.mark.xdist_group("rehearsal")


def drift(rehearsals: Rehearsals, stack: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the report."""
    layout = rehearsals.layout
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "gateway", "drift", "--json"),
            *("--stack", stack, "--config-file", str(layout.stack_file(stack))),
        ],
        cwd=PROJECT,
        env={**rehearsals.variables(), "KUBECONFIG": str(layout.cluster / "kubeconfig")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_what_somebody_did_by_hand_is_found_and_nothing_else(dev: Rehearsals) -> None:
    assert drift(dev, "dev")[0] == 0
    plugins = {plugin["id"]: plugin for plugin in dev.entities()["plugins"]}
    guard = next(plugin for plugin in plugins.values() if plugin["name"] == "acl")
    limit = next(plugin for plugin in plugins.values() if plugin["name"] == "rate-limiting" and plugin["consumer"])
    try:
        dev.admin("DELETE", f"/plugins/{guard['id']}")
        dev.admin("PATCH", f"/plugins/{limit['id']}", json={"config": {"day": 9_999_999}})

        code, report = drift(dev, "dev")
    finally:
        for plugin in (guard, limit):
            dev.admin("PUT", f"/plugins/{plugin['id']}", json=plugin)

    (node,) = report["nodes"]
    assert code == 2
    assert report["admin"].startswith("kubernetes://")
    assert [each["id"] for each in node["missing"]] == [guard["id"]]
    assert [(each["id"], each["fields"]) for each in node["changed"]] == [
        (
            limit["id"],
            [{"path": ["config", "day"], "desired": limit["config"]["day"], "live": 9_999_999}],
        )
    ]
    assert (node["undeclared"], node["pods"]) == ([], [])
    assert drift(dev, "dev")[0] == 0


def test_each_node_without_a_database_is_compared(rehearsals: Rehearsals) -> None:
    # Without an autoscaler, which would add pods by and by.
    brought = rehearsals.up("prod", mode="dbless", platform={"replicas": 3})
    assert brought.code == 0, brought.text

    code, report = drift(rehearsals, "prod")

    (nodes,) = report["nodes"]
    assert code == 0
    assert len(nodes["pods"]) == 3
    assert all(pod.startswith("kong-") for pod in nodes["pods"])

    consumers = [{"username": "somebody", "custom_id": "by-hand"}]
    other = yaml.safe_dump({"_format_version": "3.0", "consumers": consumers})
    httpx.post(f"{rehearsals.url('admin')}/config", json={"config": other}, trust_env=False).raise_for_status()
    rehearsals.standing = None

    code, report = drift(rehearsals, "prod")

    (nodes,) = report["nodes"]
    assert code == 2
    assert len(nodes["pods"]) == 3
    assert len(nodes["missing"]) == nodes["declared"]
    assert [each["key"] for each in nodes["undeclared"]] == ["somebody"]
