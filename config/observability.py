"""`observability:` metrics, what watches them, request logs and traces."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import HttpUrl


def _promptly(value: str) -> str:
    if not value.endswith(("s", "m")) or not value[:-1].isdecimal() or int(value[:-1]) == 0:
        raise ValueError(f"{value!r} is not a time between two scrapes; write '30s' or '1m'")
    return value


ScrapeInterval = Annotated[str, AfterValidator(_promptly), Field(title="duration", examples=["30s"])]
"""A time in whole seconds or minutes, as Prometheus writes it."""

Labels = dict[Annotated[str, Field(min_length=1)], str]
"""Labels of an object, by which something finds it (Kubernetes: metadata.labels)."""

LabelName = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
"""A label of a series (Prometheus: data model)."""

Exporter = Literal["kube-state-metrics", "cert-manager", "ingress-nginx", "redis-exporter"]
"""What has metrics of the gateway besides Kong itself."""


class Prometheus(Settings):
    """What Kong counts (Kong: the prometheus plugin)."""

    per_consumer: bool = True
    """Count requests by tier as well: one series a tier, so it stays small."""
    latency: bool = True
    """Count how long requests take, in Kong and in the backend."""
    bandwidth: bool = True
    """Count bytes in and out."""
    status_codes: bool = True
    """Count answers by status."""
    upstream_health: bool = True
    """Show which targets of upstreams are healthy."""


class ScrapeAnnotations(Settings):
    """Annotations on the metrics Service, which the Prometheus chart's scrape configuration looks for."""

    by: Literal["annotations"]


class ServiceMonitor(Settings):
    """An object of the Prometheus operator; without its CustomResourceDefinitions the cluster refuses it."""

    by: Literal["service-monitor"]
    interval: ScrapeInterval = "30s"
    """The time between two scrapes."""
    labels: Labels = Field(default_factory=dict)
    """What the Prometheus object selects ServiceMonitors by, such as `release: kube-prometheus-stack`."""


class Alerts(Settings):
    """The rules of `monitoring/rules` as a PrometheusRule of the Prometheus operator, for this stack's namespace."""

    labels: Labels = Field(default_factory=dict)
    """What the Prometheus object selects rules by, such as `release: kube-prometheus-stack`."""
    exporters: tuple[Exporter, ...] = ("kube-state-metrics",)
    """Whose metrics this Prometheus has besides Kong's: a rule about others would never fire."""
    redis: dict[LabelName, str] = Field(default_factory=dict)
    """With `redis-exporter`: the labels of its series about the counters' Redis, such as `namespace: omnify-data`; the
    gateway's own namespace when left out."""
    runbooks: HttpUrl | None = None
    """Where people read docs/alerts.md; alerts link to its sections. Its path in the repository when left out."""

    @model_validator(mode="after")
    def _labels_are_for_an_exporter(self) -> Self:
        if self.redis and "redis-exporter" not in self.exporters:
            raise wrong_key("redis", "are labels of redis_exporter's series; add 'redis-exporter' to exporters")
        return self


class Dashboards(Settings):
    """The dashboards of `monitoring/dashboards` as ConfigMaps, which Grafana's sidecar collects.

    They show every gateway of their Prometheus: of the stacks that share a Grafana, one has them.
    """

    labels: Annotated[Labels, Field(min_length=1)] = Field(default={"grafana_dashboard": "1"})
    """What the sidecar selects ConfigMaps by; this is its chart's default."""
    folder: str | None = None
    """The folder in Grafana, where the sidecar's `folderAnnotation` is `grafana_folder`."""


TraceFormat = Literal["w3c", "b3", "jaeger", "ot", "datadog", "aws", "gcp"]
"""A form of tracing headers (Kong: propagation of the opentelemetry plugin)."""

Instrumentation = Literal[
    "request",
    "db_query",
    "dns_query",
    "router",
    "http_client",
    "balancer",
    "plugin_rewrite",
    "plugin_access",
    "plugin_header_filter",
    "all",
]
"""What gets spans (Kong: tracing_instrumentations)."""


class Propagation(Settings):
    """Which tracing headers are read, removed and written."""

    extract: tuple[TraceFormat, ...] = ("w3c",)
    """The forms to look for, in this order; `[]` begins a trace of its own for every request."""
    inject: Annotated[tuple[TraceFormat, ...], Field(min_length=1)] = ("w3c",)
    """The forms to write for the backend."""
    clear: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Headers that go no further, such as `baggage` of strangers."""


class Tracing(Settings):
    """Traces over OTLP/HTTP (Kong: the opentelemetry plugin, for every request)."""

    endpoint: HttpUrl
    """Where the collector takes traces, with its path: `http://collector.monitoring.svc:4318/v1/traces`."""
    sampling_rate: Annotated[float, Field(ge=0, le=1)] = 0.01
    """The share of the traces begun here that is kept; 0.01 is one in a hundred."""
    instrumentations: Annotated[tuple[Instrumentation, ...], Field(min_length=1)] = ("request", "balancer")
    """What gets spans."""
    service_name: Annotated[str, Field(min_length=1)] = "omnify-gateway"
    """What the gateway is called in traces."""
    propagation: Propagation = Propagation()


class Observability(Settings):
    """What the gateway tells about itself."""

    prometheus: Prometheus | None = Prometheus()
    """`null` turns metrics off."""
    scrape: Annotated[ScrapeAnnotations | ServiceMonitor, Field(discriminator="by")] | None = ScrapeAnnotations(
        by="annotations"
    )
    """How Prometheus finds the metrics; `null` when it knows already."""
    alerts: Alerts | None = None
    """No rules when left out; they need the Prometheus operator."""
    dashboards: Dashboards | None = None
    """No dashboards when left out."""
    tracing: Tracing | None = None
    """No traces when left out."""
    access_log: bool = True
    """One JSON line for each request on standard output, without credentials."""

    @model_validator(mode="after")
    def _alerts_have_their_metrics(self) -> Self:
        """A rule about what nobody counts never fires, and nobody would notice."""
        if self.alerts is None:
            return self
        if self.prometheus is None:
            raise wrong_key("alerts", "need metrics; write prometheus: {}, or remove them")
        counted = {
            "perConsumer": self.prometheus.per_consumer,
            "latency": self.prometheus.latency,
            "statusCodes": self.prometheus.status_codes,
            "upstreamHealth": self.prometheus.upstream_health,
        }
        missing = [key for key, on in counted.items() if not on]
        if missing:
            raise wrong_key("alerts", f"need what prometheus leaves out; write {missing[0]}: true, or remove them")
        return self
