"""The alert rules of the repository, as those of one stack.

The files are rules that Prometheus can read as they stand, about the gateway of one namespace; a stack's rules are the
same about its own.
"""

from collections.abc import Sequence
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
    runbooks = alerts.runbooks or FILES_RUNBOOKS
    return [
        {**group, "rules": [_rule(rule, namespace=namespace, runbooks=runbooks) for rule in group["rules"]]}
        for name in (*own, *alerts.exporters)
        for group in groups_of(name)
    ]


def groups_of(name: str) -> Sequence[dict[str, Any]]:
    """The groups of a file as they stand."""
    return yaml.safe_load((RULES / f"{name}.yaml").read_text("utf-8"))["groups"]


def _rule(rule: dict[str, Any], *, namespace: str, runbooks: str) -> dict[str, Any]:
    annotations = rule["annotations"]
    return {
        **rule,
        "expr": rule["expr"].replace(FILES_NAMESPACE, f'namespace="{namespace}"'),
        "annotations": {
            **annotations,
            "runbook_url": annotations["runbook_url"].replace(FILES_RUNBOOKS, runbooks),
        },
    }
