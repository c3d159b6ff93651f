"""What the build makes of a module, and what it puts into the wheel."""

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.version import VERSION
from distribution.hatch_build import PARTS, below_the_package, contents, requirements
from gateway.commands import app
from omnify_gateway import platform
from tests.distribution.programs import program_of_the_package

ROOT = Path(__file__).parents[2]


def test_imports_of_the_projects_packages_get_its_name_and_nothing_else_changes() -> None:
    source = '''"""config and entities are words here."""
from __future__ import annotations

import config_parser
from collections import abc
from config import files
from config.files import (
    NAMESPACE,
)
from configparser import ConfigParser
from entities.schema import kong_schema as schema
if abc:
    from provider.values import UNKNOWN

text = "from config import x"
'''

    assert (
        below_the_package(source)
        == '''"""config and entities are words here."""
from __future__ import annotations

import config_parser
from collections import abc
from omnify_gateway.config import files
from omnify_gateway.config.files import (
    NAMESPACE,
)
from configparser import ConfigParser
from omnify_gateway.entities.schema import kong_schema as schema
if abc:
    from omnify_gateway.provider.values import UNKNOWN

text = "from config import x"
'''
    )


def test_commands_that_messages_name_are_those_of_the_package() -> None:
    assert below_the_package("\"run 'python -m gateway keys'\"") == "\"run 'python -m omnify_gateway keys'\""


@pytest.mark.parametrize("source", ["import config", "import os, entities.model", "import provider.urns as urns"])
def test_what_cannot_be_told_from_another_name_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"line 1 imports a package by 'import'; write 'from … import …'"):
        below_the_package(source)


def test_an_import_in_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"line 1 is not 'from config.files import …'"):
        below_the_package("from  config.files import NAMESPACE")


def test_no_module_of_the_wheel_imports_a_name_that_is_anybodys() -> None:
    folders = {file.parent.name for file in ROOT.glob("*/*.py")} - {"omnify_gateway"}
    assert folders >= {"config", "entities", "sandbox"}
    for name, content in contents(ROOT):
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(content)):
                imported = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                imported += [each.name for each in node.names] if isinstance(node, ast.Import) else []
                assert not {each.partition(".")[0] for each in imported} & folders, name


def test_every_file_is_there_but_what_the_engine_starts_in_the_repository() -> None:
    files = {name for name, _ in contents(ROOT)}

    kept = {f"omnify_gateway/{file.relative_to(ROOT)}" for part in PARTS for file in (ROOT / part).rglob("*.*")}
    assert {name for name in kept - files if "__pycache__" not in name} == {
        "omnify_gateway/provider/PulumiPlugin.yaml",
        "omnify_gateway/provider/__main__.py",
        "omnify_gateway/provider/README.md",
        "omnify_gateway/policies/PulumiPolicy.yaml",
        "omnify_gateway/policies/__main__.py",
    }
    assert not {name for name in files if not name.startswith("omnify_gateway/")}


def test_requirements_are_those_of_the_project_without_their_comments() -> None:
    assert requirements("# why\npulumi>=3\n\nsniffio   # because\n") == ["pulumi>=3", "sniffio"]


def test_the_changelogs_newest_version_is_the_packages() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    released = [line for line in headings if line != "## [Unreleased]"]

    assert released[0].startswith(f"## [{VERSION}] - ")


def test_the_platforms_names_are_all_that_the_repositorys_own_program_needs() -> None:
    imports = [node for node in ast.walk(ast.parse(program_of_the_package())) if isinstance(node, ast.ImportFrom)]

    needed = {each.name for node in imports if node.module == "omnify_gateway.platform" for each in node.names}
    assert {"KongPlatform", "KongEntities"} <= needed <= set(platform.__all__)
    assert {node.module for node in imports} == {"omnify_gateway.platform", "pulumi"}


def test_the_repositorys_commands_say_the_same_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"omnify-gateway {VERSION}\n"
