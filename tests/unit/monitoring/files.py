"""The files of `monitoring/`: alerts and the queries of dashboards."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

MONITORING = Path(__file__).parents[3] / "monitoring"
RULE_FILES = sorted((MONITORING / "rules").glob("*.yaml"))
RULE_TESTS = sorted((MONITORING / "tests").glob("*.yaml"))
DASHBOARD_FILES = sorted((MONITORING / "dashboards").glob("*.json"))

Rule = dict[str, Any]
Dashboard = dict[str, Any]


def rules(file: Path) -> Iterator[Rule]:
    for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
        yield from group["rules"]


ALERTS: dict[str, tuple[Path, Rule]] = {rule["alert"]: (file, rule) for file in RULE_FILES for rule in rules(file)}
"""Each alert by its name, with its file."""


def dashboard(file: Path) -> Dashboard:
    return json.loads(file.read_text("utf-8"))


def panel_queries(document: Dashboard) -> Iterator[tuple[str, str]]:
    """Each panel's title with one of its queries, as Prometheus gets it."""
    for panel in document["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")
