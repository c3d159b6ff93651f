"""The two ways to apply a stack: the Pulumi CLI where there is one, the sandbox's engine where there is none."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pulumi
from pydantic import JsonValue

from config.files import NAMESPACE, PROJECT_FILE
from gateway.recording import PROJECT, record
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine import engine
from sandbox.engine.steps import EngineError, Report
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.stack import write_stack_file

PASSPHRASE = "rehearsal"  # noqa: S105 (of a state that holds nothing secret and never leaves this machine)


class ApplyError(Exception):
    """The stack could not be applied; the message has the reason."""


class Applier(Protocol):
    """Applies one stack to one cluster."""

    title: str
    """What it is, for people."""

    def apply(self, document: Mapping[str, JsonValue], report: Report) -> Mapping[str, Any]:
        """Bring cluster and gateway to what the stack says, and return its outputs.

        Raises:
            ApplyError: it did not work.
        """
        ...

    def destroy(self, report: Report) -> None:
        """Remove everything that was applied. Raises as `apply` does."""
        ...


def applier(stack: str, layout: Layout, cluster: Cluster, say: Callable[[str], None]) -> Applier:
    """The Pulumi CLI when it is on PATH, else the sandbox's engine. `say` shows a line of the CLI's."""
    if shutil.which("pulumi"):
        return PulumiCli(stack, layout, cluster, say)
    return SandboxEngine(stack, layout, cluster)


class SandboxEngine:
    """The program under mocks, and what it registers applied by the sandbox."""

    title = "sandbox engine"

    def __init__(self, stack: str, layout: Layout, cluster: Cluster) -> None:
        self._stack = stack
        self._cluster = cluster
        self._state = layout.engine_state(stack)

    def apply(self, document: Mapping[str, JsonValue], report: Report) -> Mapping[str, Any]:
        """Record the program and apply the recording."""
        try:
            recording = record(document, self._stack)
            asyncio.run(engine.apply(recording, self._cluster, self._state, report))
        except (pulumi.RunError, EngineError) as error:
            raise ApplyError(str(error)) from error
        return recording.outputs

    def destroy(self, report: Report) -> None:
        """Remove what the state knows."""
        try:
            asyncio.run(engine.destroy(self._cluster, self._state, report))
        except EngineError as error:
            raise ApplyError(str(error)) from error


class PulumiCli:
    """`pulumi up` with a backend on this machine."""

    title = "pulumi"

    def __init__(self, stack: str, layout: Layout, cluster: Cluster, say: Callable[[str], None]) -> None:
        self._stack = stack
        self._file = layout.stack_file(stack)
        self._say = say
        layout.pulumi.mkdir(parents=True, exist_ok=True)
        self._environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": layout.pulumi.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "KUBECONFIG": str(cluster.kubeconfig),
        }

    def apply(self, document: Mapping[str, JsonValue], report: Report) -> Mapping[str, Any]:
        """Run `pulumi up`; the CLI itself shows what it does."""
        del report
        write_stack_file(document, self._file)
        if self._stack not in self._stacks():
            # The CLI puts a stack's salt into the stack file of the folder it works in: not into the repository's.
            self._file.with_name(PROJECT_FILE).write_text(f"name: {NAMESPACE}\nruntime: python\n")
            self._run("stack", "init", self._stack, "--no-select", "--cwd", str(self._file.parent))
        self._run("up", *self._on_stack(), "--yes", "--skip-preview", "--config-file", str(self._file))
        outputs = self._output("stack", "output", "--json", *self._on_stack())
        return json.loads(outputs)

    def destroy(self, report: Report) -> None:
        """Run `pulumi destroy`."""
        del report
        self._run("destroy", *self._on_stack(), "--yes", "--skip-preview", "--config-file", str(self._file))

    def _on_stack(self) -> tuple[str, ...]:
        return ("--stack", self._stack, "--non-interactive")

    def _stacks(self) -> set[str]:
        return {str(stack["name"]).rsplit("/", 1)[-1] for stack in json.loads(self._output("stack", "ls", "--json"))}

    def _run(self, *arguments: str) -> None:
        with self._process(*arguments, stderr=subprocess.STDOUT) as running:
            for line in running.stdout or ():
                self._say(line.rstrip())
        if running.returncode != 0:
            raise ApplyError(f"pulumi {arguments[0]} failed; what it said stands above")

    def _output(self, *arguments: str) -> str:
        with self._process(*arguments, stderr=subprocess.PIPE) as running:
            output, errors = running.communicate()
        if running.returncode != 0:
            raise ApplyError(f"pulumi {' '.join(arguments[:2])} failed: {errors.strip()}")
        return output

    def _process(self, *arguments: str, stderr: int) -> "subprocess.Popen[str]":
        command = [shutil.which("pulumi") or "pulumi", *arguments, "--color", "never"]
        return subprocess.Popen(  # noqa: S603 (the user's own CLI)
            command, cwd=PROJECT, env=self._environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        )


def write_outputs(outputs: Mapping[str, Any], file: Path) -> None:
    """Keep a stack's outputs where `python -m gateway verify --outputs` finds them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(outputs, indent=2) + "\n")
