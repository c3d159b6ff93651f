"""A running gateway as a source, read over its Admin API."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from entities.importing.findings import Findings
from entities.importing.flattening import Found
from entities.importing.kinds import called, why_unmanaged
from entities.importing.live import declared
from gateway.live import admin_api, read_snapshot
from provider.admin import AdminApi, Patience, Say
from provider.settings import Settings

_OTHERS: Final[dict[str, str]] = {
    "ca_certificates": "/ca_certificates",
    "consumer_groups": "/consumer_groups",
    "filter_chains": "/filter-chains",
    "hmacauth_credentials": "/hmac-auths",
    "key_sets": "/key-sets",
    "keys": "/keys",
    "mtls_auth_credentials": "/mtls-auths",
    "partials": "/partials",
    "rbac_roles": "/rbac/roles",
    "vaults": "/vaults",
    "workspaces": "/workspaces",
}
"""Kinds without a resource, and where Kong lists them if it has them; each is told of."""
_ALWAYS_THERE: Final = frozenset({("workspaces", "default")})


@dataclass(frozen=True)
class Running:
    """What a running gateway holds."""

    entities: tuple[Found, ...]
    enterprise: bool
    """Whether it is Kong Enterprise."""


async def entities_of(settings: Settings, patience: Patience, findings: Findings, say: Say) -> Running:
    """Read everything that a gateway holds.

    Raises:
        AdminUnavailableError: the Admin API does not answer.
        AdminError: it refuses to, or what answers is no Admin API.
    """
    async with admin_api(settings, patience=patience, say=say) as admin:
        root = await admin.get("/") or {}
        snapshot = await read_snapshot(admin)
        others = await asyncio.gather(*(_all(admin, path) for path in _OTHERS.values()))
    for kind, documents in zip(_OTHERS, others, strict=True):
        for document in documents:
            if (kind, called(kind, document)) not in _ALWAYS_THERE:
                findings.leave_out(kind, called(kind, document), why_unmanaged(kind))
    version = str(root.get("version", ""))
    found = tuple(declared(snapshot, settings.admin_uri or "", findings))
    return Running(found, "enterprise" in version)


async def _all(admin: AdminApi, path: str) -> Sequence[dict[str, Any]]:
    return [document async for page in admin.pages(path) for document in page]
