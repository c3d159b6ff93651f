"""The alerts as people meet them: what each says, where it leads, and whose gateway it is about."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from components.platform.alert_rules import FILES_RUNBOOKS, OWN_RULES, RULES, groups_of, rule_groups
from config.observability import Alerts, Exporter, Observability
from tests.unit.monitoring.files import ALERTS, MONITORING, RULE_FILES, RULE_TESTS, Rule, rules
from tests.unit.monitoring.promql import parse

RUNBOOKS = (MONITORING.parent / FILES_RUNBOOKS).read_text("utf-8")
SECTIONS = re.findall(r"^## (\w+)$", RUNBOOKS, re.MULTILINE)
ANCHORS = {
    re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
    for title in re.findall(r"^#+ (.+)$", RUNBOOKS, re.MULTILINE)
}
EVERYBODY = Alerts(exporters=get_args(Exporter))
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on PATH (Debian: package prometheus)")

each_alert = pytest.mark.parametrize("alert", ALERTS)


def _rules(alerts: Alerts = EVERYBODY, *, namespace: str = "shop", mode: str = "database") -> dict[str, Rule]:
    groups = rule_groups(alerts, namespace=namespace, mode=mode)
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_each_alert_has_its_section_among_the_runbooks_and_no_section_is_without_one() -> None:
    assert sorted(SECTIONS) == sorted(ALERTS)
    assert len(ALERTS) == sum(len(list(rules(file))) for file in RULE_FILES)


@each_alert
def test_an_alert_says_how_bad_it_is_what_it_is_and_where_to_read_on(alert: str) -> None:
    _, rule = ALERTS[alert]
    assert rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"{FILES_RUNBOOKS}#{alert.lower()}"


@each_alert
def test_a_runbook_names_severity_and_source_and_says_what_to_look_at_and_do(alert: str) -> None:
    file, rule = ALERTS[alert]
    section = RUNBOOKS.split(f"\n## {alert}\n")[1].split("\n## ")[0]
    source = "Kong" if file.stem in OWN_RULES else file.stem
    assert section.startswith(f"**{rule['labels']['severity'].capitalize()}, from {source}")
    assert "**Look at**" in section
    assert "**Do**" in section


def test_links_within_the_runbooks_lead_somewhere() -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", RUNBOOKS)) <= ANCHORS


def test_readers_find_the_runbooks_and_a_sample_that_is_right() -> None:
    readme = (MONITORING.parent / "README.md").read_text("utf-8")
    assert f"]({FILES_RUNBOOKS})" in readme
    page = (MONITORING.parent / "docs" / "changing.md").read_text("utf-8")
    (sample,) = re.findall(r"^  omnify-gateway:observability:\n(?:    .*\n)+", page, re.MULTILINE)
    wanted = Observability.model_validate(yaml.safe_load(sample)["omnify-gateway:observability"])
    assert wanted.alerts is not None
    assert str(wanted.alerts.runbooks).endswith(FILES_RUNBOOKS)


@each_alert
def test_what_an_alert_says_of_its_labels_its_query_leaves(alert: str) -> None:
    _, rule = ALERTS[alert]
    used = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    query = parse(rule["expr"])
    matched = {label for selector in query.selectors for label, operator, _ in selector.matchers if operator == "="}
    assert used <= (query.grouped_by or matched)


@each_alert
def test_a_stacks_rules_are_about_its_own_namespace_alone(alert: str) -> None:
    for selector in parse(_rules(namespace="shop")[alert]["expr"]).selectors:
        own = [matcher for matcher in selector.matchers if matcher[0] in {"namespace", "exported_namespace"}]
        assert [matcher[1:] for matcher in own] == [("=", "shop")], selector


def test_the_counters_redis_is_known_by_the_labels_that_the_stack_names() -> None:
    named = Alerts(exporters=("redis-exporter",), redis={"namespace": "omnify-data", "job": 'the "one"'})
    rule = _rules(named, namespace="shop")["KongCountersUnreachable"]
    (selector,) = parse(rule["expr"]).selectors
    assert selector.matchers == (("namespace", "=", "omnify-data"), ("job", "=", 'the "one"'))


def test_nothing_but_the_namespace_and_the_link_differs_from_the_files() -> None:
    assert _rules(namespace="omnify-gateway") == {alert: rule for alert, (_, rule) in ALERTS.items()}


def test_runbooks_are_where_the_stack_says() -> None:
    base = "https://git.example/omnify-gateway/docs/alerts.md"
    found = _rules(Alerts(runbooks=base))
    assert found["KongSlow"]["annotations"]["runbook_url"] == f"{base}#kongslow"


@pytest.mark.parametrize(
    ("alerts", "mode", "files"),
    [
        (Alerts(), "database", {"kong", "database", "kube-state-metrics"}),
        (Alerts(), "dbless", {"kong", "kube-state-metrics"}),
        (Alerts(exporters=()), "database", {"kong", "database"}),
        (Alerts(exporters=("cert-manager",)), "dbless", {"kong", "cert-manager"}),
    ],
)
def test_there_are_rules_about_what_has_metrics_alone(alerts: Alerts, mode: str, files: set[str]) -> None:
    wanted = {rule["alert"] for name in files for group in groups_of(name) for rule in group["rules"]}
    assert set(_rules(alerts, mode=mode)) == wanted


def test_each_alert_is_seen_to_fire() -> None:
    """By `promtool test rules`, below; this holds where there is no promtool, too."""
    expected = {alert for file in RULE_TESTS for alert in re.findall(r'alertname="(\w+)"', file.read_text("utf-8"))}
    assert expected == set(ALERTS)


def _stacks_files(folder: Path) -> Iterator[Path]:
    """A stack's rules as a file; the operator's own format is Prometheus's."""
    for mode in ("database", "dbless"):
        file = folder / f"{mode}.yaml"
        file.write_text(yaml.safe_dump({"groups": rule_groups(EVERYBODY, namespace="shop", mode=mode)}), "utf-8")
        yield file


def _promtool(*arguments: str | Path) -> None:
    run = subprocess.run([str(PROMTOOL), *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@needs_promtool
def test_prometheus_accepts_the_rules(tmp_path: Path) -> None:
    _promtool("check", "rules", *RULES.glob("*.yaml"), *_stacks_files(tmp_path))


@needs_promtool
@pytest.mark.parametrize("file", RULE_TESTS, ids=[file.stem for file in RULE_TESTS])
def test_alerts_fire_when_they_should_and_only_then(file: Path) -> None:
    _promtool("test", "rules", file)
