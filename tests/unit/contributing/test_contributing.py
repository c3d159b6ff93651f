"""What a contributor's machine does by itself: hooks before a commit, an editor's settings, the list of targets."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.project import PROJECT
from tests.unit.diff.repositories import Repository

PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
HOOKS: list[dict[str, Any]] = [
    hook
    for repository in yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    for hook in repository["hooks"]
]
GUIDE = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))


@pytest.fixture
def commits(tmp_path: Path) -> Repository:
    """The project in a repository of its own, with an environment."""
    repository = Repository.copied(tmp_path)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return repository


def hooked(repository: Repository, *files: str, skip: str = "") -> "subprocess.CompletedProcess[str]":
    """What the hooks say to a change of files."""
    repository.git("add", "--all")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(repository.folder / ".cache" / "pre-commit"), "SKIP": skip}
    # A proxy that nobody listens on: whatever would be downloaded fails.
    environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    return subprocess.run(
        (PRE_COMMIT, "run", "--files", *files),
        cwd=repository.folder,
        env={name: value for name, value in environment.items() if not name.startswith("GIT_")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_hooks_run_from_the_pinned_environment_alone() -> None:
    assert {hook["language"] for hook in HOOKS} == {"system"}
    for hook in HOOKS:
        program, *arguments = hook["entry"].split()
        assert program.startswith(".venv/bin/") or (program == "make" and set(arguments) <= TARGETS), hook["id"]


def test_what_is_well_passes_the_hooks(commits: Repository) -> None:
    commits.edit("config/version.py", "Final", "Final")

    done = hooked(commits, "config/version.py", "README.md", "Pulumi.dev.yaml", skip="pyright,generated")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "text", "hook", "said"),
    [
        ("gateway/worse.py", '"""Worse."""\n\nimport os\n', "style", ""),
        ("gateway/worse.py", '"""Worse."""\n\nA  =  [ 1 ]\n', "form", "1 file reformatted"),
        ("Pulumi.dev.yaml", "config:\n  omnify-gateway:mode: sideways\n", "the stacks' settings, and lint", "mode"),
    ],
)
def test_what_is_wrong_is_stopped(commits: Repository, file: str, text: str, hook: str, said: str) -> None:
    (commits.folder / file).write_text(text, "utf-8")

    done = hooked(commits, file, skip="pyright,generated")

    assert done.returncode == 1
    assert re.search(rf"^{re.escape(hook)}\.+Failed$", done.stdout, re.MULTILINE), done.stdout
    assert said in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("file", ["settings.json", "extensions.json"])
def test_an_editors_settings_are_json_and_name_files_that_there_are(file: str) -> None:
    settings = json.loads((PROJECT / ".vscode" / file).read_text("utf-8"))

    for schema, pattern in settings.get("yaml.schemas", {}).items():
        assert (PROJECT / schema).is_file()
        assert list(PROJECT.glob(pattern))


def test_editors_and_ruff_agree_on_the_width_of_a_line() -> None:
    editor = configparser.ConfigParser(strict=False)
    editor.read_string("[root]\n" + (PROJECT / ".editorconfig").read_text("utf-8"))
    ruff = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    rulers = json.loads((PROJECT / ".vscode" / "settings.json").read_text("utf-8"))["editor.rulers"]

    assert [editor.getint("*", "max_line_length")] == [ruff["line-length"]] == rulers


def test_make_lists_every_target_with_what_it_does() -> None:
    if shutil.which("make") is None:
        pytest.skip("there is no make")
    declared = set(re.findall(r"^\.PHONY: (\S+)", MAKEFILE, re.MULTILINE))

    done = subprocess.run(("make", "--no-print-directory"), cwd=PROJECT, capture_output=True, text=True, check=False)

    plain = re.sub(r"\x1b\[\d*m", "", done.stdout)
    assert declared == TARGETS == {line.split()[0] for line in plain.splitlines()}
    assert all(len(line.split()) > 2 for line in plain.splitlines())


def test_the_guide_names_targets_and_folders_that_there_are() -> None:
    commands = re.findall(r"(?:^|`)make ([a-z ]+?)(?=`|  |$)", GUIDE, re.MULTILINE)
    assert {name for names in commands for name in names.split()} - {"for", "more", "cores"} <= TARGETS
    for folder in re.findall(r"`((?:tests|docs|config|entities|components|policies)/[\w/.]*)`", GUIDE):
        assert (PROJECT / folder).exists(), folder


def test_the_first_change_of_the_guide_works(commits: Repository) -> None:
    """Its three pieces of code put where it says; then its policy is one of the pack, and breaks where it should."""
    function, policy, breaking = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    commits.edit("policies/entities.py", "def _untagged(", f"{function}\n\ndef _untagged(")
    _among(commits, policy)
    assert '"routes-name-methods": (' in breaking

    done = commits.gateway("validate", "--stack", "prod", "--policies")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "routes-name-methods" in commits.gateway("policies").stdout


def _among(repository: Repository, policy: str) -> None:
    file = repository.folder / "policies" / "entities.py"
    before, start, after = file.read_text("utf-8").partition("\nPOLICIES")
    assert start
    head, first, rest = after.partition("    Policy(\n")
    file.write_text(f"{before}{start}{head}{policy.rstrip()},\n{first}{rest}", "utf-8")
