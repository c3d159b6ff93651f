"""The command line in processes of its own, in copies of the repository's stack files."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.recording import PROJECT


def gateway(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m gateway` as a pipe sees it."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder: Path) -> Path:
    """A folder with the stack files and keys of the repository."""
    for file in PROJECT.glob("Pulumi*.yaml"):
        (folder / file.name).write_text(file.read_text())
    return folder
