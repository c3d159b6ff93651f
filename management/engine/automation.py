"""Pulumi's Automation API as the engine: the CLI on PATH, with the backend and secrets that the environment names."""

import asyncio
import os
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pulumi import automation

from config.project import PROJECT
from gateway.changes.preview import UnreadablePreviewError, previewed
from gateway.changes.report import Report
from gateway.deployment.engine import without_values
from management.engine.events import Events
from management.engine.protocol import Done, EngineError, Say
from management.settings import ManagementSettings

_QUIET: Final = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
_RECOVERY: Final = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}
"""For an update that takes over what a killed one has made and the state does not know; for that one alone."""
_HOLDER: Final = re.compile(r"created by \S+?@(?P<host>\S+) \(pid (?P<pid>\d+)\)")
"""Who holds a stack's lock (pulumi: pkg/backend/diy/lock.go)."""
_PATIENCE: Final = 600.0
"""Seconds to wait for an update that a killed process of this application has left running."""
_BETWEEN: Final = 2.0
_LAST: Final = 20
"""Lines that are shown of what a failing command said."""


class AutomationEngine:
    """The Pulumi CLI on one stack."""

    title = "pulumi"

    def __init__(self, stack: str, environment: Mapping[str, str] | None = None, project: Path = PROJECT) -> None:
        """`environment` is the CLI's besides this process's own, `project` the folder of Pulumi.yaml."""
        self._name = stack
        self._project = str(project)
        self._environment = {**_QUIET, **(environment or {})}

    async def preview(self, file: Path) -> Report:
        """What `pulumi up` would do. Raises EngineError."""
        # With what stays as it is: without it, nobody could say on which route a plugin is.
        arguments = ["preview", "--json", "--show-sames", "--stack", self._name, "--config-file", str(file)]
        try:
            said = await asyncio.to_thread(
                _command().run, [*arguments, "--color", "never"], self._project, self._environment
            )
            return previewed(self._name, said.stdout)
        except automation.CommandError as error:
            raise EngineError(f"`pulumi preview` failed: {_said(error)}") from error
        except UnreadablePreviewError as error:
            raise EngineError(f"`pulumi preview` failed: {error}") from error

    async def apply(self, file: Path, done: Done, say: Say) -> None:
        """Run `pulumi up`. Raises EngineError."""
        environment: Mapping[str, str] = {}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE
        while True:
            try:
                await self._up(file, environment, done, say)
            except automation.ConcurrentUpdateError as error:
                environment = await self._after_another(error, deadline - loop.time(), say)
            else:
                return

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _up(self, file: Path, environment: Mapping[str, str], done: Done, say: Say) -> None:
        loop = asyncio.get_running_loop()
        events = Events(done, say)

        def hear(event: automation.EngineEvent) -> None:
            loop.call_soon_threadsafe(events.hear, event)

        say("pulumi up")
        try:
            await asyncio.to_thread(self._run, file, environment, hear)
        except automation.ConcurrentUpdateError:
            raise
        except automation.StackNotFoundError as error:
            message = f"the backend has no stack {self._name!r}; make it with `pulumi stack init {self._name}`"
            raise EngineError(message) from error
        except automation.CommandError as error:
            await asyncio.sleep(0)  # the last events are on their way
            told = "\n".join(without_values(events.errors)) or _said(error)
            raise EngineError(f"`pulumi up` failed: {told}") from error

    def _run(self, file: Path, environment: Mapping[str, str], hear: Callable[[automation.EngineEvent], Any]) -> None:
        options = automation.LocalWorkspaceOptions(
            work_dir=self._project, env_vars={**self._environment, **environment}, pulumi_command=_command()
        )
        stack = automation.select_stack(self._name, work_dir=self._project, opts=options)
        stack.up(on_event=hear, color="never", config_file=str(file), show_secrets=False)

    async def _after_another(self, error: Exception, left: float, say: Say) -> Mapping[str, str]:
        """Wait for an update that a killed process left, or take its lock away; returns the environment of the next.

        Raises:
            EngineError: somebody else updates the stack.
        """
        holder = _HOLDER.search(str(error))
        if holder is None or holder["host"] != socket.gethostname() or left <= 0:
            raise EngineError(
                "somebody else updates the stack; wait for them, or take the lock of a killed update away with "
                f"`pulumi cancel {self._name}`" + (f" ({holder[0]})" if holder else "")
            ) from error
        if _runs(int(holder["pid"])):
            say("waiting for an update that an earlier process has begun")
            await asyncio.sleep(_BETWEEN)
            return _RECOVERY
        say("taking the lock of a killed update away")
        arguments = ["cancel", self._name, "--yes"]
        try:
            await asyncio.to_thread(_command().run, arguments, self._project, self._environment)
        except automation.CommandError as refusal:
            raise EngineError(f"`pulumi cancel` failed: {_said(refusal)}") from refusal
        return _RECOVERY


def automation_engine(settings: ManagementSettings) -> AutomationEngine:
    """The engine of the settings' stack."""
    return AutomationEngine(settings.stack)


def _command() -> automation.PulumiCommand:
    try:
        return automation.PulumiCommand()
    except (FileNotFoundError, automation.InvalidVersionError) as error:
        raise EngineError("the Pulumi CLI is not on PATH (https://www.pulumi.com/docs/install)") from error


def _said(error: Exception) -> str:
    """The last lines of what a command said, without values."""
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return "\n".join(without_values(lines[-_LAST:]))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
