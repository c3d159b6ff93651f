"""The alert rules of `workflows/monitoring`, as those of one stack.

The files are rules that Prometheus can read as they stand, about the stack of one namespace; a stack's rules are the
same about its own.
"""

from pathlib import Path
from typing import Any

import yaml

from components.platform.alert_rules import of_stack
from workflows.settings.observability import Alerts

MONITORING = Path(__file__).parents[1] / "monitoring"
RULES = MONITORING / "rules"
FILES_NAMESPACE, FILES_EXECUTIONS = 'namespace="omnify-workflows"', '="omnify"'
"""How the files name the Kubernetes namespace and Temporal's, in every selector that names one."""
FILES_RUNBOOKS = "docs/workflows-alerts.md"
"""How the files name the runbooks, before the section."""


def rule_groups(alerts: Alerts, *, namespace: str, executions: str) -> list[dict[str, Any]]:
    """The groups of a stack's PrometheusRule."""
    names = {FILES_NAMESPACE: f'namespace="{namespace}"', FILES_EXECUTIONS: f'="{executions}"'}
    links = {FILES_RUNBOOKS: alerts.runbooks or FILES_RUNBOOKS}
    files = (yaml.safe_load(file.read_text("utf-8")) for file in sorted(RULES.glob("*.yaml")))
    return [group for document in files for group in of_stack(document["groups"], names, links)]
