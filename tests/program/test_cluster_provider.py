"""The cluster's provider is the same whoever runs the program, from wherever."""

import pytest

from tests.program.conftest import run_program
from tests.program.resources import inputs
from tests.program.stacks import stack_document


def test_the_environment_of_who_runs_it_is_no_input_of_the_clusters_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would stay in the state, and the next person's preview would replace every object."""
    monkeypatch.setenv("KUBECONFIG", "/home/somebody/.kube/config")
    monkeypatch.setenv("PULUMI_K8S_UPSERT_EXISTING_OBJECTS", "true")

    recording = run_program(stack_document("dev"), "dev", preview=True)

    (provider,) = [each for each in recording.registrations if each.type == "pulumi:providers:kubernetes"]
    assert inputs(provider) == {"context": "kind-omnify"}
