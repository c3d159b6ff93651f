"""How Prometheus finds the gateway, what it warns of, and what Grafana shows: objects for a cluster that has both."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s

from components.platform.alert_rules import rule_groups
from components.platform.metadata import object_metadata
from components.platform.names import GATEWAY_LABELS, GATEWAY_SELECTOR, KONG, METRICS
from config.observability import Alerts, Dashboards, Observability, ScrapeAnnotations, ServiceMonitor
from config.stack import StackSettings

METRICS_PATH = "/metrics"
DASHBOARDS = Path(__file__).parents[2] / "monitoring" / "dashboards"
"""Grafana's dashboards, one file each."""
_OPERATOR = "monitoring.coreos.com/v1"
"""The API of the Prometheus operator."""


def scraping(settings: Observability) -> Mapping[str, str]:
    """The annotations of the metrics' Service (Prometheus chart: job `kubernetes-service-endpoints`)."""
    if settings.prometheus is None or not isinstance(settings.scrape, ScrapeAnnotations):
        return {}
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(METRICS.port),
        "prometheus.io/path": METRICS_PATH,
    }


class KongMonitoring(pulumi.ComponentResource):
    """A ServiceMonitor, a PrometheusRule and dashboards, each where the stack asks for it."""

    objects: Sequence[str]
    """What was made, by kind and name."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongMonitoring", name, None, opts)
        self._name, self._namespace = name, namespace
        self.objects = list(self._made(settings))
        self.register_outputs({"objects": self.objects})

    def _made(self, settings: StackSettings) -> Iterator[str]:
        wanted = settings.observability
        if wanted.prometheus is not None and isinstance(wanted.scrape, ServiceMonitor):
            yield self._service_monitor(wanted.scrape)
        if wanted.alerts is not None:
            yield self._rules(wanted.alerts, settings)
        if wanted.dashboards is not None:
            yield from self._dashboards(wanted.dashboards)

    def _service_monitor(self, settings: ServiceMonitor) -> str:
        endpoint = {
            "port": METRICS.name,
            "path": METRICS_PATH,
            "interval": settings.interval,
            # Kong's own label `service` is the API; otherwise the operator would call it `exported_service`.
            "honorLabels": True,
        }
        # All of Kong's Services have the same labels; only this one has a port of that name.
        selected = {"selector": {"matchLabels": GATEWAY_SELECTOR}, "endpoints": [endpoint]}
        return self._custom("ServiceMonitor", settings.labels, selected)

    def _rules(self, alerts: Alerts, settings: StackSettings) -> str:
        groups = rule_groups(alerts, namespace=settings.cluster.namespace, mode=settings.mode)
        return self._custom("PrometheusRule", alerts.labels, {"groups": groups})

    def _custom(self, kind: str, labels: Mapping[str, str], spec: Mapping[str, object]) -> str:
        k8s.apiextensions.CustomResource(
            f"{self._name}-{kind.lower()}",
            api_version=_OPERATOR,
            kind=kind,
            metadata=object_metadata(KONG, namespace=self._namespace, labels={**GATEWAY_LABELS, **labels}),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return f"{kind}/{KONG}"

    def _dashboards(self, settings: Dashboards) -> Iterator[str]:
        folder = {} if settings.folder is None else {"grafana_folder": settings.folder}
        for file, text in _dashboard_files():
            name = f"kong-dashboard-{file.stem}"
            k8s.core.v1.ConfigMap(
                f"{self._name}-dashboard-{file.stem}",
                metadata=object_metadata(
                    name,
                    namespace=self._namespace,
                    labels={**GATEWAY_LABELS, **settings.labels},
                    annotations=folder,
                ),
                data={file.name: text},
                opts=pulumi.ResourceOptions(parent=self),
            )
            yield f"ConfigMap/{name}"


def _dashboard_files() -> Iterator[tuple[Path, str]]:
    for file in sorted(DASHBOARDS.glob("*.json")):
        yield file, file.read_text("utf-8")
