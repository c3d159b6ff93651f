"""The sandbox's engine for the management API. It works in a process of its own, as the Pulumi CLI does.

That process ends when the one that asked for it does, at whatever it is.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.project import PROJECT
from gateway.changes.report import Report
from management.engine.protocol import Done, EngineError, Say, Step
from management.settings import ManagementSettings
from sandbox.cluster.kubeconfig import Cluster
from sandbox.management.messages import AtMessage, DoneMessage, FailedMessage, PlannedMessage, read_message

_LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a message: a plan is one."""


@dataclass(frozen=True)
class SandboxEngine:
    """The program under mocks, and what it registers applied by the sandbox."""

    stack: str
    state_file: Path
    """What was applied last."""
    cluster: Cluster | None = None
    """Where Kubernetes' objects are applied; without one, Kong's entities alone are."""
    title: str = "sandbox engine"

    async def preview(self, file: Path) -> Report:
        """What applying the stack would do. Raises EngineError."""
        plans: list[Report] = []

        def hear(message: object) -> None:
            if isinstance(message, PlannedMessage):
                plans.append(message.report)

        await self._run("plan", file, hear)
        return plans[0]

    async def apply(self, file: Path, done: Done, say: Say) -> None:
        """Apply the stack. Raises EngineError."""

        def hear(message: object) -> None:
            if isinstance(message, DoneMessage):
                done(Step(message.action, message.kind, message.name, message.changes))
            elif isinstance(message, AtMessage):
                say(message.text)

        await self._run("apply", file, hear)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _run(self, what: str, file: Path, hear: Callable[[object], None]) -> None:
        arguments = ["-m", "sandbox.management.applying", what, self.stack, str(file), str(self.state_file)]
        if self.cluster is not None:
            arguments += [str(self.cluster.kubeconfig), self.cluster.context]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=PROJECT, env=os.environ, stdin=PIPE, stdout=PIPE, limit=_LONGEST_LINE
        )
        try:
            failure = await _heard(process, hear)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if failure is not None:
            raise EngineError(failure)


async def _heard(process: Process, hear: Callable[[object], None]) -> str | None:
    """Hear a process to its end; returns why it failed."""
    failure: str | None = None
    if process.stdout is None:
        raise RuntimeError("the process has no output")
    async for line in process.stdout:
        message = read_message(line)
        if isinstance(message, FailedMessage):
            failure = message.reason
        else:
            hear(message)
    code = await process.wait()
    return failure or (f"the engine's process ended with {code}" if code else None)


def entities_engine(settings: ManagementSettings) -> SandboxEngine:
    """An engine for a gateway that runs already: Kong's entities, and nothing of Kubernetes."""
    return SandboxEngine(settings.stack, settings.state / f"{settings.stack}.sandbox.json")
