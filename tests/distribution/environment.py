"""A Python environment of its own."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Environment:
    """Where it is."""

    folder: Path

    def run(self, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run its Python, outside this repository unless somewhere is said."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        command = [str(self.folder / "bin" / "python"), *arguments]
        where = cwd or self.folder.parent
        return subprocess.run(command, cwd=where, env=kept, capture_output=True, text=True, check=False)
