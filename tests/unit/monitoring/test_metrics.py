"""Alerts and dashboards ask for metrics, labels and values that somebody really emits."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.monitoring.files import DASHBOARD_FILES, RULE_FILES, dashboard, panel_queries, rules
from tests.unit.monitoring.promql import Query, Selector, parse, series_name
from tests.unit.proxy.harness import Gateway, reference

EMITTED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("emitted.yaml").read_text("utf-8"))
SCRAPE: Mapping[str, Any] = EMITTED.pop("scrape")["labels"]
EVERYTHING: Mapping[str, Any] = {name: metric for source in EMITTED.values() for name, metric in source.items()}
SOURCES = {"kong": "kong", "database": "kong"}
"""Whose metrics a rule file may use, where it is not named after them."""


def _queries() -> Iterator[Any]:
    for file in RULE_FILES:
        emitted = EMITTED[SOURCES.get(file.stem, file.stem)]
        for rule in rules(file):
            yield pytest.param(rule["expr"], emitted, id=rule["alert"])
    for file in DASHBOARD_FILES:
        for index, (title, query) in enumerate(panel_queries(dashboard(file))):
            yield pytest.param(query, EVERYTHING, id=f"{file.stem}-{title}-{index}")


each_query = pytest.mark.parametrize(("text", "emitted"), list(_queries()))


def labels_of(metric: str, emitted: Mapping[str, Any]) -> dict[str, Any]:
    """The labels of a series; that of a histogram's bucket has `le` besides."""
    if metric in emitted:
        assert emitted[metric]["type"] != "histogram", f"{metric} is a histogram; it has _bucket, _count and _sum"
        return SCRAPE | emitted[metric]["labels"]
    name = series_name(metric)
    assert emitted.get(name, {}).get("type") == "histogram", f"nobody emits {metric}"
    return SCRAPE | emitted[name]["labels"] | ({"le": "any"} if metric.endswith("_bucket") else {})


def wrong_matchers(selector: Selector, labels: Mapping[str, Any]) -> list[str]:
    wrong: list[str] = []
    for label, operator, value in selector.matchers:
        values = [value] if operator != "=~" else value.split("|")
        known = labels.get(label, [])
        if known != "any" and not set(values) <= set(known):
            wrong.append(f"{label}{operator}{value!r}")
    return wrong


def problems(query: Query, emitted: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    known: set[str] = set()
    for selector in query.selectors:
        labels = labels_of(selector.metric, emitted)
        known |= labels.keys()
        found += [f"{selector.metric}: {wrong}" for wrong in wrong_matchers(selector, labels)]
    return found + [f"by {label}" for label in query.grouped_by - known]


@each_query
def test_a_query_asks_for_metrics_labels_and_values_that_there_are(text: str, emitted: Mapping[str, Any]) -> None:
    query = parse(text)

    assert query.selectors
    assert problems(query, emitted) == []


@each_query
def test_what_only_grows_is_never_shown_as_it_is(text: str, emitted: Mapping[str, Any]) -> None:
    query = parse(text)

    for selector in query.selectors:
        metric = emitted.get(selector.metric) or emitted[series_name(selector.metric)]
        if metric["type"] in {"counter", "histogram"}:
            assert selector.metric in query.rated, selector.metric


@pytest.mark.parametrize(
    "text",
    [
        'rate(kong_http_requests_total{status="500"}[5m])',
        'rate(kong_http_requests_total{source="upstream"}[5m])',
        'kong_upstream_target_health{state=~"unhealthy|down"}',
        "sum by (consumer) (rate(kong_kong_latency_ms_count[5m]))",
    ],
)
def test_what_nobody_emits_is_found(text: str) -> None:
    assert len(problems(parse(text), EVERYTHING)) == 1


@pytest.mark.parametrize("metric", ["kong_http_status", "kong_request_latency_ms", "kong_bandwidth_bytes_bucket"])
def test_a_metric_that_nobody_emits_is_found(metric: str) -> None:
    with pytest.raises(AssertionError):
        labels_of(metric, EVERYTHING)


async def test_the_stand_in_emits_those_metrics_with_exactly_those_labels(gateway: Gateway) -> None:
    consumer = gateway.consumer("pro")
    gateway.store.add("keyauth_credentials", consumer=reference(consumer), key="k")
    gateway.plugin("key-auth", {})
    counted = ("status_code_metrics", "per_consumer", "latency_metrics", "bandwidth_metrics", "upstream_health_metrics")
    gateway.plugin("prometheus", dict.fromkeys(counted, True))
    await gateway.get(headers={"apikey": "k"})

    series = [line for line in gateway.proxy.metrics().splitlines() if line and not line.startswith("#")]

    emitted = {parse(line.rpartition(" ")[0]).selectors[0] for line in series}
    names = {series_name(selector.metric) for selector in emitted}
    assert names >= {"kong_http_requests_total", "kong_bandwidth_bytes", "kong_request_latency_ms", "kong_node_info"}
    for selector in emitted:
        labels = labels_of(selector.metric, EMITTED["kong"]).keys() - SCRAPE.keys()
        assert {label for label, _, _ in selector.matchers} == labels, selector.metric
        assert wrong_matchers(selector, labels_of(selector.metric, EMITTED["kong"])) == []
