"""kube-score over every manifest of every variant: what it finds is put right, or stays for a reason."""

import asyncio
import json
from functools import cache
from pathlib import Path

import pytest

from gateway.recording import record
from gateway.rendering import manifests
from sandbox.cluster.build import MODULE, GoMissingError, build
from sandbox.scanner.findings import Allowance, Finding, allowances, scan, stale, unexplained
from sandbox.tools import KUBE_SCORE
from tests.program.variants import VARIANTS

pytestmark = pytest.mark.xdist_group("scanner")


@pytest.fixture(scope="session")
def scanner() -> Path:
    """The scanner's binary; the first time, building it takes two minutes."""
    try:
        return build(program=KUBE_SCORE)
    except GoMissingError as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", VARIANTS)
def test_what_the_scanner_finds_has_a_reason(name: str, scanner: Path) -> None:
    assert [str(each) for each in unexplained(_found(name, scanner), allowances())] == []


def test_no_reason_is_left_over(scanner: Path) -> None:
    found = [finding for name in VARIANTS for finding in _found(name, scanner)]

    assert stale(found, allowances()) == []


def test_what_is_wrong_is_found_and_an_exception_is_for_its_objects_alone(scanner: Path) -> None:
    container = {"name": "main", "image": "main"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "kong", "namespace": "test"},
        "spec": {"containers": [container]},
    }
    found = scan(scanner, [pod], _kubernetes())

    assert {"container-image-tag", "container-resources", "pod-networkpolicy"} <= {each.check for each in found}
    here = Allowance(check="container-image-tag", objects=("Pod/kong", "Pod/other"), reason="a reason for the test")
    assert "container-image-tag" not in {each.check for each in unexplained(found, [here])}
    assert stale(found, [here]) == ["container-image-tag: Pod/other"]


@cache
def _found(name: str, scanner: Path) -> list[Finding]:
    variant = VARIANTS[name]
    recording = asyncio.run(asyncio.to_thread(record, variant.document(), variant.stack, preview=True))
    return scan(scanner, list(manifests(recording.registrations)), _kubernetes())


def _kubernetes() -> str:
    """The release of the rehearsal's control plane."""
    for line in (MODULE / "go.mod").read_text().splitlines():
        match line.split():
            case ["k8s.io/kubernetes", version]:
                return ".".join(version.split(".")[:2])
            case _:
                continue
    raise AssertionError(json.dumps({"go.mod": "no k8s.io/kubernetes"}))
