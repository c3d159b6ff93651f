"""The policy pack in the engine: `pulumi preview --policy-pack policies`."""

from pathlib import Path

import pytest

from config.project import PROJECT
from policies import POLICIES
from sandbox.cluster.kubeconfig import Cluster
from tests.e2e.engine.project import Project, dev_stack, unreachable

pytestmark = pytest.mark.xdist_group("engine-policies")

NOWHERE = "nowhere"
PACK = ("--policy-pack", str(PROJECT / "policies"))


@pytest.fixture
def offline(tmp_path: Path) -> Project:
    return dev_stack(Cluster(unreachable(tmp_path, NOWHERE), NOWHERE, None), tmp_path)


def test_a_preview_of_a_stack_that_keeps_them_passes(offline: Project) -> None:
    code, said = offline.run("preview", *PACK)

    assert code == 0, said
    assert "omnify-gateway" in said.partition("Policies:")[2]
    assert "can't run policy" not in said


def test_a_preview_of_a_stack_that_breaks_them_fails_and_says_which(offline: Project) -> None:
    offline.says(
        purpose="production",
        database={"kind": "external", "host": "db.example", "credentialsSecret": "db"},
        trust={"authorities": [{"configMap": "authorities", "key": "ca.crt"}]},
    )

    code, said = offline.run("preview", *PACK)

    assert code != 0
    for name in ("images-are-pinned", "names-have-tls", "origins-have-tls"):
        assert name in {policy.name for policy in POLICIES}
        assert name in said
    assert "kong:3.9.1, which may change; write name:tag@sha256:…" in said
