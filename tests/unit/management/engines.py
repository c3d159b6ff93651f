"""An engine that does what a test tells it to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.changes.report import Report
from management.engine.protocol import Done, EngineError, Say, Step

STEP = Step("updated", "Plugin", "consumer/free/rate-limiting", ("config.minute: 1000 → 500",))


@dataclass
class ScriptedEngine:
    """Notes what it is given, and succeeds unless it is told to fail or to wait."""

    title: str = "scripted"
    applied: list[str] = field(default_factory=list[str])
    """The texts of the files that were applied, in order."""
    failures: list[str] = field(default_factory=list[str])
    """Why the next applies fail; an empty text succeeds."""
    steps: tuple[Step, ...] = (STEP,)
    """What each apply does before it ends."""
    gate: asyncio.Event | None = None
    """What each apply waits for after its steps."""
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0
    broken: Exception | None = None

    async def preview(self, file: Path) -> Report:
        if self.failures and self.failures[0].startswith("preview: "):
            raise EngineError(self.failures.pop(0).removeprefix("preview: "))
        return Report(stack="dev", source="engine")

    async def apply(self, file: Path, done: Done, say: Say) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            say("at work")
            self.applied.append(file.read_text("utf-8"))  # noqa: ASYNC240 (a test's own file)
            for step in self.steps:
                done(step)
            self.entered.set()
            if self.gate is not None:
                await self.gate.wait()
            if self.broken is not None:
                raise self.broken
            if self.failures and (reason := self.failures.pop(0)):
                raise EngineError(reason)
        finally:
            self.at_once -= 1

    async def close(self) -> None:
        return


Script = Callable[[], ScriptedEngine]
