"""Where the outputs of a deployed stack and its metrics are found."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from components.outputs import OUTPUT, GatewayOutputs, OutputsError
from components.platform.names import METRICS
from gateway.verification.target import Target
from provider.admin import AdminUnavailableError
from provider.settings import TunnelAddress
from provider.tunnel import Tunnel

_PATIENCE: Final = 10
"""Seconds in which a cluster must answer."""


async def stack_outputs(stack: str, project: Path) -> GatewayOutputs:
    """What a stack exports as `gateway`, asked of the Pulumi CLI.

    Raises:
        OutputsError: there is no CLI, no such stack, or the stack is not deployed.
    """
    cli = shutil.which("pulumi")
    if cli is None:
        raise OutputsError(
            "the Pulumi CLI is not on PATH, so the outputs cannot be asked for; install it, "
            f"or where it is run 'pulumi stack output gateway --json --stack {stack} > FILE' and give --outputs FILE"
        )
    process = await asyncio.create_subprocess_exec(
        *(cli, "stack", "output", "gateway", "--json", "--stack", stack, "--non-interactive"),
        cwd=project,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await process.communicate()
    if process.returncode:
        reason = complaint.decode(errors="replace").strip() or f"it ended with {process.returncode}"
        raise OutputsError(
            f"'pulumi stack output' of stack {stack!r} says: {reason}; "
            f"log in to the stack's backend, and deploy it with 'pulumi up --stack {stack}'"
        )
    return read_outputs(printed.decode(), f"stack {stack!r}")


def outputs_file(file: Path) -> GatewayOutputs:
    """The outputs that a file holds: what `pulumi stack output --json` prints, with `gateway` or without.

    Raises:
        OutputsError: it cannot be read, or holds something else.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputsError(f"{file} cannot be read; 'pulumi stack output gateway --json' prints its content") from error
    return read_outputs(text, str(file))


def read_outputs(text: str, source: str) -> GatewayOutputs:
    """The outputs in JSON. Raises OutputsError when they are not those of a gateway that this version knows."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise OutputsError(f"{source} has no JSON; 'pulumi stack output gateway --json' prints it") from error
    given = cast("dict[str, object]", document) if isinstance(document, dict) else {}
    return GatewayOutputs.read(given.get(OUTPUT, given), source)


@asynccontextmanager
async def with_metrics(target: Target) -> AsyncGenerator[Target]:
    """The target with its metrics' address: the one it has, or a tunnel into the stack's cluster while it is used."""
    if target.metrics_url is not None or not target.outputs.metrics:
        yield target
        return
    outputs = target.outputs
    port = str(METRICS.service_port)
    tunnel = Tunnel(TunnelAddress(outputs.context, outputs.namespace, outputs.services.metrics, port))
    try:
        yield await _tunnelled(target, tunnel)
    finally:
        await tunnel.close()


async def _tunnelled(target: Target, tunnel: Tunnel) -> Target:
    try:
        async with asyncio.timeout(_PATIENCE):
            return replace(target, metrics_url=await tunnel.url())
    except (AdminUnavailableError, OSError) as error:
        reason = str(error) or f"no answer in {_PATIENCE} s"
        advice = f"no way to the metrics through the context {target.outputs.context!r} ({reason}); give --metrics-url"
        return replace(target, why_no_metrics=advice)
