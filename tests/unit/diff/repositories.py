"""The project in a repository of a test's own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gateway.recording import PROJECT

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test"), ("EMAIL", "test@test.example"))
}


@dataclass(frozen=True)
class Repository:
    """A copy of the files that are tracked here, as they are now."""

    folder: Path

    @classmethod
    def copied(cls, folder: Path) -> "Repository":
        """Of the program, without its tests."""
        listed = _run(PROJECT, "git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.split("\n")
        for name in listed:
            source = PROJECT / name
            if name and source.is_file() and not name.startswith(("tests/", "docs/", "benchmarks/", "sandbox/")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(source.read_bytes())
        repository = cls(folder)
        repository.git("init", "--quiet", "--initial-branch", "main")
        repository.commit("first")
        return repository

    def git(self, *arguments: str) -> str:
        done = _run(self.folder, "git", *arguments, **_WHO)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def gateway(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return _run(self.folder, sys.executable, "-m", "gateway", *arguments)


def _run(folder: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
    return subprocess.run(command, cwd=folder, env={**own, **environment}, capture_output=True, text=True, check=False)
