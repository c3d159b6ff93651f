"""`python -m gateway verify`."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.text import Text

from components.outputs import AuthOutput, GatewayOutputs
from gateway.recording import PROJECT
from gateway.verification.client import GatewayUnreachableError
from gateway.verification.outcome import Outcome, Status
from gateway.verification.run import verify
from gateway.verification.sources import OutputsError, outputs_file, stack_outputs, with_metrics
from gateway.verification.table import LiveTable, as_json
from gateway.verification.target import Target
from gateway.verification.tokens import GivenTokens, SigningKey, SigningKeyError, TokenSource

_REFUSALS = (OutputsError, SigningKeyError, GatewayUnreachableError)


def verify_command(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")],
    *,
    url: Annotated[
        str | None, typer.Option(help="Where to reach the proxy, if not at the stack's own URL: http://127.0.0.1:8000.")
    ] = None,
    outputs: Annotated[
        Path | None, typer.Option(help="The stack's outputs in JSON, instead of asking the Pulumi CLI.")
    ] = None,
    signing_key: Annotated[
        Path | None,
        typer.Option(help="The realm's private key in PEM. Without it, tokens come from GATEWAY_TOKEN_<TIER>."),
    ] = None,
    metrics_url: Annotated[
        str | None, typer.Option(help="Where the metrics are; by default a tunnel into the stack's cluster.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds for which a failed check is made again, as after a deploy.")
    ] = 15,
    exhaust: Annotated[
        bool, typer.Option("--exhaust", help="Reach a limit even if it is large, or shared by a tier's users.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the outcomes as JSON.")] = False,
) -> None:
    """Send real requests through a deployed gateway. Exits 0 when all checks passed or were skipped, else 1."""
    try:
        facts = outputs_file(outputs) if outputs else asyncio.run(stack_outputs(stack, PROJECT))
        target = _target(facts, url, metrics_url)
        tokens = _tokens(signing_key, facts.auth, os.environ)
        outcomes = asyncio.run(_verify(target, tokens, wait=wait, exhaust=exhaust, quiet=json))
    except _REFUSALS as refusal:
        Console(stderr=True, soft_wrap=True).print(Text.assemble(("✗ ", "red"), str(refusal)))
        raise typer.Exit(1) from refusal
    if json:
        sys.stdout.write(as_json(target, outcomes))
    if any(outcome.status is Status.FAILED for outcome in outcomes):
        raise typer.Exit(1)


def _target(outputs: GatewayOutputs, url: str | None, metrics_url: str | None) -> Target:
    public = outputs.urls.gateway
    return Target(outputs=outputs, url=url or public, host=urlsplit(public).netloc, metrics_url=metrics_url)


def _tokens(signing_key: Path | None, auth: AuthOutput, environment: Mapping[str, str]) -> TokenSource:
    return SigningKey.from_file(signing_key, auth) if signing_key else GivenTokens(environment, auth)


async def _verify(target: Target, tokens: TokenSource, *, wait: float, exhaust: bool, quiet: bool) -> list[Outcome]:
    """With `quiet`, outcomes are not printed as they come."""
    console = Console(quiet=quiet)
    async with with_metrics(target) as complete:
        with LiveTable(console) as table:
            outcomes = await verify(
                complete, tokens, begin=table.begin, report=table.report, wait=wait, exhaust=exhaust
            )
        table.summarise()
        return outcomes
