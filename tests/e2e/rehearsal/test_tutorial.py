"""docs/tutorial.md, followed to the letter; and what the README shows of `make up`."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.project import PROJECT
from tests.e2e.rehearsal.tutorial import Reader, Step, steps

README = (PROJECT / "README.md").read_text("utf-8")
PAGE = (PROJECT / "docs" / "tutorial.md").read_text("utf-8")
ADDRESS = re.compile(r"^  gateway  curl .*(http://[\d.]+:\d+)/health$", re.MULTILINE)


@pytest.fixture
def reader(tools: Path, tmp_path: Path) -> Iterator[Reader]:
    """`tools` skips where there is no control plane to be had."""
    missing = [name for name in ("make", "git", "curl") if shutil.which(name) is None]
    if missing or not (PROJECT / ".venv" / "bin" / "python").exists():
        pytest.skip(f"the tutorial needs {', '.join(missing) or 'an environment in .venv'}")
    somebody = Reader.cloned(tmp_path)
    yield somebody
    somebody.run("python -m sandbox stop")


@pytest.mark.timeout(1200)
def test_the_tutorial_is_what_happens(reader: Reader) -> None:
    (shown,) = steps(README)
    for step in steps(PAGE):
        if step.command.startswith("git clone "):
            continue  # `reader` has
        printed = reader.run(step.command)
        assert step.pattern.fullmatch(printed), f"$ {step.command}\n{printed}"
        if step.command == shown.command and "GATEWAY" not in reader.own:
            assert shown.pattern.match(printed), f"README.md: $ {step.command}\n{printed}"
        if address := ADDRESS.search(printed):
            reader.own["GATEWAY"] = address[1]


def test_a_page_is_no_looser_than_it_says() -> None:
    (step,) = steps("```console\n$ make up\nstarted in … s\n…\nthe end\n```\n")

    assert not step.pattern.fullmatch("ended in 12 s\nmuch\nmore\nthe end\n")
    assert step.pattern.fullmatch("started in 12 s\nmuch\nmore\nthe end\n")
    assert not step.pattern.fullmatch("started in 12 s\nthe end\nand more\n")
    assert step == Step("make up", "started in … s\n…\nthe end\n")
