"""`python -m gateway import`: reads a source, proposes settings, writes files, and tells what is left out."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console
from rich.text import Text

from config.files import stack_file
from entities.importing.findings import Findings
from entities.importing.flattening import Found
from entities.importing.gathering import gathered
from entities.importing.proposal import Proposal, proposed
from entities.importing.reading import UnreadableFileError
from entities.importing.secrets import Secrets
from gateway.importing import files as files_source
from gateway.importing import running as running_source
from gateway.importing.around import Edition, Mode, sections_around
from gateway.importing.pulumi_file import import_file, import_ids
from gateway.importing.report import Files, Report
from gateway.importing.secrets_file import SecretsFileError, write_secrets
from gateway.importing.stack_file import text_before, written
from gateway.live import TIMEOUT, admin_settings, brief
from gateway.recording import PROJECT
from gateway.stacks import stack_settings
from provider.admin import AdminError, AdminUnavailableError
from provider.settings import SettingsError, check_settings, read_settings

_REFUSALS = (SecretsFileError, SettingsError, UnreadableFileError)


class _RefusedError(Exception):
    """An import that is not done; the text says why and what to write."""


@dataclass(frozen=True)
class _Targets:
    """Where an import writes."""

    stack_file: Path
    pulumi: Path | None
    secrets: Path | None


@dataclass(frozen=True)
class _Import:
    """What is imported, from where, into which stack."""

    stack: str
    sources: Sequence[str]
    around: Mapping[str, JsonValue]
    proposal: Proposal
    findings: Findings
    secrets: Secrets

    @property
    def document(self) -> dict[str, JsonValue]:
        """The whole of the stack's settings."""
        return {**self.around, **self.proposal.sections}


def import_command(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="decK files, declarative files, or folders of them. Without any: a running gateway."),
    ] = None,
    *,
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack that is to have what is imported.")],
    admin: Annotated[
        str | None, typer.Option(metavar="URL", help="The running gateway's Admin API; by default the stack's own.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The stack file to write; Pulumi.STACK.yaml when left out.")
    ] = None,
    pulumi: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the file for 'pulumi import --file', too.")
    ] = None,
    secrets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the values of secrets go; made anew, for you alone.")
    ] = None,
    context: Annotated[
        str | None, typer.Option(help="The stack's context of the kubeconfig; the current one when left out.")
    ] = None,
    edition: Annotated[Edition | None, typer.Option(help="Kong's edition; a running gateway says it itself.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="Whether Kong has a database; it has when left out.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that the Admin API gets for each answer.")] = TIMEOUT,
    force: Annotated[bool, typer.Option("--force", help="Write over the stack file and Pulumi's file.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when something is left out.")] = False,
) -> None:
    """Bring in what exists: a running gateway, decK files or declarative files, as the settings of a stack."""
    console = Console(highlight=False)
    findings, hidden = Findings(), Secrets()
    targets = _Targets(to or PROJECT / stack_file(stack), pulumi, secrets)
    try:
        _refuse_overwriting(targets, force=force)
        found, enterprise = _read(sources or [], stack, admin, timeout, findings)
        chosen: Edition = edition or ("enterprise" if enterprise else "oss")
        around = sections_around(PROJECT, stack, context=context, admin=admin, edition=chosen, mode=mode)
        proposal = proposed(gathered(found, findings, hidden), around, findings)
        named = [str(source) for source in sources or []] or [admin or f"the gateway of stack {stack}"]
        report = Report(console)
        report.show(stack, named, proposal, findings)
        files = _write(targets, _Import(stack, named, around, proposal, findings, hidden))
    except (*_REFUSALS, _RefusedError) as refusal:
        Console(stderr=True, soft_wrap=True, highlight=False).print(Text.assemble(("✗ ", "red"), str(refusal)))
        raise typer.Exit(1) from refusal
    report.next_steps(stack, files, hidden)
    if strict and findings.left_out:
        raise typer.Exit(1)


def _refuse_overwriting(targets: _Targets, *, force: bool) -> None:
    """Refuse before anything is read what would be refused after."""
    for file in (targets.stack_file, targets.pulumi):
        if file is not None and file.exists() and not force:
            raise _RefusedError(f"{file} is there already; name another file, or write --force")
    if targets.secrets is not None and targets.secrets.exists():
        raise _RefusedError(f"{targets.secrets} is there already; secrets are never written over, name another file")


def _read(
    sources: Sequence[Path], stack: str, admin: str | None, seconds: float, findings: Findings
) -> tuple[tuple[Found, ...], bool]:
    """The entities of the source, and whether it is Kong Enterprise."""
    if sources and admin:
        raise typer.BadParameter("write files or --admin, not both")
    if sources:
        return files_source.entities_of(sources, findings), False
    values = {"kongAdminUri": admin}
    for wrong in check_settings(values, os.environ) if admin else ():
        raise wrong
    settings = read_settings(values, os.environ) if admin else admin_settings(stack_settings(stack))
    try:
        running = asyncio.run(running_source.entities_of(settings, brief(seconds), findings, _say))
    except (AdminError, AdminUnavailableError) as error:
        raise _RefusedError(f"cannot read Kong at {settings.admin_uri}: {error}") from error
    return running.entities, running.enterprise


async def _say(text: str) -> None:
    Console(stderr=True, highlight=False).print(Text(text, style="dim"))


def _write(targets: _Targets, imported: _Import) -> Files:
    """Write the files; the secrets first, because without them the rest is worth nothing."""
    values = imported.secrets.values
    if values and targets.secrets is None:
        raise _RefusedError(
            f"the source holds {len(values)} {'secret' if len(values) == 1 else 'secrets'}, which no stack file may "
            "have; write --secrets FILE, which is made for you alone"
        )
    ids, why_not = _import_ids(imported, targets)
    resources = import_file(imported.document, imported.stack, ids) if ids else None
    if values and targets.secrets:
        write_secrets(targets.secrets, values)
    text = written(imported.document, imported.sources, imported.findings, text_before(targets.stack_file))
    targets.stack_file.write_text(text, encoding="utf-8")
    if targets.pulumi and resources:
        targets.pulumi.write_text(resources, encoding="utf-8")
    return Files(
        stack_file=targets.stack_file,
        own=PROJECT / stack_file(imported.stack),
        pulumi=targets.pulumi if resources else None,
        why_no_pulumi=why_not,
        resources=len(ids),
        secrets=targets.secrets if values else None,
    )


def _import_ids(imported: _Import, targets: _Targets) -> tuple[Mapping[tuple[str, str], str], str | None]:
    """What `pulumi import` shall bring in, or why there is nothing, if somebody asked for it."""
    if targets.pulumi is None:
        return {}, None
    if imported.proposal.settings.mode == "dbless":
        return {}, "without a database no entity is a resource"
    ids = import_ids(imported.proposal, imported.stack)
    return ids, None if ids else "the source has no ids; a running gateway has them (--admin URL)"
