"""The project that is worked on: the folder of Pulumi.yaml, of the stack files and of what they name."""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent.parent

PROJECT: Final = _HERE if (_HERE / "Pulumi.yaml").is_file() else Path.cwd()
"""This repository. In another program's environment, where this is an installed package, that program's folder: the
engine runs a program there, and people their commands."""
