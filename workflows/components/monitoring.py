"""How Prometheus finds the stack, what it warns of, and what Grafana shows: objects for a cluster that has both."""

from collections.abc import Iterator, Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.metadata import object_metadata
from config.observability import Dashboards, ServiceMonitor
from workflows.components.alert_rules import MONITORING, rule_groups
from workflows.components.names import TEMPORAL, WORKERS, labels
from workflows.settings.observability import Alerts
from workflows.settings.stack import PROJECT, WorkflowsSettings

_OPERATOR = "monitoring.coreos.com/v1"
_MONITORED: Mapping[str, Mapping[str, str]] = {
    TEMPORAL: labels("metrics", TEMPORAL),
    WORKERS: labels(WORKERS),
}
"""The Services with metrics, by the name of the ServiceMonitor of each."""


class WorkflowMonitoring(pulumi.ComponentResource):
    """ServiceMonitors, a PrometheusRule and a dashboard, each where the stack asks for it."""

    objects: Sequence[str]
    """What was made, by kind and name."""

    def __init__(
        self,
        name: str,
        *,
        settings: WorkflowsSettings,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:workflows:WorkflowMonitoring", name, None, opts)
        self._namespace = namespace
        self.objects = list(self._made(settings))
        self.register_outputs({"objects": self.objects})

    def _made(self, settings: WorkflowsSettings) -> Iterator[str]:
        wanted = settings.observability
        if isinstance(wanted.scrape, ServiceMonitor):
            for name, found_by in _MONITORED.items():
                yield self._service_monitor(name, found_by, wanted.scrape)
        if wanted.alerts is not None:
            yield self._rules(wanted.alerts, settings)
        if wanted.dashboards is not None:
            yield from self._dashboards(wanted.dashboards)

    def _service_monitor(self, name: str, found_by: Mapping[str, str], settings: ServiceMonitor) -> str:
        # Temporal's own label `namespace` is one of its namespaces: the pods' becomes what it is, theirs `exported_…`.
        endpoint = {"port": "metrics", "path": "/metrics", "interval": settings.interval, "honorLabels": False}
        return self._custom(
            "ServiceMonitor",
            name,
            settings.labels,
            {"selector": {"matchLabels": dict(found_by)}, "endpoints": [endpoint]},
        )

    def _rules(self, alerts: Alerts, settings: WorkflowsSettings) -> str:
        groups = rule_groups(alerts, namespace=settings.namespace, executions=settings.executions.name)
        return self._custom("PrometheusRule", PROJECT, alerts.labels, {"groups": groups})

    def _custom(self, kind: str, name: str, more: Mapping[str, str], spec: Mapping[str, object]) -> str:
        k8s.apiextensions.CustomResource(
            f"{name}-{kind.lower()}",
            api_version=_OPERATOR,
            kind=kind,
            metadata=object_metadata(name, namespace=self._namespace, labels={**labels("monitoring"), **more}),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return f"{kind}/{name}"

    def _dashboards(self, settings: Dashboards) -> Iterator[str]:
        folder = {} if settings.folder is None else {"grafana_folder": settings.folder}
        for file in sorted((MONITORING / "dashboards").glob("*.json")):
            name = f"workflows-dashboard-{file.stem}"
            k8s.core.v1.ConfigMap(
                name,
                metadata=object_metadata(
                    name,
                    namespace=self._namespace,
                    labels={**labels("monitoring"), **settings.labels},
                    annotations=folder,
                ),
                data={file.name: file.read_text("utf-8")},
                opts=pulumi.ResourceOptions(parent=self),
            )
            yield f"ConfigMap/{name}"
