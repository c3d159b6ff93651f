"""Grafana's dashboards: whole, told apart, and of whatever Prometheus and gateway the reader chooses."""

import json
import re
from pathlib import Path

import pytest

from tests.unit.monitoring.files import ALERTS, DASHBOARD_FILES, dashboard, panel_queries
from tests.unit.monitoring.promql import parse

each_dashboard = pytest.mark.parametrize("file", DASHBOARD_FILES, ids=[file.stem for file in DASHBOARD_FILES])
CHOSEN = {"type": "prometheus", "uid": "${datasource}"}


def test_there_is_one_by_route_one_by_tier_and_one_of_the_pods() -> None:
    assert [file.stem for file in DASHBOARD_FILES] == ["pods", "routes", "tiers"]


def test_dashboards_are_told_apart_by_uid_and_title() -> None:
    documents = [dashboard(file) for file in DASHBOARD_FILES]
    for key in ("uid", "title"):
        assert len({document[key] for document in documents}) == len(documents)
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", document["uid"]) for document in documents)


@each_dashboard
def test_a_dashboard_is_of_a_form_that_grafana_11_knows(file: Path) -> None:
    document = dashboard(file)
    assert document["schemaVersion"] == 39
    assert "id" not in document, "Grafana gives it"
    assert len(json.dumps(document)) < 2**20, "a ConfigMap carries no more"


@each_dashboard
def test_panels_have_an_id_each_and_do_not_overlap(file: Path) -> None:
    panels = dashboard(file)["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


@each_dashboard
def test_the_reader_chooses_prometheus_and_gateway(file: Path) -> None:
    document = dashboard(file)
    variables = {variable["name"]: variable for variable in document["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    assert all(variable["datasource"] == CHOSEN for variable in variables.values() if variable["type"] == "query")
    for panel in document["panels"]:
        assert panel["datasource"] == CHOSEN
        assert all(target["datasource"] == CHOSEN for target in panel["targets"])
    for title, query in panel_queries(document):
        assert all(("namespace", "=", "$namespace") in each.matchers for each in parse(query).selectors), title


@each_dashboard
def test_variables_are_there_and_used(file: Path) -> None:
    document = dashboard(file)
    declared = {variable["name"] for variable in document["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(document))) - {"__rate_interval", "__all"}
    assert used == declared


@each_dashboard
def test_a_legend_names_labels_that_the_query_leaves(file: Path) -> None:
    for panel in dashboard(file)["panels"]:
        for target in panel["targets"]:
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert named <= parse(target["expr"].replace("$__rate_interval", "5m")).grouped_by, panel["title"]


@each_dashboard
def test_alerts_that_a_panel_names_exist(file: Path) -> None:
    assert set(re.findall(r"\bKong[A-Z]\w+", file.read_text("utf-8"))) <= set(ALERTS)


@each_dashboard
def test_what_is_not_kongs_own_says_so(file: Path) -> None:
    for panel in dashboard(file)["panels"]:
        foreign = any("kube_" in target["expr"] for target in panel["targets"])
        assert foreign == ("kube-state-metrics" in panel.get("description", "")), panel["title"]
