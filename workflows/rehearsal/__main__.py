"""`python -m workflows.rehearsal build|run|record`: `make test` and `make workflows` call the first two."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sandbox.cluster.build import BuildError, build
from sandbox.cluster.progress import Progress
from workflows.rehearsal import recording
from workflows.rehearsal.show import show
from workflows.rehearsal.stage import running_stage
from workflows.rehearsal.temporal_server import TEMPORAL, TemporalServerError
from workflows.rehearsal.worker_process import WorkerError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
_WIDTH = 120
"""Of what is printed into a pipe."""


@app.command(name="build")
def build_server() -> None:
    """Build the Temporal server into the cache, where it is not there, and print its path."""
    typer.echo(_build(Console(stderr=True)))


@app.command()
def run(workers: Annotated[int, typer.Option(help="Workers, each in a process of its own.", min=1, max=8)] = 2) -> None:
    """Run one workflow of each kind on the real server, and show how they go on."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    binary = _build(console)
    try:
        good = asyncio.run(_run(binary, workers, console))
    except (TemporalServerError, WorkerError) as error:
        sys.exit(str(error))
    sys.exit(0 if good else 1)


@app.command()
def record(
    directory: Annotated[Path, typer.Argument(help="Where to.")] = Path("tests/workflows/replay/histories"),
) -> None:
    """Record the histories that tests replay, after a change of steps that is meant."""

    async def recorded() -> None:
        with tempfile.TemporaryDirectory(prefix="omnify-workflows-") as scratch:
            async with running_stage(_build(Console(stderr=True)), Path(scratch), 1) as stage:
                for file in await recording.record(stage, directory):
                    typer.echo(file)

    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(recorded())


async def _run(binary: Path, workers: int, console: Console) -> bool:
    with tempfile.TemporaryDirectory(prefix="omnify-workflows-") as directory:
        console.print(f"starting Temporal, the stand-in of OmniFy's API and {workers} workers …")
        async with running_stage(binary, Path(directory), workers) as stage:
            good = await show(stage, console)
    console.print("everything is stopped and removed")
    return good


def _build(console: Console) -> Path:
    with console.status("looking for the Temporal server") as line:

        def report(progress: Progress) -> None:
            line.update(f"building the Temporal server: {progress}")

        try:
            return build(report, TEMPORAL)
        except BuildError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    app()
