"""A gateway that others made, adopted: imported with the real CLI into a fresh stack, then updated by it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.files import NAMESPACE
from entities.secret import NAMESPACE as SECRETS_NAMESPACE
from gateway.recording import PROJECT
from sandbox.kong.kinds import KINDS
from sandbox.kong.store import Store
from tests.e2e.engine.live import entities
from tests.e2e.engine.project import Project
from tests.e2e.grown import SECRETS, grow
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-adoption")

ENTITY = "kong:index/"
AROUND = ("cluster", "platform", "database")
"""Sections that the tests choose: where the stack lives."""


@pytest.fixture(scope="module")
def before(kong: RunningStandin) -> dict[str, str]:
    """What the gateway held before anybody imported it: kinds by ids."""
    grow(kong.admin_url)
    return entities(kong.store)


@pytest.fixture(scope="module")
def adopted(
    project: Project, kong: RunningStandin, before: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A stack without a state into which it was imported, with its secrets set."""
    folder = tmp_path_factory.mktemp("adopted")
    stack_file, imported = folder / "stack.yaml", folder / "import.json"
    command = ("-m", "gateway", "import", "--stack", "dev", "--admin", kong.admin_url)
    files = ("--to", str(stack_file), "--pulumi", str(imported), "--secrets", str(folder / "secrets.json"))
    subprocess.run([sys.executable, *command, *files], cwd=PROJECT, check=True, capture_output=True)
    project.document = {key: project.document[key] for key in AROUND}
    project.says(**_sections(stack_file))
    for name, value in SECRETS.items():
        key = f"{SECRETS_NAMESPACE}:{name}"
        project.stack.ask("config", "set", "--secret", "--raw", key, *_on(project), given=value)
    options = ("--yes", "--skip-preview", "--protect=false", "--generate-code=false")
    code, said = project.run("import", "--file", str(imported), *options)
    assert code == 0, said
    return project


def _sections(stack_file: Path) -> dict[str, Any]:
    config = yaml.safe_load(stack_file.read_text())["config"]
    sections = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}
    return {key: value for key, value in sections.items() if key not in AROUND}


def _on(project: Project) -> tuple[str, ...]:
    return ("--stack", project.stack.name, "--config-file", str(project.stack.file))


def changes(project: Project) -> list[dict[str, Any]]:
    """What a preview would do to Kong's entities, and to the provider and the component that they hang on."""
    code, output = project.run("preview", "--json")
    assert code == 0, output
    every: list[dict[str, Any]] = json.loads(output[output.index("{") :])["steps"]
    parts = (ENTITY, "pulumi:providers:kong", "omnify:tracked:")
    return [step for step in every if any(part in step["urn"] for part in parts) and step["op"] != "same"]


def test_after_an_import_a_preview_adds_the_owners_tags_and_nothing_else(
    adopted: Project, before: dict[str, str], kong: RunningStandin
) -> None:
    planned = changes(adopted)

    assert {step["op"] for step in planned} == {"update"}
    assert {reason for step in planned for reason in step["diffReasons"]} == {"tags"}
    assert len(planned) == len(before) - len(kong.store.all("snis"))


def test_the_update_tags_every_entity_and_makes_none(
    adopted: Project, before: dict[str, str], kong: RunningStandin
) -> None:
    untagged = _documents(kong.store)

    adopted.up()

    assert entities(kong.store) == before
    tags = {"managed-by:pulumi", f"project:{NAMESPACE}", "stack:dev"}
    for identity, document in _documents(kong.store).items():
        assert tags <= set(document["tags"] or []), document
        assert _untagged(document) == _untagged(untagged[identity])


def test_the_adopted_stack_previews_clean(adopted: Project) -> None:
    assert adopted.preview().keys() == {"same"}
    assert adopted.preview("--refresh").keys() == {"same"}


def _documents(store: Store) -> dict[str, dict[str, Any]]:
    return {document["id"]: document for kind in KINDS if kind != "snis" for document in store.all(kind)}


def _untagged(document: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in document.items() if field not in {"tags", "created_at", "updated_at"}}
