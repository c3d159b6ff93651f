"""What another commit makes of a stack: its own program, models and files, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from config.files import stack_file
from gateway.changes.declared import NOTHING, Declared, declared
from gateway.recording import PROJECT

PATIENCE: Final = 600
"""Seconds that a commit has to render a stack."""
_LAST: Final = 12
"""Lines that are shown of what a failing program said."""


class CommitError(Exception):
    """A commit cannot be read or rendered; says which and why."""


def commit(ref: str) -> str:
    """The id of a commit.

    Raises:
        CommitError: there is no such commit, or no repository.
    """
    return _git(
        ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"),
        f"there is no commit {ref!r} here; fetch it first (`git fetch origin`, and in a workflow `fetch-depth: 0`)",
    ).strip()


def changed_files(ref: str) -> tuple[str, ...]:
    """The files that differ between a commit and the files at hand, committed or not. Raises as `commit`."""
    told = _git(("diff", "--name-only", "--no-renames", "-z", commit(ref), "--"), f"git cannot compare with {ref!r}")
    new = _git(("ls-files", "--others", "--exclude-standard", "-z"), "git cannot list new files")
    return tuple(sorted(filter(None, {*told.split("\0"), *new.split("\0")})))


@contextmanager
def checked_out(ref: str) -> Generator[Path]:
    """The files of a commit, in a folder that is gone afterwards. Raises as `commit`."""
    identity = commit(ref)
    with TemporaryDirectory(prefix="omnify-gateway-") as scratch:
        folder = Path(scratch) / "commit"
        _git(("worktree", "add", "--quiet", "--detach", str(folder), identity), f"git cannot check {ref!r} out")
        try:
            yield folder
        finally:
            _git(("worktree", "remove", "--force", str(folder)), f"git cannot remove {folder}")


def declared_in(folder: Path, stack: str) -> Declared:
    """What the program in a folder makes of a stack; nothing where it has no such stack.

    Raises:
        CommitError: the program there refuses the stack, or is too old or too new for this environment.
    """
    if not (folder / stack_file(stack)).is_file():
        return NOTHING
    try:
        with ThreadPoolExecutor(max_workers=2) as pool:
            kong, kubernetes = (pool.submit(_rendered, folder, stack, form) for form in ("json", "kubernetes"))
            return declared(kong.result(), kubernetes.result())
    except ValueError as error:
        raise CommitError(f"its `python -m gateway render` printed something else ({error})") from error


def _rendered(folder: Path, stack: str, form: str) -> str:
    command = [sys.executable, "-m", "gateway", "render", "--stack", stack, "--format", form]
    # Its own code: nothing of this commit may be found first.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(  # noqa: S603 (this Python, on the commit's program)
            command,
            cwd=folder,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise CommitError(f"`python -m gateway render --format {form}` took more than {PATIENCE} s") from error
    if done.returncode:
        said = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-_LAST:])
        raise CommitError(f"`python -m gateway render --format {form}` failed there:\n{said}")
    return done.stdout


def _git(arguments: tuple[str, ...], failure: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (git, with arguments from this file and a commit's name)
            ["git", *arguments],  # noqa: S607 (whichever git the user has)
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise CommitError("git is not on PATH") from error
    if done.returncode:
        raise CommitError(": ".join(filter(None, (failure, done.stderr.strip()))))
    return done.stdout
