"""CLUSTER=current: which cluster is at hand, and what is said when none is."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.cluster.kubeconfig import Cluster, KubeconfigError, current

KIND: dict[str, Any] = {
    "clusters": [{"name": "kind", "cluster": {"server": "https://127.0.0.1:6443"}}],
    "users": [{"name": "kind", "user": {"token": "secret"}}],
    "contexts": [{"name": "kind-dev", "context": {"cluster": "kind", "user": "kind"}}],
    "current-context": "kind-dev",
}


def _write(path: Path, document: object) -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document))
    return str(path)


def test_kubeconfig_names_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path / "config", KIND)

    assert current({"KUBECONFIG": path}) == Cluster(Path(path), "kind-dev", log_directory=None)


def test_without_kubeconfig_it_is_the_one_in_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = _write(tmp_path / ".kube" / "config", KIND)

    assert current({}).kubeconfig == Path(path)


def test_of_several_files_the_first_chooses_the_context_and_any_may_hold_it(tmp_path: Path) -> None:
    chooses = _write(tmp_path / "one", {"current-context": "kind-dev", "contexts": None})
    holds = _write(tmp_path / "two", {**KIND, "current-context": "another"})

    cluster = current({"KUBECONFIG": os.pathsep.join([chooses, str(tmp_path / "missing"), holds])})

    assert cluster == Cluster(Path(holds), "kind-dev", log_directory=None)


@pytest.mark.parametrize("document", [{}, {**KIND, "current-context": ""}])
def test_without_a_current_context_it_says_how_to_choose_one(document: dict[str, Any], tmp_path: Path) -> None:
    path = _write(tmp_path / "config", document)

    with pytest.raises(KubeconfigError) as refused:
        current({"KUBECONFIG": path})

    assert str(refused.value) == (
        f"CLUSTER=current: {path} names no current context; choose one with `kubectl config use-context NAME`,"
        " or leave CLUSTER out to use the rehearsal's own cluster"
    )


@pytest.mark.parametrize("scattered", ["clusters", "users", "contexts"])
def test_a_context_scattered_over_files_must_be_flattened(scattered: str, tmp_path: Path) -> None:
    rest = {key: value for key, value in KIND.items() if key != scattered}
    paths = os.pathsep.join([_write(tmp_path / "one", rest), _write(tmp_path / "two", {scattered: KIND[scattered]})])

    with pytest.raises(KubeconfigError, match="kubectl config view --flatten --minify"):
        current({"KUBECONFIG": paths})


def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "config", {"contexts": "none"})

    with pytest.raises(KubeconfigError, match=f"{path} cannot be read as a kubeconfig"):
        current({"KUBECONFIG": path})
