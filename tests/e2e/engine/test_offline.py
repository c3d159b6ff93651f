"""What the engine can say without reaching anything: a plan, and what is wrong with a stack."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.cluster.kubeconfig import Cluster
from tests.e2e.engine.project import Project, dev_stack, unreachable

pytestmark = pytest.mark.xdist_group("engine-offline")

NOWHERE = "nowhere"


@pytest.fixture
def offline(tmp_path: Path) -> Project:
    """The dev stack for a cluster that does not answer, and so has no Admin API that would."""
    return dev_stack(Cluster(unreachable(tmp_path, NOWHERE), NOWHERE, None), tmp_path)


def test_a_preview_plans_every_resource_with_nothing_to_reach(offline: Project) -> None:
    assert offline.planned() == offline.recorded() | {("pulumi:pulumi:Stack", "omnify-gateway-dev")}


def test_an_update_with_nothing_to_reach_says_so_and_registers_nothing(offline: Project) -> None:
    code, said = offline.run("up", "--yes", "--skip-preview")

    assert code != 0
    assert f"the cluster of context '{NOWHERE}' did not answer" in said
    assert "KongPlatform" not in said
    assert "Traceback" not in said


def test_every_problem_of_a_wrong_stack_is_said_and_nothing_is_registered(offline: Project) -> None:
    (api,) = offline.sections("apis")
    first, *others = api["routes"]
    wrong: dict[str, Any] = {**first, "access": {"groups": ["gold"]}}
    offline.says(apis=[{**api, "routes": [wrong, *others]}], platform={"replicas": 0}, plan="cheap")

    code, said = offline.run("up", "--yes", "--skip-preview")

    assert code != 0
    for path in ("apis[0].routes[0].access.groups", "platform.replicas", "plan"):
        assert f"omnify-gateway:{path}" in said or path in said
    assert "KongPlatform" not in said
    assert "Traceback" not in said
