"""The JSON Schemas of the stack files: kept in the repository, named by the files, and as strict as the settings."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from config.stack import StackSettings
from gateway.recording import PROJECT
from tests.unit.gateway.projects import gateway

FILES = {
    "Pulumi.yaml": "config/project.schema.json",
    "Pulumi.dev.yaml": "config/stack.schema.json",
    "Pulumi.prod.yaml": "config/stack.schema.json",
}
KEPT = {"stack": "config/stack.schema.json", "project": "config/project.schema.json"}
each_file = pytest.mark.parametrize("name", FILES)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((PROJECT / FILES[name]).read_text()))


def document(name: str) -> dict[str, Any]:
    return yaml.safe_load((PROJECT / name).read_text())


def problems(name: str, changed: dict[str, Any]) -> list[str]:
    errors = cast("Iterator[ValidationError]", validator(name).iter_errors(changed))  # pyright: ignore[reportUnknownMemberType]
    return [error.message for error in errors]


@pytest.mark.parametrize("of", KEPT)
def test_the_kept_schema_is_what_the_command_prints(of: str) -> None:
    assert gateway("schema", "--of", of).stdout == (PROJECT / KEPT[of]).read_text()


def test_the_stack_files_schema_is_the_default() -> None:
    assert gateway("schema").stdout == (PROJECT / KEPT["stack"]).read_text()


@pytest.mark.parametrize("of", KEPT)
def test_the_schema_is_one(of: str) -> None:
    Draft202012Validator.check_schema(json.loads((PROJECT / KEPT[of]).read_text()))


def test_every_stack_file_is_known_here() -> None:
    assert {file.name for file in PROJECT.glob("Pulumi*.yaml")} == FILES.keys()


@each_file
def test_each_file_names_its_schema_in_its_first_line(name: str) -> None:
    first = (PROJECT / name).read_text().splitlines()[0]

    assert first == f"# yaml-language-server: $schema={FILES[name]}"
    assert (PROJECT / Path(name).parent / FILES[name]).is_file()


@each_file
def test_each_file_fits_its_schema(name: str) -> None:
    assert problems(name, document(name)) == []


@each_file
def test_an_unknown_section_is_refused(name: str) -> None:
    changed = document(name)
    changed["config"]["omnify-gateway:platfrom"] = {"value": {}} if name == "Pulumi.yaml" else {}

    assert any("platfrom" in problem for problem in problems(name, changed))


@each_file
def test_an_unknown_key_deep_inside_is_refused(name: str) -> None:
    changed = copy.deepcopy(document(name))
    section = "limits" if name == "Pulumi.yaml" else "platform"
    entry = changed["config"][f"omnify-gateway:{section}"]
    (entry["value"] if name == "Pulumi.yaml" else entry)["replica"] = 1

    assert any("replica" in problem for problem in problems(name, changed))


@each_file
def test_other_projects_keys_are_none_of_its_business(name: str) -> None:
    changed = document(name)
    changed["config"]["kubernetes:context"] = "kind-omnify"

    assert problems(name, changed) == []


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("mode", "databse"),
        ("platform", {"replicas": "3"}),
        ("auth", {"kind": "jwt"}),
        ("auth", {"kind": "basic", "issuer": "https://auth.example"}),
        ("counters", {"policy": "redis"}),
        ("limits", {"minute": 0, "hour": 1, "day": 1}),
    ],
    ids=["a wrong word", "text for a number", "a missing key", "an unknown kind", "no host", "out of bounds"],
)
def test_a_wrong_value_is_refused(section: str, value: object) -> None:
    changed = document("Pulumi.dev.yaml")
    changed["config"][f"omnify-gateway:{section}"] = value

    assert problems("Pulumi.dev.yaml", changed)


def test_the_schema_explains_each_section_to_an_editor() -> None:
    schema = json.loads((PROJECT / KEPT["stack"]).read_text())
    sections = schema["properties"]["config"]["properties"]

    assert sections.keys() == {
        f"omnify-gateway:{field.alias or name}" for name, field in StackSettings.model_fields.items()
    }
    explained = [
        {**section, **schema["$defs"].get(str(section.get("$ref")).rsplit("/", 1)[-1], {})}
        for section in sections.values()
    ]
    assert [section for section in explained if not section.get("description")] == []
