"""A page of the documentation that is followed to the letter: its commands are run, and print what it says."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from config.project import PROJECT
from tests.e2e.rehearsal.driver import FORBIDDEN

_BLOCK: Final = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_WHO: Final = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Reader"), ("EMAIL", "reader@test.example"))
}


_MOMENTARY: Final = re.compile(r"^  (Kubernetes|gateway processes|stack dev[^:]*): .*\n", re.MULTILINE)
"""What a slow step is at: a line of its own in a pipe, and a moving one on a terminal."""


@dataclass(frozen=True)
class Step:
    """A command of a page, and what it prints there."""

    command: str
    printed: str

    @property
    def pattern(self) -> "re.Pattern[str]":
        """What it may print: `…` alone on a line stands for any lines, and within one for any text.

        Ports and seconds are anybody's.
        """
        lines = self.printed.splitlines()
        return re.compile("".join(_LINES if line.strip() == "…" else f"{_line(line)}\n" for line in lines))


_LINES: Final = r"(?:.*\n)*?"


_VARYING: Final = re.compile(r"(?<=127\.0\.0\.1:)\d+|[\d,]+ passed in [\d.]+ s|\d+\.\d s$")
"""Ports, seconds, and what a busy machine needs until a limit is reached."""


def _line(line: str) -> str:
    exact = _VARYING.sub("…", line).split("…")
    return ".*".join(map(re.escape, exact))


def steps(page: str) -> Iterator[Step]:
    """The commands of a page in their order."""
    for block in _BLOCK.findall(page):
        for each in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = each.partition("\n")
            yield Step(command, printed)


@dataclass
class Reader:
    """Somebody in a clone of the repository."""

    folder: Path
    own: dict[str, str] = field(default_factory=dict[str, str])
    """What they have put into their environment."""

    @classmethod
    def cloned(cls, folder: Path) -> "Reader":
        """With the files that there are here, as the first commit of `main`."""
        listed = _run(PROJECT, ("git", "ls-files", "--cached", "--others", "--exclude-standard"), os.environ)
        for name in listed.stdout.splitlines():
            if (PROJECT / name).is_file() and (PROJECT / name) != PROJECT / ".venv":
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT / name, folder / name)
        (folder / ".venv").symlink_to(PROJECT / ".venv")
        for requirements in folder.glob("requirements*.txt"):
            os.utime(requirements, (0, 0))  # the environment has them already
        reader = cls(folder)
        for command in ("git init -q -b main", "git add --all", "git commit -qm first"):
            assert reader.run(command) == ""
        return reader

    def run(self, command: str) -> str:
        """What a command prints, errors among it."""
        done = _run(self.folder, ("bash", "-c", f"exec 2>&1; {command}"), self._environment())
        return _MOMENTARY.sub("", done.stdout)

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FORBIDDEN}
        folders = [each for each in kept["PATH"].split(os.pathsep) if not (Path(each) / "pulumi").exists()]
        path = os.pathsep.join([str(self.folder / ".venv" / "bin"), *folders])
        quiet = {name: value for name, value in kept.items() if not name.startswith(("GIT_", "PYTHON", "MAKE", "COV"))}
        return {**quiet, **_WHO, **self.own, "PATH": path}


def _run(folder: Path, command: tuple[str, ...], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
