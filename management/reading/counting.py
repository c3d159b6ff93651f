"""Counts of what is declared and live, with the traffic of what Kong counts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from entities.drift.names import LiveNames
from entities.model import Document
from entities.snapshot import Snapshot
from management.models.stats import Item, Latency, Resource, Stats, Traffic
from management.reading.declared import Declared
from management.reading.live import Live
from management.reading.metrics import Counted
from management.reading.nodes import Nodes

_KINDS: Final[Mapping[Resource, str]] = {
    Resource.SERVICES: "services",
    Resource.ROUTES: "routes",
    Resource.PLUGINS: "plugins",
    Resource.CONSUMERS: "consumers",
}
"""Kong's names; groups are no entities of Kong's: a consumer's membership names one."""

Documents = Mapping[str, Sequence[Document]]


def counted(resource: Resource, documents: Documents) -> int:
    """How many there are of a kind."""
    return len(_groups(documents)) if resource is Resource.ACL_GROUPS else len(documents.get(_KINDS[resource], ()))


def stats(resource: Resource, declared: Declared, live: Live, nodes: Nodes) -> Stats:
    """Everything that is counted of a kind."""
    return Stats(
        resource=resource,
        declared=counted(resource, declared.documents),
        live=None if live.kinds is None else counted(resource, live.kinds),
        items=items(resource, declared, nodes),
        wrong="; ".join(filter(None, (live.failure, nodes.wrong))),
    )


def items(resource: Resource, declared: Declared, nodes: Nodes) -> tuple[Item, ...]:
    """What is declared of a kind, that with the most requests first; and what Kong has counted besides."""
    seen = _seen(resource, nodes)
    names = dict.fromkeys((*_names(resource, declared.documents), *seen))
    found = [
        Item(
            name=name,
            traffic=traffic_of(
                seen.get(name), known=nodes.traffic.known and resource in _COUNTED, latency=_has_latency(resource)
            ),
        )
        for name in names
    ]
    return tuple(sorted(found, key=lambda item: -(item.traffic.requests if item.traffic else 0)))


_COUNTED: Final = frozenset({Resource.SERVICES, Resource.ROUTES, Resource.CONSUMERS})
"""What Kong counts requests of."""


def _has_latency(resource: Resource) -> bool:
    return resource is not Resource.CONSUMERS


def _seen(resource: Resource, nodes: Nodes) -> Mapping[str, Counted]:
    traffic = nodes.traffic
    by_resource = {
        Resource.SERVICES: traffic.services,
        Resource.ROUTES: traffic.routes,
        Resource.CONSUMERS: traffic.consumers,
    }
    return by_resource.get(resource, {})


def _names(resource: Resource, documents: Documents) -> Iterator[str]:
    if resource is Resource.ACL_GROUPS:
        yield from _groups(documents)
        return
    kind = _KINDS[resource]
    names = LiveNames(Snapshot({each: tuple(found) for each, found in documents.items()}))
    for document in documents.get(kind, ()):
        yield names.of(kind, document)


def _groups(documents: Documents) -> Sequence[str]:
    return sorted({str(each["group"]) for each in documents.get("acls", ())})


def traffic_of(found: Counted | None, *, known: bool, latency: bool = False) -> Traffic | None:
    """What was counted, as an answer; None where nobody counts."""
    if not known:
        return None
    seen = found or Counted()
    return Traffic(
        requests=seen.requests,
        client_errors=seen.client_errors,
        server_errors=seen.server_errors,
        limited=seen.limited,
        ingress_bytes=seen.ingress,
        egress_bytes=seen.egress,
        latency=_latency(seen) if latency else None,
    )


def _latency(seen: Counted) -> Latency | None:
    shares = [seen.quantile(share) for share in (0.5, 0.95, 0.99)]
    if any(share is None for share in shares):
        return None
    p50, p95, p99 = (round(share or 0.0, 2) for share in shares)
    return Latency(p50=p50, p95=p95, p99=p99)
