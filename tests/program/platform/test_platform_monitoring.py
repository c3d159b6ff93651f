"""How a stack's gateway is found by Prometheus, and what it gives the operator and Grafana."""

from typing import Any

import pytest
import yaml
from pydantic import JsonValue

from components.platform.alert_rules import rule_groups
from components.platform.metadata import OWNERSHIP
from config.observability import Alerts
from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import CONFIG_MAP, DEPLOYMENT, SERVICE, kong, variables
from tests.program.resources import Resources, inputs, object_name
from tests.program.stacks import section, stack_settings
from tests.unit.monitoring.files import DASHBOARD_FILES

SERVICE_MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor"
PROMETHEUS_RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
EVERYTHING: dict[str, JsonValue] = {
    "scrape": {"by": "service-monitor", "interval": "15s", "labels": {"release": "prometheus"}},
    "alerts": {"labels": {"release": "prometheus"}, "exporters": ["cert-manager"]},
    "dashboards": {"folder": "Gateways"},
}

each_mode = pytest.mark.parametrize("mode", ["database", "dbless"])


async def _deployed(deploy: Deploy, observability: JsonValue, **sections: JsonValue) -> Resources:
    return await deploy(stack_settings("dev", observability=observability, **sections))


def _annotations(recording: Resources, service: str) -> dict[str, str]:
    return inputs(recording.one(SERVICE, service))["metadata"]["annotations"]


def _monitors(recording: Resources) -> list[str]:
    """The kinds of the objects that watch the gateway."""
    kinds = [each.type for each in recording.of_type(SERVICE_MONITOR) + recording.of_type(PROMETHEUS_RULE)]
    dashboards = [each for each in recording.of_type(CONFIG_MAP) if "dashboard" in object_name(each)]
    return kinds + [each.type for each in dashboards]


@each_mode
async def test_by_default_annotations_lead_prometheus_to_the_pods_metrics(deploy: Deploy, mode: str) -> None:
    recording = await deploy(stack_settings("dev", mode=mode))
    found = {name: value for name, value in _annotations(recording, "kong-metrics").items() if "prometheus" in name}
    port = found["prometheus.io/port"]
    assert found == {"prometheus.io/scrape": "true", "prometheus.io/port": port, "prometheus.io/path": "/metrics"}
    assert port in {str(each["containerPort"]) for each in kong(recording)["ports"] if each["name"] == "metrics"}
    for other in ("kong-proxy", "kong-admin", "kong-manager"):
        assert _annotations(recording, other) == OWNERSHIP
    assert _monitors(recording) == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
async def test_no_stack_of_the_repository_needs_an_operator(deploy: Deploy, stack: str) -> None:
    assert _monitors(await deploy(stack_settings(stack))) == []


@pytest.mark.parametrize(
    "observability",
    [{"scrape": None}, {"prometheus": None}, {"prometheus": None, "scrape": {"by": "service-monitor"}}],
    ids=["found otherwise", "no metrics", "no metrics for the operator"],
)
async def test_without_metrics_or_wish_nobody_is_led_to_them(deploy: Deploy, observability: JsonValue) -> None:
    recording = await _deployed(deploy, observability)
    assert _annotations(recording, "kong-metrics") == OWNERSHIP
    assert recording.of_type(SERVICE_MONITOR) == []


@each_mode
async def test_a_service_monitor_selects_the_one_service_that_has_metrics(deploy: Deploy, mode: str) -> None:
    recording = await _deployed(deploy, EVERYTHING, mode=mode)
    monitor = inputs(recording.one(SERVICE_MONITOR, "kong"))
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint == {"port": "metrics", "path": "/metrics", "interval": "15s", "honorLabels": True}
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    found = [
        object_name(each)
        for each in recording.of_type(SERVICE)
        if wanted <= inputs(each)["metadata"]["labels"].items()
        and endpoint["port"] in {port["name"] for port in inputs(each)["spec"]["ports"]}
    ]
    assert found == ["kong-metrics"]
    assert _annotations(recording, "kong-metrics") == OWNERSHIP, "it would be scraped twice"


@each_mode
async def test_rules_are_the_files_about_this_stack(deploy: Deploy, mode: str) -> None:
    cluster: dict[str, Any] = section("dev", "cluster", namespace="shop")
    recording = await _deployed(deploy, EVERYTHING, mode=mode, cluster=cluster)
    rule = inputs(recording.one(PROMETHEUS_RULE, "kong"))
    assert rule["metadata"]["labels"]["release"] == "prometheus"
    expected = rule_groups(Alerts(exporters=("cert-manager",)), namespace="shop", mode=mode)
    assert rule["spec"] == {"groups": expected}
    assert ("KongDatabaseUnreachable" in yaml.safe_dump(rule["spec"])) == (mode == "database")


async def test_dashboards_are_the_files_where_grafana_looks_for_them(deploy: Deploy) -> None:
    recording = await _deployed(deploy, EVERYTHING)
    maps = {object_name(each): inputs(each) for each in recording.of_type(CONFIG_MAP)}
    assert maps.keys() == {f"kong-dashboard-{file.stem}" for file in DASHBOARD_FILES}
    for file in DASHBOARD_FILES:
        found = maps[f"kong-dashboard-{file.stem}"]
        assert found["data"] == {file.name: file.read_text("utf-8")}
        assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert found["metadata"]["annotations"]["grafana_folder"] == "Gateways"


async def test_the_label_that_grafana_looks_for_is_a_setting(deploy: Deploy) -> None:
    recording = await _deployed(deploy, {"dashboards": {"labels": {"dashboards": "team"}}})
    for each in recording.of_type(CONFIG_MAP):
        metadata = inputs(each)["metadata"]
        assert metadata["labels"]["dashboards"] == "team"
        assert "grafana_dashboard" not in metadata["labels"]
        assert metadata["annotations"] == OWNERSHIP


async def test_what_watches_the_gateway_is_one_component_in_its_namespace(deploy: Deploy) -> None:
    recording = await _deployed(deploy, EVERYTHING)
    component = recording.one("omnify:platform:KongMonitoring")
    provider = recording.one("pulumi:providers:kubernetes")
    watching = [each for each in recording.objects() if each.parent == component.urn]
    assert len(watching) == 2 + len(DASHBOARD_FILES)
    for each in watching:
        assert inputs(each)["metadata"]["namespace"] == "omnify-gateway"
        assert inputs(each)["metadata"]["annotations"].items() >= OWNERSHIP.items()
        assert each.provider == provider.urn


async def test_traces_change_nothing_but_the_pods_environment(deploy: Deploy) -> None:
    endpoint = "http://collector.monitoring.svc:4318/v1/traces"
    traced = await _deployed(deploy, {"tracing": {"endpoint": endpoint, "samplingRate": 0.5}})
    found = variables(kong(traced))
    assert (found["KONG_TRACING_INSTRUMENTATIONS"], found["KONG_TRACING_SAMPLING_RATE"]) == ("request,balancer", "0.5")
    plain = await deploy(stack_settings("dev"))
    assert not [name for name in variables(kong(plain)) if "TRACING" in name]
    assert len(traced.of_type(DEPLOYMENT)) == 1
