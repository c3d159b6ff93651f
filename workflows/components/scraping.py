"""How Prometheus finds pods by a Service's annotations (Prometheus chart: job `kubernetes-service-endpoints`)."""

from collections.abc import Mapping

from config.observability import ScrapeAnnotations
from workflows.settings.observability import Observability


def scraping_annotations(settings: Observability, port: int) -> Mapping[str, str]:
    """The annotations of a Service with metrics."""
    if not isinstance(settings.scrape, ScrapeAnnotations):
        return {}
    return {"prometheus.io/scrape": "true", "prometheus.io/port": str(port), "prometheus.io/path": "/metrics"}
