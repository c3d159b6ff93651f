"""`python -m sandbox up|down`: the rehearsal, for people. `make up` and `make down` call it."""

import json
import sys
from typing import Annotated

import typer
from pydantic import JsonValue

from sandbox.rehearsal.display import Display
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.up import Rehearsal, RehearsalError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="SECTION=JSON: rehearse with another value of a section, such as mode=dbless."),
]


@app.command()
def up(stack: Stack = "dev", overrides: Overrides = None) -> None:
    """Bring up a cluster and a gateway, apply the stack, and send real requests through it."""
    sys.exit(0 if _rehearsal(stack, overrides).up() else 1)


@app.command()
def down(stack: Stack = "dev") -> None:
    """Remove the stack and everything that runs for it."""
    _rehearsal(stack, None).down()


def _rehearsal(stack: str, overrides: list[str] | None) -> Rehearsal:
    return Rehearsal(stack, Layout(), Display(), dict(_section(text) for text in overrides or ()))


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
        display.failure(failure.step, failure.reason, str(Layout().root))
        sys.exit(1)


if __name__ == "__main__":
    main()
