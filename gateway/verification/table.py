"""The report: a line for each check, for people as it happens and for machines at the end."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.verification.bench import Check
from gateway.verification.outcome import Outcome, Status
from gateway.verification.target import Target

_MARKS: Final = {
    Status.PASSED: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.SKIPPED: ("–", "yellow"),  # noqa: RUF001 (a dash on purpose)
}
_WIDTH: Final = 60
"""Of the column that says what was checked, where there is room."""


class LiveTable:
    """Prints each outcome as soon as it is known, and on a terminal what is being checked meanwhile.

    Where the output is no terminal there are no colours and every outcome is one line.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("waiting for the gateway")
        self._area = ""
        self._counts = dict.fromkeys(Status, 0)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()

    def begin(self, check: Check) -> None:
        """Show what is being checked."""
        self._status.update(Text(check.proves, style="dim"))

    def report(self, outcome: Outcome) -> None:
        """Print an outcome."""
        self._counts[outcome.status] += 1
        if outcome.area != self._area:
            self._area = outcome.area
            self._console.print(Text(outcome.area, style="bold"))
        mark, style = _MARKS[outcome.status]
        detail = Text(outcome.detail, style="" if outcome.status is Status.PASSED else style)
        if self._console.is_terminal:
            row = Table.grid(padding=(0, 1))
            row.add_column(width=3, justify="right")
            row.add_column(width=min(_WIDTH, self._console.width // 2))
            row.add_column()
            row.add_row(Text(mark, style=style), Text(outcome.proves), detail)
            self._console.print(row)
        else:
            self._console.print(
                Text.assemble(f"  {mark} {outcome.proves:<{_WIDTH}} ", detail), soft_wrap=True, highlight=False
            )

    def summarise(self) -> None:
        """Print how many checks ended in which way."""
        passed, failed, skipped = (self._counts[status] for status in Status)
        parts = [Text(f"{passed} passed", style="green")]
        if failed:
            parts.append(Text(f"{failed} failed", style="red"))
        if skipped:
            parts.append(Text(f"{skipped} skipped", style="yellow"))
        self._console.print(Text(", ").join(parts))


def as_json(target: Target, outcomes: Sequence[Outcome]) -> str:
    """The outcomes for machines, with the gateway they are of."""
    document = {
        "url": target.url,
        "host": target.host,
        "passed": all(outcome.status is not Status.FAILED for outcome in outcomes),
        "checks": [asdict(outcome) for outcome in outcomes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
