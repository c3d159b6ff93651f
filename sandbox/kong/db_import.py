"""`python -m sandbox.kong.db_import FILE`: what `kong config db_import FILE` does, through an Admin API.

Kong writes each entity whole, by its id, those that others refer to first, and leaves all else alone (Kong:
kong/db/declarative/import.lua, load_into_db). A PUT by id does the same. The file has every id and plain references.
"""

from pathlib import Path
from typing import Annotated

import httpx
import typer

from sandbox.kong.declarative import parse
from sandbox.kong.kinds import KINDS, Document, Kind

command = typer.Typer(add_completion=False)


@command.command()
def run(
    file: Annotated[Path, typer.Argument(help="A declarative configuration in which every entity has its id.")],
    admin: Annotated[str, typer.Option(envvar="KONG_ADMIN_URL", help="The Admin API.")],
) -> None:
    """Write the entities of a declarative configuration, and leave all others alone."""
    with httpx.Client(base_url=admin, timeout=30, trust_env=False) as client:
        import_into(client, parse(file.read_text()))
    typer.echo("import successful")


def import_into(client: httpx.Client, configuration: Document) -> None:
    """Write each entity whole.

    Raises:
        RuntimeError: one was refused; those before it are written.
    """
    for kind in KINDS.values():
        for entity in configuration.get(kind.name) or ():
            answer = client.put(f"/{kind.path}/{entity['id']}", json=_sent(kind, entity))
            if answer.is_error:
                raise RuntimeError(f"Failed importing: {kind.name} {entity['id']}: {answer.json().get('message')}")


def _sent(kind: Kind, entity: Document) -> Document:
    references = {foreign.field for foreign in kind.foreign}
    return {name: {"id": value} if name in references else value for name, value in entity.items() if name != "id"}


if __name__ == "__main__":
    command()
