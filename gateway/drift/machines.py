"""The report for machines, in a form that keeps."""

import json
from collections.abc import Sequence
from typing import Any, Final

from entities.drift import Changed, Drift, Finding, Stray
from gateway.drift.report import NodeDrift, Report

VERSION: Final = 1
"""Of the form. It changes when a key goes or means something else, not when one is added."""


def as_json(report: Report) -> str:
    """The whole report:

    - `version`, `stack`, `mode`, `admin` (where it was read), `clean`;
    - `nodes`: one for each way in which nodes differ, with their `pods` (none where one speaks for all), `clean`,
      `declared` (how many entities are) and lists of entities: `missing`, `changed` and `undeclared`, which are drift,
      and `allowed`, `unowned` and `others`, which are none;
    - an entity: `kind`, `key`, `id`, `decidesAccess`; a changed or allowed one has `fields` (`path`, `desired`, `live`;
      secrets as `[secret]`), one that nothing declares its `tie` to the stack.
    """
    document = {
        "version": VERSION,
        "stack": report.stack,
        "mode": report.mode,
        "admin": report.admin,
        "clean": report.clean,
        "nodes": [_node(node) for node in report.nodes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def unreadable_json(stack: str, reason: str) -> str:
    """What stands in the place of a report that there is none of: `version`, `stack` and `failure`."""
    return json.dumps({"version": VERSION, "stack": stack, "failure": reason}, indent=2, ensure_ascii=False) + "\n"


def _node(node: NodeDrift) -> dict[str, Any]:
    drift: Drift = node.drift
    return {
        "pods": list(node.names),
        "clean": drift.clean,
        "declared": drift.declared,
        "missing": _entities(drift.missing),
        "changed": _entities(drift.changed),
        "undeclared": _entities(drift.undeclared),
        "allowed": _entities(drift.allowed),
        "unowned": _entities(drift.unowned),
        "others": _entities(drift.others),
    }


def _entities(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [_entity(finding) for finding in findings]


def _entity(finding: Finding) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": finding.kind,
        "key": finding.key,
        "id": finding.id,
        "decidesAccess": finding.decides_access,
    }
    match finding:
        case Changed():
            fields = [
                {"path": list(field.path), "desired": field.desired, "live": field.live} for field in finding.fields
            ]
            return document | {"fields": fields}
        case Stray():
            return document | {"tie": finding.tie.value}
        case _:
            return document
