"""What a rehearsal shows: a line for each step with the time it took, and a moving line while one is under way."""

import logging
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.text import Text

from sandbox.engine.steps import Action, Step, kind

_SIGNS = {
    Action.CREATED: "[green]+[/]",
    Action.UPDATED: "[yellow]~[/]",
    Action.REPLACED: "[yellow]±[/]",
    Action.DELETED: "[red]-[/]",
}
_WHOLE = (Action.UPDATED, Action.REPLACED)
"""What gets a line of its own for each resource; the others get one for each kind."""
_SECONDS_BETWEEN_LINES = 10
"""Where lines cannot move."""

_log = logging.getLogger("rehearsal")


class Display:
    """Writes to a terminal in colour, to a pipe in plain lines, and everything into the log."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    def log_to(self, file: Path) -> None:
        """Begin the log of this run: what is shown, what steps are at, the requests, and why something failed."""
        file.parent.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(
            filename=file, filemode="w", level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", force=True
        )

    @contextmanager
    def step(self, title: str) -> Generator["Line"]:
        """A step: what it is at while it runs, and one line when it is done."""
        started = time.monotonic()
        line = Line(self.console, title)
        _log.info("%s …", title)
        with self.console.status(escape(title)) as status:
            line.onto = status
            yield line
        took = time.monotonic() - started
        self._print(f"[green]✓[/] {escape(line.done)} [dim]{took:.1f} s[/]")

    def say(self, text: str) -> None:
        """A line as it is."""
        self._print(escape(text))

    def failure(self, error: Exception, title: str, reason: str, log: Path | None) -> None:
        """A step that failed: its name, the reason, and where more is to be read."""
        _log.info("failed", exc_info=error)
        self._print(f"[red]✗ {escape(title)}[/]: {escape(reason)}")
        if log:
            self._print(f"  its log: {escape(str(log))}")

    def changes(self, steps: Sequence[Step]) -> None:
        """What an apply did: a line for each resource that changed, and one a kind for what is new or gone."""
        for step in steps:
            if step.action in _WHOLE:
                self._print(f"  {_SIGNS[step.action]} {escape(kind(step.type))} [bold]{escape(step.name)}[/]")
            for change in step.changes:
                self._print(f"      {escape(change)}")
        for action in (Action.CREATED, Action.DELETED):
            for name, resources in _by_kind(steps, action).items():
                self._print(f"  {_SIGNS[action]} {escape(name)}  [dim]{escape(', '.join(resources))}[/]")

    def facts(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """A heading, and under it names and what belongs to each."""
        self._print(f"[bold]{escape(title)}[/]")
        width = max(len(name) for name, _ in rows)
        for name, value in rows:
            self._print(f"  {escape(name):<{width}}  {escape(value)}")

    def _print(self, markup: str) -> None:
        self.console.print(markup)
        _log.info(Text.from_markup(markup).plain)


class Line:
    """One step under way."""

    def __init__(self, console: Console, title: str) -> None:
        self._title = title
        self._console = console
        self._said = time.monotonic()
        self.done = title
        """What stands there when it is done."""
        self.onto: Status | None = None

    def at(self, detail: str) -> None:
        """What the step is at. Where lines cannot move, one every ten seconds is enough."""
        _log.info("%s: %s", self._title, detail)
        if self.onto is not None:
            self.onto.update(f"{escape(self._title)}: {escape(detail)}")
        if not self._console.is_terminal and time.monotonic() - self._said > _SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            self._console.print(f"  {escape(self._title)}: {escape(detail)}")


def summary(steps: Sequence[Step]) -> str:
    """What an apply came to, in a few words."""
    counts = Counter(step.action for step in steps)
    same = counts.pop(Action.SAME, 0)
    if not counts:
        return f"nothing to change, {same} resources are as declared"
    touched = ", ".join(f"{counts[action]} {action}" for action in Action if counts[action])
    return f"{touched}, {same} unchanged" if same else touched


def _by_kind(steps: Sequence[Step], action: Action) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for step in steps:
        if step.action is action:
            kinds.setdefault(kind(step.type), []).append(step.name)
    return kinds
