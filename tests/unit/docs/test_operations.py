"""docs/operations.md says what is so: tests prove its procedures, or it says why none does; what it names is there."""

import re

import pytest
from typer.testing import CliRunner

from gateway.commands import app
from tests.unit.docs.procedures import DOCS, ROOT, UNTESTED, headings, links, procedures, proven

TEXT = (DOCS / "operations.md").read_text()


def test_each_procedure_is_proven_or_says_why_not() -> None:
    silent = {name for name, text in procedures().items() if UNTESTED not in text}

    assert silent == proven()


def test_what_is_not_proven_has_a_reason() -> None:
    for name, text in procedures().items():
        if UNTESTED in text:
            assert re.search(r"\*Not under test[^*]*\*:\s\w[\w\W]{20}", text), name


@pytest.mark.parametrize("file", ["operations.md", "secrets.md", "network.md"])
def test_links_lead_somewhere(file: str) -> None:
    for target, heading in links((DOCS / file).read_text()):
        assert (DOCS / (target or file)).is_file(), target
        assert not heading or heading in headings(target or file), (target, heading)


def test_the_commands_of_this_program_are_there_with_their_options() -> None:
    called = {line.strip() for line in re.findall(r"python -m gateway ([^\n`#|]+)", TEXT)}
    assert {line.split()[0] for line in called} >= {"validate", "lint", "drift", "keys", "verify", "import"}

    for line in called:
        command, *words = line.split()
        shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, command
        assert not [word for word in words if word.startswith("--") and word not in shown.output], line


def test_targets_of_make_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"^make ([a-z-]+)", TEXT, re.MULTILINE)) <= targets


def test_every_alert_is_explained_where_it_says() -> None:
    alerts = {name for file in (ROOT / "monitoring/rules").glob("*.yaml") for name in _alerts(file.read_text())}

    assert {name.lower() for name in alerts} <= headings("alerts.md")
    assert "(alerts.md)" in _after("When an alert fires")


def _after(heading: str) -> str:
    """The text after a heading."""
    return TEXT.partition(f"## {heading}\n")[2]


def _alerts(text: str) -> list[str]:
    return re.findall(r"alert: (\w+)", text)


def test_readers_find_them() -> None:
    readme = (ROOT / "README.md").read_text()

    for file in ("operations.md", "secrets.md", "network.md"):
        assert f"docs/{file}" in readme
