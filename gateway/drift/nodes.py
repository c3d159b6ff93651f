"""The nodes of a gateway and what each of them holds.

With a database every node holds the same, so one speaks for all. Without one, each has what it read from its file, or
what somebody gave it over its own Admin API.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from config.stack import StackSettings
from entities.snapshot import Snapshot
from gateway.live import admin_api, brief, read_snapshot, shown_address
from provider.admin import AdminError, AdminUnavailableError, Say
from provider.settings import Settings, tunnel_address

_AT_ONCE: Final = 4
"""So many nodes are read at the same time."""


class UnreadableError(Exception):
    """A gateway could not be read; says where, why, and what to do."""


@dataclass(frozen=True)
class Node:
    """What a node holds."""

    name: str | None
    """The name of its pod; None for whichever answers at the address."""
    snapshot: Snapshot


async def read_nodes(settings: StackSettings, admin: Settings, *, seconds: float, say: Say) -> Sequence[Node]:
    """Read each node of a stack's gateway, several at a time; each answer may take so many seconds.

    Raises:
        UnreadableError: one of them cannot be read, or there is none.
    """
    pods = await _pods(settings, admin, seconds)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def read(pod: str | None) -> Node:
        async with slots, admin_api(admin, pod=pod, patience=brief(seconds), say=say) as api:
            try:
                return Node(pod, await read_snapshot(api))
            except (AdminError, AdminUnavailableError) as error:
                which = f", pod {pod}" if pod else ""
                raise UnreadableError(f"cannot read Kong at {shown_address(admin)}{which}: {error}") from error

    return await asyncio.gather(*(read(pod) for pod in pods))


async def _pods(settings: StackSettings, admin: Settings, seconds: float) -> Sequence[str | None]:
    """The pods to read one by one; None stands for whichever answers."""
    tunnel = tunnel_address(admin.admin_uri or "")
    if settings.mode == "database" or tunnel is None:
        return [None]
    from provider.tunnel import ready_pods  # noqa: PLC0415 - loads a Kubernetes client, which few need

    try:
        async with asyncio.timeout(seconds):
            pods = await ready_pods(tunnel)
    except (AdminUnavailableError, ConnectionError, TimeoutError) as error:
        reason = str(error) or f"no answer in {seconds:g} s"
        raise UnreadableError(f"the context {tunnel.context!r} does not say which pods there are ({reason})") from error
    if not pods:
        raise UnreadableError(f"no pod of the gateway is ready in {tunnel.namespace} of context {tunnel.context!r}")
    return pods
