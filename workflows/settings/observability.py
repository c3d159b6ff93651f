"""`observability:` metrics, what watches them, and traces."""

from typing import Annotated

from pydantic import Field

from config.observability import Dashboards, Labels, ScrapeAnnotations, ServiceMonitor
from config.settings import Settings
from config.vocabulary import HttpUrl


class Alerts(Settings):
    """The rules of `workflows/monitoring/rules` as a PrometheusRule of the Prometheus operator, for this stack."""

    labels: Labels = Field(default_factory=dict)
    """What the Prometheus object selects rules by, such as `release: kube-prometheus-stack`."""
    runbooks: HttpUrl | None = None
    """Where people read docs/workflows-alerts.md; its path in the repository when left out."""


class Tracing(Settings):
    """Traces of workflows, activities and requests over OTLP/HTTP (OpenTelemetry)."""

    endpoint: HttpUrl
    """Where the collector takes traces, with its path: `http://collector.monitoring.svc:4318/v1/traces`."""


class Observability(Settings):
    """What the stack tells about itself."""

    scrape: Annotated[ScrapeAnnotations | ServiceMonitor, Field(discriminator="by")] | None = ScrapeAnnotations(
        by="annotations"
    )
    """How Prometheus finds the metrics; `null` when it knows already."""
    alerts: Alerts | None = None
    """No rules when left out; they need the Prometheus operator."""
    dashboards: Dashboards | None = None
    """No dashboard when left out."""
    tracing: Tracing | None = None
    """No traces when left out."""
