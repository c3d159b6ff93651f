"""`python -m sandbox manage`: the management API for people who try it. `make management` calls it."""

import asyncio
import time
from typing import Annotated

import jwt
import typer
import uvicorn
from rich.console import Console
from rich.text import Text

from config.auth import Realm
from config.files import read_files
from config.keys import key_id_of_pem
from config.project import PROJECT
from entities.validation import validated
from management.access.roles import Role
from management.application import application
from management.settings import ManagementSettings
from sandbox.management.places import Site, enter, site
from sandbox.rehearsal import realm
from sandbox.rehearsal.layout import Layout

_TOKEN_SECONDS = 8 * 3_600
_console = Console(highlight=False, soft_wrap=True)


def manage_command(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")] = "dev",
    port: Annotated[int, typer.Option(help="The port of this machine to serve it at.")] = 8080,
) -> None:
    """Serve the management API of a rehearsed stack, and print a token for each role."""
    asyncio.run(_serve(stack, port, Layout()))


async def _serve(stack: str, port: int, layout: Layout) -> None:
    async with site(stack, layout) as at:
        enter(at.environment)
        settings = ManagementSettings(
            stack=stack, stack_file=at.file, state=at.state, port=port, status_urls=at.status_urls
        )
        _show(stack, settings, at, layout)
        config = uvicorn.Config(
            application(settings, lambda _: at.engine), host=settings.host, port=port, log_level="warning"
        )
        await uvicorn.Server(config).serve()


def _show(stack: str, settings: ManagementSettings, at: Site, layout: Layout) -> None:
    """Say how to use it."""
    address = f"http://{settings.host}:{settings.port}"
    _console.print(Text.assemble(("✓ ", "green"), f"management of stack {stack}, {at.engine.title}: {at.title}"))
    rows = [("look", f"{address}/docs"), ("file", str(at.file))]
    rows += [(role.name.lower(), token(stack, settings, layout, role)) for role in Role]
    rows += [("try", f'curl -H "Authorization: Bearer $TOKEN" {address}/api/kong/overview')]
    for name, value in rows:
        _console.print(Text.assemble(f"  {name:10}", value))


def token(stack: str, settings: ManagementSettings, layout: Layout, role: Role) -> str:
    """A token of the key that stands for the realm's, for somebody with one role."""
    auth = validated(read_files(PROJECT, stack, settings.file)).auth
    if not isinstance(auth, Realm):
        return "(the stack has no realm)"
    private = realm.signing_key(layout.signing_key)
    now = int(time.time())
    claims = {
        "iss": auth.issuer,
        "aud": auth.audience,
        "sub": f"rehearsed-{role.value}",
        "typ": "Bearer",
        "preferred_username": role.value,
        "iat": now,
        "exp": now + _TOKEN_SECONDS,
        "realm_access": {"roles": [role.value]},
    }
    kid = key_id_of_pem(realm.public_key(private))
    return jwt.encode(claims, private, algorithm="RS256", headers={"kid": kid})
