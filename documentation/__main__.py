"""`python -m documentation site|pictures`: build the site, draw the pictures anew."""

import sys
from typing import Annotated

import typer

from config.project import PROJECT
from documentation.pictures.catalogue import DRAWN, PICTURES, RUN, draw
from documentation.site import build

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def site() -> None:
    """Build the site of docs/ into dist/site. A link that leads nowhere is an error."""
    sys.exit(build())


@app.command()
def pictures(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help=f"{', '.join(PICTURES)}; all but what needs a run ({', '.join(RUN)}) when left out.",
        ),
    ] = None,
) -> None:
    """Draw pictures of docs/pictures/ anew, each from the real thing."""
    chosen = names or list(DRAWN)
    unknown = [name for name in chosen if name not in PICTURES]
    if unknown:
        raise typer.BadParameter(f"there is no picture {unknown[0]!r}; there are {', '.join(PICTURES)}")
    for name in chosen:
        typer.echo(draw(name).relative_to(PROJECT))


if __name__ == "__main__":
    app(prog_name="python -m documentation")
