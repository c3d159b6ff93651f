"""The alert rules of the repository, as those of one stack.

The files are rules that Prometheus can read as they stand, about the gateway of one namespace; a stack's rules are the
same about its own.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from config.observability import Alerts

RULES = Path(__file__).parents[2] / "monitoring" / "rules"
"""Prometheus's rule files, one for each source of metrics."""
OWN_RULES = ("kong", "database")
"""The files about Kong's own metrics; the others are named after their exporters."""
FILES_NAMESPACE = 'namespace="omnify-gateway"'
"""How the files name the namespace, in every selector."""
FILES_RUNBOOKS = "docs/alerts.md"
"""How the files name the runbooks, before the section."""


def rule_groups(alerts: Alerts, *, namespace: str, mode: str) -> list[dict[str, Any]]:
    """The groups of a stack's PrometheusRule; without a database none about it."""
    own = [name for name in OWN_RULES if mode == "database" or name != "database"]
    return [
        group
        for name in (*own, *alerts.exporters)
        for group in of_stack(
            groups_of(name),
            {FILES_NAMESPACE: _own_series(name, alerts, namespace)},
            {FILES_RUNBOOKS: alerts.runbooks or FILES_RUNBOOKS},
        )
    ]


def _own_series(name: str, alerts: Alerts, namespace: str) -> str:
    """What tells the stack's own series from others, in the selectors of a file."""
    labels = alerts.redis if name == "redis-exporter" and alerts.redis else {"namespace": namespace}
    return ", ".join(f"{label}={json.dumps(value)}" for label, value in labels.items())


def groups_of(name: str) -> Sequence[dict[str, Any]]:
    """The groups of a file as they stand."""
    return yaml.safe_load((RULES / f"{name}.yaml").read_text("utf-8"))["groups"]


def of_stack(
    groups: Sequence[dict[str, Any]], names: Mapping[str, str], links: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Groups with what a stack says in the place of what the files say: in each query, and in each link."""
    return [{**group, "rules": [_rule(rule, names, links) for rule in group["rules"]]} for group in groups]


def _rule(rule: dict[str, Any], names: Mapping[str, str], links: Mapping[str, str]) -> dict[str, Any]:
    annotations = rule["annotations"]
    return {
        **rule,
        "expr": _replaced(rule["expr"], names),
        "annotations": {**annotations, "runbook_url": _replaced(annotations["runbook_url"], links)},
    }


def _replaced(text: str, instead: Mapping[str, str]) -> str:
    for said, wanted in instead.items():
        text = text.replace(said, wanted)
    return text
