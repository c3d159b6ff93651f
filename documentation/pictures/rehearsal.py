"""A rehearsal as it stands in the terminal: `make up` really run, in a folder of its own, and its lines as SVG."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from typing_extensions import override

from documentation.pictures.stack import STACK
from documentation.pictures.svg import MONO
from sandbox.engine.steps import Step
from sandbox.rehearsal.display import Display
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.places import place
from sandbox.rehearsal.up import Rehearsal

_COLUMNS: Final = 118
_FONT_FACE: Final = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)


def picture() -> str:
    """Run it, and give what it printed. Takes a minute, and a control plane that is built.

    Raises:
        RehearsalError: a step failed.
    """
    # A dumb terminal has no line that moves: what was shown for a moment would stay in the picture.
    console = Console(
        record=True,
        force_terminal=True,
        color_system="truecolor",
        width=_COLUMNS,
        height=1000,
        file=io.StringIO(),
        highlight=False,
        _environ={"TERM": "dumb"},
    )
    with TemporaryDirectory() as folder:
        rehearsal = Rehearsal(STACK, place(Layout(Path(folder))), _Lines(console), {})
        try:
            rehearsal.up()
        finally:
            rehearsal.down()
    return console.export_svg(title="make up", code_format=_without_fonts(), unique_id="up", font_aspect_ratio=0.602)


class _Lines(Display):
    """What a rehearsal shows up to its summary: what follows are places on this machine."""

    _over = False

    @override
    def facts(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        self._over = True

    @override
    def changes(self, steps: Sequence[Step]) -> None:
        """They are in the summary of the step; each of them would fill the picture."""

    @override
    def _print(self, markup: str) -> None:
        if not self._over:
            super()._print(markup)


def _without_fonts() -> str:
    """Rich's picture of a terminal, which would fetch a font, in a font that is there."""
    return _FONT_FACE.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", MONO)
