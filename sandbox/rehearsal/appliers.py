"""The two ways to apply a stack: the Pulumi CLI where there is one, the sandbox's engine where there is none."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import pulumi
from pydantic import JsonValue

from gateway.recording import record
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine import engine
from sandbox.engine.steps import At, EngineError, Report
from sandbox.rehearsal.cli import RECOVERY, CliError, PulumiStack
from sandbox.rehearsal.events import follow
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.secrets import rehearsed_secrets


class ApplyError(Exception):
    """The stack could not be applied; the message has the reason."""


class Applier(Protocol):
    """Applies one stack to one cluster."""

    title: str
    """What it is, for people."""

    def apply(self, document: Mapping[str, JsonValue], report: Report, at: At) -> Mapping[str, Any]:
        """Bring cluster and gateway to what the stack says, and return its outputs.

        `report` gets each resource that is done, `at` what is under way.

        Raises:
            ApplyError: it did not work.
        """
        ...

    def destroy(self, report: Report, at: At) -> None:
        """Remove everything that was applied. Raises as `apply` does."""
        ...


def applier(stack: str, layout: Layout, cluster: Cluster) -> Applier:
    """The Pulumi CLI when it is on PATH, else the sandbox's engine."""
    return PulumiCli(stack, layout, cluster) if PulumiStack.cli() else SandboxEngine(stack, layout, cluster)


class SandboxEngine:
    """The program under mocks, and what it registers applied by the sandbox."""

    title = "sandbox engine"

    def __init__(self, stack: str, layout: Layout, cluster: Cluster) -> None:
        self._stack = stack
        self._cluster = cluster
        self._state = layout.engine_state(stack)

    def apply(self, document: Mapping[str, JsonValue], report: Report, at: At) -> Mapping[str, Any]:
        """Record the program and apply the recording."""
        try:
            recording = record(document, self._stack, secrets=rehearsed_secrets(document, os.environ))
            asyncio.run(engine.apply(recording, self._cluster, self._state, report, at))
        except (pulumi.RunError, EngineError) as error:
            raise ApplyError(str(error)) from error
        return recording.outputs

    def destroy(self, report: Report, at: At) -> None:
        """Remove what the state knows."""
        try:
            asyncio.run(engine.destroy(self._cluster, self._state, report, at))
        except EngineError as error:
            raise ApplyError(str(error)) from error


class PulumiCli:
    """`pulumi up` with a backend on this machine."""

    title = "pulumi"

    def __init__(self, stack: str, layout: Layout, cluster: Cluster) -> None:
        self._stack = PulumiStack(stack, layout.stack_file(stack), layout.pulumi, cluster.kubeconfig)

    def apply(self, document: Mapping[str, JsonValue], report: Report, at: At) -> Mapping[str, Any]:
        """Run `pulumi up`."""
        try:
            self._stack.configure(document, rehearsed_secrets(document, os.environ))
            self._operate("up", report, at)
            return self._stack.outputs()
        except CliError as error:
            raise ApplyError(str(error)) from error

    def destroy(self, report: Report, at: At) -> None:
        """Run `pulumi destroy`."""
        try:
            self._operate("destroy", report, at)
        except CliError as error:
            raise ApplyError(str(error)) from error

    def _operate(self, operation: str, report: Report, at: At) -> None:
        # What a killed operation was at exists, and the state may not know it.
        environment = RECOVERY if self._stack.unlocked() else {}
        with self._stack.operate(operation, "--yes", "--skip-preview", "--json", environment=environment) as running:
            errors = follow(running.stdout or (), report, at)
        if running.returncode != 0:
            raise ApplyError("\n".join([f"pulumi {operation} failed", *errors]))


def write_outputs(outputs: Mapping[str, Any], file: Path) -> None:
    """Keep a stack's outputs where `python -m gateway verify --outputs` finds them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(outputs, indent=2) + "\n")
