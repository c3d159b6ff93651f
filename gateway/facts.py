"""`python -m gateway facts`: what the project knows of Kong's schemas, in the compact form of `kong-3.9.json`.

For another release of Kong, print them anew from a running one and put them in the place of the file:

    python -m gateway facts --admin-url URL > facts.json && mv facts.json entities/schema/kong-3.9.json
"""

import sys
from pathlib import Path
from typing import Annotated, Final, NoReturn

import httpx
import typer
from rich.console import Console
from rich.text import Text

from entities.schema.compile import compile_facts, recorded, running, written
from entities.schema.kong import FACTS_FILE

_PATIENCE: Final = 30
"""Seconds that the Admin API has for each answer."""


def facts_command(
    folder: Annotated[
        Path | None,
        typer.Option("--recorded", metavar="DIR", help="Read them from schemas/ in this folder, as recorded."),
    ] = None,
    admin_url: Annotated[
        str | None, typer.Option("--admin-url", metavar="URL", help="Read them from the Admin API of a running Kong.")
    ] = None,
) -> None:
    """Print the facts of Kong's schemas: those that the project keeps, or those of a running or a recorded Kong."""
    if folder and admin_url:
        raise typer.BadParameter("write --recorded or --admin-url, not both")
    try:
        sys.stdout.write(_facts(folder, admin_url))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        _refuse(f"cannot read Kong's schemas from {admin_url or folder}: {error}", error)
    except (LookupError, TypeError, ValueError) as error:
        _refuse(f"what {admin_url or folder} has are not the schemas of Kong 3.9: {error!r}", error)


def _refuse(reason: str, cause: Exception) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(Text.assemble(("✗ ", "red"), reason))
    raise typer.Exit(1) from cause


def _facts(folder: Path | None, admin_url: str | None) -> str:
    if folder:
        return written(compile_facts(*recorded(folder)))
    if admin_url:
        with httpx.Client(base_url=admin_url, timeout=_PATIENCE) as client:
            return written(compile_facts(*running(client)))
    return FACTS_FILE.read_text("utf-8")
