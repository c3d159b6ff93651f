"""What of a cluster may be reached from outside it, or by everybody within."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from gateway.changes.declared import Manifest
from gateway.changes.kubernetes import name_of


def exposed(before: Iterable[Manifest], after: Iterable[Manifest]) -> tuple[str, ...]:
    """What becomes reachable."""
    known = {place for manifest in before for place in _places(manifest)}
    return tuple(sorted({place for manifest in after for place in _places(manifest)} - known))


def _places(manifest: Manifest) -> Iterator[str]:
    kind, _, name = name_of(manifest)
    spec = cast("Mapping[str, Any]", manifest.get("spec") or {})
    match kind:
        case "Service" if spec.get("type") in {"LoadBalancer", "NodePort"}:
            yield f"Service {name} as {spec['type']}"
        case "Service" if spec.get("externalIPs"):
            yield f"Service {name} at {', '.join(map(str, spec['externalIPs']))}"
        case "Ingress" | "HTTPRoute":
            yield from (f"{kind} {name} at {host}" for host in _hosts(spec))
        case "NetworkPolicy":
            for rule in cast("Sequence[Mapping[str, Any]]", spec.get("ingress") or ()):
                if not rule.get("from"):
                    ports = ", ".join(str(port.get("port")) for port in rule.get("ports") or ())
                    yield f"NetworkPolicy {name} lets everybody in{f' on {ports}' if ports else ''}"
        case _:
            return


def _hosts(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(host) for host in spec.get("hostnames") or ())
    for rule in spec.get("rules") or ():
        if "http" in rule or "host" in rule:
            yield str(rule.get("host") or "every host")
