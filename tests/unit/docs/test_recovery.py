"""docs/recovery.md says what is so: tests bring about what each of its rows is about, and its commands exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/recovery.md").read_text()
TABLE = [line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("| ")]
ROWS = [[cell.strip() for cell in row] for row in TABLE[1:]]
MARK = re.compile(r'recovers\("([^"]+)"\)')


def test_each_row_is_brought_about_by_tests_and_no_test_has_a_row_that_is_gone() -> None:
    tested = {row for file in (ROOT / "tests").rglob("test_*.py") for row in MARK.findall(file.read_text())}

    assert tested == {happened for happened, _, _ in ROWS}


def test_each_row_has_one_command_or_none() -> None:
    for happened, _, command in ROWS:
        assert command.startswith("none") or len(re.findall(r"`[^`]+`", command)) == 1, happened


def test_the_targets_it_names_are_targets() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = {word for command in re.findall(r"`make ([^`]+)`", TEXT) for word in command.split() if "=" not in word}
    assert {"recover", "unlock", "up"} == named <= targets


def test_readers_find_it() -> None:
    assert "docs/recovery.md" in (ROOT / "README.md").read_text()
