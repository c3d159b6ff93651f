"""`python -m sandbox up|down|stop|manage`: the rehearsal, for people. The targets of make call it."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from sandbox.cluster.kubeconfig import KubeconfigError
from sandbox.management.command import manage_command
from sandbox.rehearsal.display import Display
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.places import OwnPlace, UnknownPlaceError, place
from sandbox.rehearsal.up import Rehearsal, RehearsalError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="SECTION=JSON: rehearse with another value of a section, such as mode=dbless."),
]
Directory = Annotated[
    Path, typer.Option(resolve_path=True, help="Where the rehearsal keeps its cluster, logs and outputs.")
]
_DIRECTORY = Layout().root


@app.command()
def up(stack: Stack = "dev", overrides: Overrides = None, directory: Directory = _DIRECTORY) -> None:
    """Bring up a cluster and a gateway, apply the stack, and send real requests through it."""
    sections = dict(_section(text) for text in overrides or ())
    sys.exit(0 if _rehearsal(stack, directory, sections).up() else 1)


@app.command()
def down(stack: Stack = "dev", directory: Directory = _DIRECTORY) -> None:
    """Remove the stack, and what runs when no other stack needs it."""
    _rehearsal(stack, directory, {}).down()


@app.command()
def stop(directory: Directory = _DIRECTORY) -> None:
    """End everything that runs on this machine without removing stacks first, whatever state it is in."""
    layout = Layout(directory)
    if layout.lock.exists():
        OwnPlace(layout, {}).leave()


app.command("manage")(manage_command)


def _rehearsal(stack: str, directory: Path, overrides: Mapping[str, JsonValue]) -> Rehearsal:
    try:
        at = place(Layout(directory))
    except (KubeconfigError, UnknownPlaceError) as error:
        raise RehearsalError("cluster", str(error)) from error
    return Rehearsal(stack, at, Display(), overrides)


def _section(text: str) -> tuple[str, JsonValue]:
    key, _, value = text.partition("=")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


def main() -> None:
    """Run the command line; a failed step is said in a line, and the exit code is 1."""
    display = Display()
    try:
        app(prog_name="python -m sandbox")
    except RehearsalError as failure:
        display.failure(failure, failure.step, failure.reason, failure.log)
        sys.exit(1)


if __name__ == "__main__":
    main()
