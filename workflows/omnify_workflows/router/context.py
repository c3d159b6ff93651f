"""What the router has open while it runs."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from config.keys import signing_keys
from management.access.keys import Fetch, KeptKeys, fetched_from
from management.access.tokens import Keys, Realm
from omnify_workflows.connection import connect
from omnify_workflows.operating import Operator
from omnify_workflows.settings import RouterSettings


@dataclass(frozen=True)
class Context:
    """Everything that endpoints need."""

    operator: Operator
    realm: Realm
    keys: Keys


@asynccontextmanager
async def open_context(settings: RouterSettings) -> AsyncGenerator[Context]:
    """Everything opened inside the block."""
    async with httpx.AsyncClient(timeout=settings.patience, trust_env=False) as http:
        yield Context(
            operator=Operator(await connect(settings), settings.task_queue),
            realm=Realm(settings.issuer, settings.audience, settings.realm_client),
            keys=KeptKeys(_keys(settings, http)),
        )


def _keys(settings: RouterSettings, http: httpx.AsyncClient) -> Fetch:
    if settings.jwks_file is None:
        url = settings.jwks_url or f"{settings.issuer}/protocol/openid-connect/certs"
        return fetched_from(http, url)
    file = settings.jwks_file

    async def read() -> Mapping[str, str]:
        return signing_keys(await asyncio.to_thread(file.read_text, "utf-8"))

    return read
