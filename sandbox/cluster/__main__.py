"""`python -m sandbox.cluster build|start|status|stop|erase|fields`: the control plane, for people."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Column, Table

from sandbox.cluster import build as building
from sandbox.cluster import controlplane
from sandbox.cluster.objects import Objects
from sandbox.cluster.openapi import openapi
from sandbox.cluster.progress import Progress

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The rehearsal's Kubernetes control plane.")

State = Annotated[Path, typer.Option("--state", help="Where it keeps its data, logs and kubeconfig.")]
_STATE = Path(".rehearsal/cluster")
_console = Console(highlight=False)


@app.command()
def build() -> None:
    """Build the control plane's binary into the cache, if it is not there."""
    _console.print(_build())


@app.command()
def start(state: State = _STATE) -> None:
    """Start the control plane, or what of it does not run."""
    binary = _build()
    with _console.status("starting") as line:
        cluster = controlplane.start(state, binary, report=_onto(line))
    _console.print(f"kubectl --kubeconfig {cluster.kubeconfig} --context {cluster.context} get nodes")


@app.command()
def status(state: State = _STATE) -> None:
    """Show which parts run."""
    table = Table("part", "process", "memory", Column("log", overflow="fold"))
    for part in controlplane.status(state):
        memory = f"{part.memory / 2**20:.0f} MiB" if part.pid else ""
        table.add_row(part.name, str(part.pid or "not running"), memory, str(part.log))
    _console.print(table)


@app.command()
def stop(state: State = _STATE) -> None:
    """Stop the control plane; its data stays."""
    controlplane.stop(state)


@app.command()
def erase(state: State = _STATE) -> None:
    """Stop the control plane and remove its data."""
    controlplane.erase(state)


@app.command()
def fields(state: State = _STATE) -> None:
    """Print the fields of Kubernetes' objects as the API server has them, for `config/kubernetes/fields.json`."""

    async def asked() -> str:
        return await openapi(await Objects.of(cluster, field_manager="sandbox"))

    cluster = controlplane.start(state, _build())
    typer.echo(asyncio.run(asked()), nl=False)


def _build() -> Path:
    with _console.status("building") as line:
        return building.build(_onto(line))


def _onto(line: Status) -> building.Report:
    def report(progress: Progress) -> None:
        line.update(str(progress))

    return report


if __name__ == "__main__":
    try:
        app()
    except (building.BuildError, controlplane.ClusterError) as error:
        _console.print(f"[red]{error}[/red]")
        raise SystemExit(1) from None
