"""The alerts and the dashboard of the stack: what each says, where it leads, and whose stack it is about."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.program.resources import inputs
from tests.unit.monitoring.files import dashboard, panel_queries, rules
from tests.unit.monitoring.promql import parse
from tests.workflows.program.stack import resources
from workflows.components.alert_rules import FILES_RUNBOOKS, MONITORING, RULES, rule_groups
from workflows.settings.observability import Alerts

ROOT = Path(__file__).parents[3]
RUNBOOKS = (ROOT / FILES_RUNBOOKS).read_text("utf-8")
ALERTS: dict[str, dict[str, Any]] = {rule["alert"]: rule for file in RULES.glob("*.yaml") for rule in rules(file)}
DASHBOARD = MONITORING / "dashboards" / "workflows.json"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on PATH (Debian: package prometheus)")
each_alert = pytest.mark.parametrize("alert", ALERTS)


def of_stack(namespace: str = "shop", executions: str = "orders", **alerts: Any) -> dict[str, dict[str, Any]]:
    groups = rule_groups(Alerts(**alerts), namespace=namespace, executions=executions)
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_each_alert_has_its_section_among_the_runbooks_and_no_section_is_without_one() -> None:
    assert sorted(re.findall(r"^## (\w+)$", RUNBOOKS, re.MULTILINE)) == sorted(ALERTS)


@each_alert
def test_an_alert_says_how_bad_it_is_what_it_is_and_where_to_read_on(alert: str) -> None:
    rule = ALERTS[alert]
    section = RUNBOOKS.split(f"\n## {alert}\n")[1].split("\n## ")[0]

    assert rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"{FILES_RUNBOOKS}#{alert.lower()}"
    assert section.startswith(f"**{rule['labels']['severity'].capitalize()}.**")
    assert "**Look at**" in section
    assert "**Do**" in section


@each_alert
def test_what_an_alert_says_of_its_labels_its_query_leaves(alert: str) -> None:
    rule = ALERTS[alert]
    query = parse(rule["expr"])
    matched = {label for selector in query.selectors for label, operator, _ in selector.matchers if operator == "="}

    assert set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= (query.grouped_by or matched)


@each_alert
def test_a_stacks_rules_are_about_its_own_namespaces_alone(alert: str) -> None:
    for selector in parse(of_stack()[alert]["expr"]).selectors:
        own = {label: value for label, _, value in selector.matchers if "namespace" in label}
        workers = selector.metric.startswith("temporal_")
        assert own == {"namespace": "shop"} | ({"exported_namespace": "orders"} if workers else {}), selector


def test_nothing_but_the_namespaces_and_the_link_differs_from_the_files() -> None:
    assert of_stack("omnify-workflows", "omnify") == ALERTS
    base = "https://git.example/docs/workflows-alerts.md"
    assert of_stack(runbooks=base)["WorkflowsFail"]["annotations"]["runbook_url"] == f"{base}#workflowsfail"


def test_each_alert_is_seen_to_fire() -> None:
    """By `promtool test rules`, below; this holds where there is no promtool, too."""
    tests = (MONITORING / "tests" / "workflows.yaml").read_text("utf-8")

    assert set(re.findall(r'alertname="(\w+)"', tests)) == set(ALERTS)


@needs_promtool
def test_prometheus_accepts_the_rules_and_they_fire_when_they_should(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(yaml.safe_dump({"groups": rule_groups(Alerts(), namespace="shop", executions="orders")}))
    checked, tested = [file, *RULES.glob("*.yaml")], MONITORING.glob("tests/*.yaml")
    for command in (["check", "rules", *checked], ["test", "rules", *tested]):
        run = subprocess.run([str(PROMTOOL), *command], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


def test_a_stack_that_asks_has_the_rules_and_the_dashboard() -> None:
    made = resources("dev", observability={"alerts": {"labels": {"release": "p"}}, "dashboards": {"folder": "OmniFy"}})

    (rule,) = [each for each in made.registrations if each.type.endswith(":PrometheusRule")]
    assert {each["alert"] for group in inputs(rule)["spec"]["groups"] for each in group["rules"]} == set(ALERTS)
    board = inputs(made.one("kubernetes:core/v1:ConfigMap", "workflows-dashboard-workflows"))
    assert json.loads(board["data"]["workflows.json"])["uid"] == "omnify-workflows"
    assert board["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_the_dashboard_is_of_the_stack_that_the_reader_chooses() -> None:
    document = dashboard(DASHBOARD)

    assert document["schemaVersion"] == 39
    assert len({panel["title"] for panel in document["panels"]}) == len(document["panels"]) == 10
    for title, query in panel_queries(document):
        assert all(("namespace", "=", "$namespace") in each.matchers for each in parse(query).selectors), title
    for panel in document["panels"]:
        for target in panel["targets"]:
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert named <= parse(target["expr"].replace("$__rate_interval", "5m")).grouped_by, panel["title"]
    assert set(re.findall(r"\b(?:Workflow|Activities|Worker|Temporal)[A-Z]\w+", json.dumps(document))) <= set(ALERTS)
