"""What a rehearsal shows: a line for each step with the time it took, and a moving line while one is under way."""

import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from sandbox.engine.steps import Action, Step

_SIGNS = {Action.UPDATED: "[yellow]~[/]", Action.REPLACED: "[yellow]±[/]"}


class Display:
    """Writes to a terminal in colour, and to a pipe in plain lines."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Generator["Line"]:
        """A step: what it is at while it runs, and one line when it is done."""
        started = time.monotonic()
        line = Line(self.console, title)
        with self.console.status(escape(title)) as status:
            line.onto = status
            yield line
        took = time.monotonic() - started
        self.console.print(f"[green]✓[/] {escape(line.done)} [dim]{took:.1f} s[/]")

    def failure(self, title: str, reason: str, log: str | None) -> None:
        """A step that failed: its name, the reason, and where more is to be read."""
        self.console.print(f"[red]✗ {escape(title)}[/]: {escape(reason)}")
        if log:
            self.console.print(f"  logs: {escape(log)}")

    def changes(self, steps: list[Step]) -> None:
        """What an apply did: a line for each resource that changed, and one a kind for what is new or gone."""
        for step in steps:
            if step.action in _SIGNS:
                self.console.print(f"  {_SIGNS[step.action]} {escape(_kind(step.type))} [bold]{escape(step.name)}[/]")
            for change in step.changes:
                self.console.print(f"      {escape(change)}")
        for action, sign in ((Action.CREATED, "[green]+[/]"), (Action.DELETED, "[red]-[/]")):
            for kind, names in _by_kind(steps, action).items():
                self.console.print(f"  {sign} {escape(kind)}  [dim]{escape(', '.join(names))}[/]")

    def look_around(self, rows: list[tuple[str, str]]) -> None:
        """How to look around."""
        width = max(len(name) for name, _ in rows)
        for name, value in rows:
            self.console.print(f"[bold]{escape(name):<{width}}[/]  {escape(value)}")


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
        """What the step is at. In a pipe one line every ten seconds is enough."""
        if self.onto is not None:
            self.onto.update(f"{escape(self._title)}: {escape(detail)}")
        if not self._console.is_terminal and time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            self._console.print(f"  {escape(self._title)}: {escape(detail)}")


def summary(steps: list[Step]) -> str:
    """What an apply came to, in a few words."""
    counts = Counter(step.action for step in steps)
    if counts[Action.SAME] == len(steps):
        return f"nothing to change, {len(steps)} resources are as declared"
    touched = ", ".join(f"{counts[action]} {action}" for action in Action if counts[action] and action != Action.SAME)
    return f"{touched}, {counts[Action.SAME]} unchanged"


def _by_kind(steps: list[Step], action: Action) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for step in steps:
        if step.action is action:
            kinds.setdefault(_kind(step.type), []).append(step.name)
    return kinds


def _kind(type_: str) -> str:
    """A type token as people call the thing: `kubernetes:apps/v1:Deployment` is `Deployment`."""
    return type_.rsplit(":", 1)[-1]
