"""`python -m workflows.rehearsal build|run`. `make test` and `make workflows` call it."""

import sys

import typer

from sandbox.cluster.build import BuildError, build
from workflows.rehearsal.temporal_server import TEMPORAL

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command(name="build")
def build_server() -> None:
    """Build the Temporal server into the cache and print its path."""
    try:
        typer.echo(build(program=TEMPORAL))
    except BuildError as error:
        sys.exit(str(error))
