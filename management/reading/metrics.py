"""What Kong's nodes have counted since they started, from what its `prometheus` plugin says.

Names and labels are those of Kong 3.9 (Kong: kong/plugins/prometheus/exporter.lua), as in monitoring/.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

_REQUESTS: Final = "kong_http_requests_total"
_BANDWIDTH: Final = "kong_bandwidth_bytes"
_LATENCY: Final = "kong_request_latency_ms_bucket"
_LIMITED: Final = "429"


@dataclass
class Counted:
    """What was counted of one route, service or consumer."""

    requests: int = 0
    client_errors: int = 0
    """Answers 4xx, without those of a limit."""
    server_errors: int = 0
    """Answers 5xx."""
    limited: int = 0
    """Answers 429 that Kong gave by itself."""
    ingress: int = 0
    """Bytes that came in."""
    egress: int = 0
    """Bytes that went out."""
    buckets: dict[float, float] = field(default_factory=dict[float, float])
    """Requests by the most milliseconds that they took, cumulated; empty where nothing is known."""

    def quantile(self, share: float) -> float | None:
        """The milliseconds within which a share of the requests was answered, as PromQL's histogram_quantile says it.

        None where nothing was measured. Beyond the last bound, that bound.
        """
        bounds = sorted(self.buckets)
        total = self.buckets[bounds[-1]] if bounds else 0
        if not total:
            return None
        rank, below, start = share * total, 0.0, 0.0
        for bound in bounds:
            count = self.buckets[bound]
            if count >= rank:
                if bound == float("inf"):
                    return start
                within = count - below
                return start + (bound - start) * ((rank - below) / within if within else 1.0)
            below, start = count, bound
        return start


@dataclass(frozen=True)
class Traffic:
    """What was counted, by name."""

    known: bool = False
    """Whether any node says what it counts."""
    services: Mapping[str, Counted] = field(default_factory=dict[str, Counted])
    routes: Mapping[str, Counted] = field(default_factory=dict[str, Counted])
    consumers: Mapping[str, Counted] = field(default_factory=dict[str, Counted])


def traffic_in(texts: Sequence[str]) -> Traffic:
    """What several nodes have counted together."""
    by_label: dict[str, dict[str, Counted]] = {"service": {}, "route": {}, "consumer": {}}
    for text in texts:
        for name, labels, value in _samples(text):
            for label, counted in by_label.items():
                # Requests without a consumer, or that no route took, have an empty label or none.
                whose = labels.get(label)
                if whose:
                    _count(counted.setdefault(whose, Counted()), name, labels, value)
    return Traffic(bool(texts), by_label["service"], by_label["route"], by_label["consumer"])


def _samples(text: str) -> Iterable[tuple[str, Mapping[str, str], float]]:
    wanted = "\n".join(line for line in text.splitlines() if line.startswith((_REQUESTS, _BANDWIDTH, _LATENCY)))
    for family in text_string_to_metric_families(wanted + "\n"):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def _count(counted: Counted, name: str, labels: Mapping[str, str], value: float) -> None:
    if name == _REQUESTS:
        _count_requests(counted, labels, int(value))
    elif name == _BANDWIDTH:
        if labels.get("direction") == "ingress":
            counted.ingress += int(value)
        else:
            counted.egress += int(value)
    elif name == _LATENCY:
        bound = float(labels["le"])
        counted.buckets[bound] = counted.buckets.get(bound, 0.0) + value


def _count_requests(counted: Counted, labels: Mapping[str, str], requests: int) -> None:
    code = labels.get("code", "")
    counted.requests += requests
    if code == _LIMITED and labels.get("source", "kong") == "kong":
        counted.limited += requests
    elif code.startswith("4"):
        counted.client_errors += requests
    elif code.startswith("5"):
        counted.server_errors += requests
