"""A gateway's Admin API for commands that people wait for, and everything it holds, read once. Nothing here writes."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from components.platform.names import admin_address
from config.stack import StackSettings
from entities.model import Document
from entities.snapshot import Snapshot
from provider.admin import AdminApi, AdminError, Patience, Say
from provider.connection import open_admin
from provider.live import collection_path
from provider.resources import TYPES, ResourceType, type_of_kind
from provider.settings import Settings, check_settings, read_settings

TIMEOUT: Final = 10.0
"""Seconds that an Admin API has to come up, and for each answer."""

_UPSTREAMS: Final = type_of_kind("upstreams")
_TARGETS: Final = type_of_kind("targets")
_ALWAYS_THERE: Final = frozenset({"services", "routes", "plugins", "consumers", "upstreams", "certificates"})
"""Collections of every Kong (Kong: kong/db/schema/entities); those of a credential are there with its plugin."""


def admin_settings(settings: StackSettings, environment: Mapping[str, str] = os.environ) -> Settings:
    """Where a stack's Admin API is and what it takes to speak to it: the provider's own answer.

    Raises:
        SettingsError: what the environment says in its place is no address.
    """
    read = read_settings({"kongAdminUri": admin_address(settings)}, environment)
    for fault in check_settings({"kongAdminUri": read.admin_uri}, environment):
        raise fault
    return read


def shown_address(settings: Settings) -> str:
    """Where the Admin API is, without the name and password that a URL may carry."""
    return re.sub(r"(?<=://)[^/@]*@", "", settings.admin_uri or "")


def brief(seconds: float = TIMEOUT) -> Patience:
    """A wait that somebody sits before: so long for an Admin API to come up, and for each answer."""
    return Patience(coming_up=seconds, request=seconds, faults=3, longest_pause=1.0)


@asynccontextmanager
async def admin_api(
    settings: Settings, *, pod: str | None = None, patience: Patience | None = None, say: Say | None = None
) -> AsyncGenerator[AdminApi]:
    """An Admin API while it is used: the one of a pod, if its address leads through a tunnel and one is named.

    `patience` is brief when left out, and `say` hears of waiting.
    """
    admin = open_admin(settings, pod=pod, patience=patience or brief(), say=say)
    try:
        yield admin
    finally:
        await admin.close()


async def read_snapshot(admin: AdminApi, kinds: Sequence[ResourceType] = TYPES) -> Snapshot:
    """Everything of these kinds, in pages of 1,000, the collections at the same time.

    A page is one request, and an empty collection has one. Targets cost one for each upstream: Kong lists them nowhere
    else (Kong: kong/api/routes/targets.lua). A collection of a plugin that Kong does not run is empty.

    Raises:
        AdminUnavailableError: the Admin API does not answer.
        AdminError: it refuses to, or what answers is no Admin API.
    """
    wanted = {kind.kind: kind for kind in kinds}
    listed = [kind for kind in wanted.values() if kind != _TARGETS]
    if _TARGETS.kind in wanted and _UPSTREAMS.kind not in wanted:
        listed.append(_UPSTREAMS)
    read = await _together(_collection(admin, kind) for kind in listed)
    documents = dict(zip((kind.kind for kind in listed), read, strict=True))
    if _TARGETS.kind in wanted:
        of_upstreams = await _together(
            _collection(admin, _TARGETS, str(upstream["id"])) for upstream in documents[_UPSTREAMS.kind]
        )
        documents[_TARGETS.kind] = tuple(target for targets in of_upstreams for target in targets)
    return Snapshot({kind: documents[kind] for kind in wanted})


async def _collection(admin: AdminApi, kind: ResourceType, parent: str | None = None) -> tuple[Document, ...]:
    try:
        pages = [page async for page in admin.pages(collection_path(kind, parent))]
    except (ValueError, KeyError, TypeError) as error:
        raise AdminError(200, f"what answers there for {kind.kind} is not Kong's Admin API") from error
    if not pages and kind.kind in _ALWAYS_THERE:
        # Such as the proxy, which has no route for it.
        raise AdminError(404, f"what answers there has no {kind.kind}, so it is not Kong's Admin API")
    return tuple(document for page in pages for document in page)


async def _together(reads: Iterable[Coroutine[Any, Any, tuple[Document, ...]]]) -> list[tuple[Document, ...]]:
    """What several reads found, in their order. The first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read) for read in reads]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
