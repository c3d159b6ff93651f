"""Which pictures there are, and the files in which the documentation has them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from config.project import PROJECT
from documentation.pictures import architecture, comment, components, rehearsal, request

FOLDER: Final = PROJECT / "docs" / "pictures"
DRAWN: Final[Mapping[str, Callable[[], str]]] = {
    "architecture": architecture.picture,
    "components": components.picture,
    "request": request.picture,
    "comment": comment.picture,
}
"""What is drawn from the files of the repository alone: the same files always give the same picture."""
RUN: Final[Mapping[str, Callable[[], str]]] = {"rehearsal": rehearsal.picture}
"""What is drawn from a run, which takes other seconds each time."""
PICTURES: Final[Mapping[str, Callable[[], str]]] = {**DRAWN, **RUN}


def file(name: str) -> Path:
    """Where a picture is kept."""
    return FOLDER / f"{name}.svg"


def draw(name: str) -> Path:
    """Draw a picture into its file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file(name).write_text(PICTURES[name](), "utf-8")
    return file(name)
