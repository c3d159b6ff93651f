"""`python -m gateway render`: a stack as text, always the same bytes."""

import json
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from entities.declarative import declarative_document
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated
from gateway.commands import app
from gateway.stacks import stack_state
from tests.unit.config.documents import stack_document
from tests.unit.gateway.projects import gateway


def rendered(stack: str, *arguments: str) -> str:
    return CliRunner().invoke(app, ["render", "-s", stack, *arguments]).stdout


FORMATS = ("kong", "kubernetes", "json")


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_stack_is_always_the_same_bytes(stack: str, format_: str) -> None:
    """In two processes that hash differently, the second time after everything else that ran in it."""
    said = gateway("render", "--stack", stack, "--format", format_, PYTHONHASHSEED="1")
    again = CliRunner().invoke(app, ["render", "--stack", stack, "--format", format_])

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == again.stdout
    assert said.stdout.endswith("\n")


def test_kong_yml_is_the_default_and_is_the_declarative_document() -> None:
    text = rendered("prod")
    state = desired_state(validated(stack_document("prod")), Owner("omnify-gateway", "prod"))

    assert text.startswith("_format_version: '3.0'\n")
    assert yaml.safe_load(text) == declarative_document(state)
    assert "&id" not in text
    assert "          local function refuse(status, message, problem)\n" in text


def test_json_is_every_entity_whole_by_kind() -> None:
    kinds: dict[str, list[dict[str, Any]]] = json.loads(rendered("dev", "-f", "json"))
    state = stack_state("dev")

    assert kinds.keys() == {"services", "routes", "consumers", "acls", "jwt_secrets", "plugins"}
    assert [document for documents in kinds.values() for document in documents] == [
        state.document(entity) for kind in kinds for entity in state if entity.kind == kind
    ]


@pytest.mark.parametrize(
    ("stack", "kinds"),
    [
        ("dev", {"Namespace", "Deployment", "Service", "Ingress", "Secret", "StatefulSet", "Job", "ServiceAccount"}),
        ("prod", {"Namespace", "Deployment", "Service", "Ingress", "Job", "PodDisruptionBudget"}),
    ],
)
def test_kubernetes_is_every_manifest_in_the_order_in_which_they_are_made(stack: str, kinds: set[str]) -> None:
    text = rendered(stack, "-f", "kubernetes")
    manifests: list[dict[str, Any]] = list(yaml.safe_load_all(text))

    assert text.startswith("---\n")
    assert kinds <= {manifest["kind"] for manifest in manifests}
    for manifest in manifests:
        assert list(manifest)[:3] == ["apiVersion", "kind", "metadata"]
        assert manifest["metadata"]["name"]
    order = [manifest["kind"] for manifest in manifests]
    assert order[0] == "Namespace"
    assert order.index("Deployment") < order.index("Ingress")


def test_no_secrets_value_is_rendered() -> None:
    manifests: list[dict[str, Any]] = list(yaml.safe_load_all(rendered("dev", "-f", "kubernetes")))

    (secret,) = [manifest for manifest in manifests if manifest["kind"] == "Secret"]
    assert secret["data"] == "[secret]"
    assert "stringData" not in secret


def test_a_stack_that_is_not_there_is_refused() -> None:
    said = gateway("render", "-s", "none", "-f", "kubernetes")

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("✗ there is no stack 'none'")


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    said = gateway("render", "-s", "dev", "-f", "helm")

    assert (said.returncode, said.stdout) == (1, "")
    assert all(format_ in said.stderr for format_ in FORMATS)
