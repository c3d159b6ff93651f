"""Metrics in Prometheus's text format, named as Kong's prometheus plugin names them.

Kong: kong/plugins/prometheus/exporter.lua.
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

_KONG_BUCKETS = (1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000)
_UPSTREAM_BUCKETS = (25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000)

Labels = tuple[tuple[str, str], ...]


@dataclass
class _Histogram:
    buckets: tuple[int, ...]
    counts: list[int] = field(default_factory=list[int])
    total: float = 0

    def observe(self, value: float) -> None:
        self.counts = self.counts or [0] * (len(self.buckets) + 1)
        at = next((i for i, bound in enumerate(self.buckets) if value <= bound), len(self.buckets))
        self.counts[at] += 1
        self.total += value


class Metrics:
    """Everything counted since the proxy started."""

    def __init__(self, *, node_id: str, version: str, reaches_database: Callable[[], bool] = lambda: True) -> None:
        self._node_id = node_id
        self._version = version
        self._reaches_database = reaches_database
        self._counters: dict[str, dict[Labels, int]] = defaultdict(lambda: defaultdict(int))
        self._histograms: dict[str, dict[Labels, _Histogram]] = defaultdict(dict)
        self._requests = 0
        self._active = 0

    @contextmanager
    def serving(self) -> Generator[None]:
        """Count a request and its connection for as long as it lasts."""
        self._requests += 1
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1

    def count(self, name: str, labels: Mapping[str, str], by: int = 1) -> None:
        """Add to a counter: `http_requests_total`, `bandwidth_bytes`."""
        self._counters[name][tuple(labels.items())] += by

    def observe(self, name: str, labels: Mapping[str, str], milliseconds: float) -> None:
        """Add to a histogram: `kong_latency_ms`, `upstream_latency_ms`, `request_latency_ms`."""
        buckets = _KONG_BUCKETS if name == "kong_latency_ms" else _UPSTREAM_BUCKETS
        self._histograms[name].setdefault(tuple(labels.items()), _Histogram(buckets)).observe(milliseconds)

    def text(self) -> str:
        """The whole, as `/metrics` answers it."""
        return "\n".join([*self._gauges(), *self._counter_lines(), *self._histogram_lines()]) + "\n"

    def _gauges(self) -> Iterator[str]:
        node = {"node_id": self._node_id, "subsystem": "http"}
        yield from _described("datastore_reachable", "gauge", "Datastore reachable from Kong, 0 is unreachable")
        yield _sample("datastore_reachable", {}, int(self._reaches_database()))
        yield from _described("nginx_connections_total", "gauge", "Number of connections by subsystem")
        states = {
            "accepted": self._requests,
            "active": self._active,
            "handled": self._requests,
            "reading": 0,
            "total": self._requests,
            "waiting": 0,
            "writing": self._active,
        }
        for state, value in states.items():
            yield _sample("nginx_connections_total", {**node, "state": state}, value)
        yield from _described("nginx_requests_total", "gauge", "Number of requests total")
        yield _sample("nginx_requests_total", node, self._requests)
        yield from _described("node_info", "gauge", "Kong Node metadata information")
        yield _sample("node_info", {"node_id": self._node_id, "version": self._version}, 1)

    def _counter_lines(self) -> Iterator[str]:
        for name, samples in sorted(self._counters.items()):
            yield from _described(name, "counter", _HELP[name])
            for labels, value in sorted(samples.items()):
                yield _sample(name, dict(labels), value)

    def _histogram_lines(self) -> Iterator[str]:
        for name, samples in sorted(self._histograms.items()):
            yield from _described(name, "histogram", _HELP[name])
            for labels, histogram in sorted(samples.items()):
                yield from _histogram_samples(name, dict(labels), histogram)


_HELP = {
    "http_requests_total": "HTTP status codes per consumer/service/route in Kong",
    "bandwidth_bytes": "Total bandwidth (ingress/egress) throughput in bytes",
    "kong_latency_ms": "Latency added by Kong and enabled plugins for each service/route in Kong",
    "upstream_latency_ms": "Latency added by upstream response for each service/route in Kong",
    "request_latency_ms": "Total latency incurred during requests for each service/route in Kong",
}


def _described(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP kong_{name} {text}"
    yield f"# TYPE kong_{name} {kind}"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    inner = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
    return f"kong_{name}{{{inner}}} {value:.15g}" if inner else f"kong_{name} {value:.15g}"


def _histogram_samples(name: str, labels: Mapping[str, str], histogram: _Histogram) -> Iterable[str]:
    below = 0
    for bound, count in zip((*histogram.buckets, "+Inf"), histogram.counts, strict=True):
        below += count
        yield _sample(f"{name}_bucket", {**labels, "le": str(bound)}, below)
    yield _sample(f"{name}_count", labels, below)
    yield _sample(f"{name}_sum", labels, histogram.total)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
