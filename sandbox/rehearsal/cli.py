"""The Pulumi CLI on one stack of this project, with a backend on this machine and a stack file outside the repository.

Nothing here touches the user's own backend, login or stack files.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
from pydantic import JsonValue

from config.files import NAMESPACE, PROJECT_FILE
from entities.secret import NAMESPACE as SECRETS
from gateway.recording import PROJECT
from sandbox.rehearsal.stack import write_stack_file

PASSPHRASE = "rehearsal"  # noqa: S105 (of a state that never leaves this machine)


RECOVERY: Final = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}
"""The environment of an operation that takes over what exists and the state does not know. For one run: with it always
on, a renamed resource's deletion would remove the object that its creation has just taken over."""
_PATIENCE: Final = 60.0
"""Seconds that an operation gets to end whose starter was killed."""


class CliError(Exception):
    """The CLI refused; the message has what it said."""


@dataclass(frozen=True)
class PulumiStack:
    """A stack as the CLI sees it."""

    name: str
    file: Path
    """Its stack file, in a folder that is not the repository's."""
    backend: Path
    """The folder of its state."""
    kubeconfig: Path

    @staticmethod
    def cli() -> str | None:
        """The CLI, when it is on PATH."""
        return shutil.which("pulumi")

    def configure(self, document: Mapping[str, JsonValue], secrets: Mapping[str, str] | None = None) -> None:
        """Write the stack file with its secrets, and make the stack where the backend does not have it.

        Raises:
            CliError: the backend cannot be used.
        """
        self.backend.mkdir(parents=True, exist_ok=True)
        write_stack_file(document, self.file)
        known = json.loads(self.ask("stack", "ls", "--json"))
        if self.name not in {str(stack["name"]).rsplit("/", 1)[-1] for stack in known}:
            # The CLI puts a stack's salt into the stack file of the folder it works in: not into the repository's.
            self.file.with_name(PROJECT_FILE).write_text(f"name: {NAMESPACE}\nruntime: python\n")
            self.ask("stack", "init", self.name, "--no-select", "--cwd", str(self.file.parent))
        on = ("--stack", self.name, "--config-file", str(self.file))
        for name, value in (secrets or {}).items():
            self.ask("config", "set", "--secret", f"{SECRETS}:{name}", *on, given=value)

    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports. Raises as `ask` does."""
        return json.loads(self.ask("stack", "output", "--json", "--stack", self.name))

    def ask(self, *arguments: str, given: str | None = None) -> str:
        """What a command of the CLI prints; `given` is its standard input.

        Raises:
            CliError: the command failed.
        """
        stdin = subprocess.DEVNULL if given is None else subprocess.PIPE
        with self._start(arguments, {}, subprocess.PIPE, stdin) as running:
            output, errors = running.communicate(given)
        if running.returncode != 0:
            raise CliError(f"pulumi {' '.join(arguments[:2])} failed: {errors.strip()}")
        return output

    def unlocked(self) -> bool:
        """Take away the lock of an operation that was killed, and tell whether there was one.

        Only for a backend of which nobody else starts operations. Raises as `ask` does.
        """
        deadline = time.monotonic() + _PATIENCE
        while any(map(psutil.pid_exists, _lock_holders(self._locks()))) and time.monotonic() < deadline:
            time.sleep(0.2)
        killed = [pid for pid in _lock_holders(self._locks()) if not psutil.pid_exists(pid)]
        if killed:
            self.ask("cancel", self.name, "--yes")
        return bool(killed)

    def _locks(self) -> Iterable[Path]:
        """The lock files (pulumi: pkg/backend/diy/lock.go)."""
        return (self.backend / ".pulumi" / "locks").glob(f"organization/{NAMESPACE}/{self.name}/*.json")

    def operate(
        self, *arguments: str, environment: Mapping[str, str] | None = None, stderr: int = subprocess.STDOUT
    ) -> "subprocess.Popen[str]":
        """Start an operation on the stack, such as `up`."""
        on = ("--stack", self.name, "--config-file", str(self.file))
        return self._start((*arguments, *on), environment or {}, stderr)

    def _start(
        self,
        arguments: tuple[str, ...],
        environment: Mapping[str, str],
        stderr: int,
        stdin: int = subprocess.DEVNULL,
    ) -> "subprocess.Popen[str]":
        command = [self.cli() or "pulumi", *arguments, "--non-interactive", "--color", "never"]
        return subprocess.Popen(  # noqa: S603 (the user's own CLI)
            command,
            cwd=PROJECT,
            stdin=stdin,
            env={**self._environment(), **environment},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": self.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "KUBECONFIG": str(self.kubeconfig),
        }


def _lock_holders(locks: Iterable[Path]) -> list[int]:
    """The processes that hold locks; a lock that goes meanwhile is none."""
    holders: list[int] = []
    for lock in locks:
        with contextlib.suppress(FileNotFoundError):
            holders.append(int(json.loads(lock.read_text())["pid"]))
    return holders
