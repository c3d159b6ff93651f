"""What the live gateway holds, and how it differs from what is declared."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from entities.drift import drift
from entities.model import Document
from entities.snapshot import Snapshot
from gateway.drift.machines import as_json
from gateway.drift.nodes import Node, UnreadableError, read_nodes
from gateway.drift.report import Report, together
from gateway.live import admin_api, admin_settings, brief, shown_address
from management.reading.declared import Declared, DeclaredReader, shown
from management.reading.fresh import Fresh
from management.settings import ManagementSettings
from management.workers import Workers
from provider.admin import AdminError, AdminUnavailableError
from provider.settings import Settings, SettingsError


@dataclass(frozen=True)
class Live:
    """What was read of the gateway, or why nothing could be."""

    read_at: datetime
    address: str = ""
    """Where the Admin API is."""
    version: str | None = None
    """Kong's."""
    kinds: dict[str, tuple[Document, ...]] | None = None
    """What it holds, by kind, secrets masked; None where it could not be read."""
    drift: dict[str, Any] | None = None
    """How it differs from what is declared, as `python -m gateway drift --json` says it."""
    failure: str = ""
    """Why it could not be read."""


class LiveReader:
    """Reads the gateway of one stack, not more often than it has to."""

    def __init__(self, settings: ManagementSettings, declared: DeclaredReader, workers: Workers) -> None:
        self._settings, self._declared, self._workers = settings, declared, workers
        self._fresh = Fresh(self._read, seconds=settings.live_seconds, stale=settings.live_seconds)

    async def read(self) -> Live:
        """What the gateway holds, at most `live_seconds` old; all who ask meanwhile wait for the same reading."""
        return await self._fresh.get()

    def forget(self) -> None:
        """Read anew at the next question: something was applied."""
        self._fresh.forget()

    async def close(self) -> None:
        """End what is under way."""
        await self._fresh.close()

    async def _read(self) -> Live:
        now = datetime.now(UTC)
        stack = await self._declared.read()
        if not isinstance(stack, Declared):
            return Live(
                now, failure=f"the stack's settings are wrong, so nothing is known of its gateway: {stack.reason}"
            )
        try:
            admin = admin_settings(stack.settings)
        except SettingsError as error:
            return Live(now, failure=str(error))
        address, patience = shown_address(admin), self._settings.patience
        try:
            nodes = await read_nodes(stack.settings, admin, seconds=patience, say=_nobody)
            version = await _version(admin, patience)
        except UnreadableError as error:
            return Live(now, address, failure=str(error))
        compared = await self._workers.run(compare, self._settings.stack, address, stack, tuple(nodes))
        return Live(now, address, version, *compared)


async def _nobody(_: str) -> None:
    return


async def _version(admin: Settings, seconds: float) -> str | None:
    """Kong's version; None where what answers does not say."""
    async with admin_api(admin, patience=brief(seconds)) as api:
        try:
            information = await api.get("/")
        except (AdminError, AdminUnavailableError) as error:
            raise UnreadableError(f"cannot read Kong at {shown_address(admin)}: {error}") from error
    version = (information or {}).get("version")
    return version if isinstance(version, str) else None


def compare(
    name: str, address: str, stack: Declared, nodes: tuple[Node, ...]
) -> tuple[dict[str, tuple[Document, ...]], dict[str, Any]]:
    """What the first node holds, secrets masked, and how all of them differ from what is declared."""
    drifts = [(node.name, drift(stack.state, node.snapshot, stack.settings.drift.allowed)) for node in nodes]
    if stack.settings.mode == "dbless":
        drifts = [(node, found.of_a_node()) for node, found in drifts]
    report = Report(name, stack.settings.mode, address, together(drifts))
    return _shown(nodes[0].snapshot), json.loads(as_json(report))


def _shown(snapshot: Snapshot) -> dict[str, tuple[Document, ...]]:
    return {kind: tuple(shown(kind, each) for each in documents) for kind, documents in snapshot.documents.items()}
