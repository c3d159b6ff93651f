"""Declared states of a stack: of the repository's dev, with edits."""

import json
from typing import Any

from config.files import NAMESPACE
from entities.desired import desired_state
from entities.masking import MASK
from entities.state import Owner
from entities.validation import validated
from gateway.changes.comparison import compared
from gateway.changes.declared import Declared, declared
from gateway.changes.report import Change, Report
from gateway.rendering import by_kind
from tests.unit.config.documents import Edit, edited

Manifest = dict[str, Any]


def kong(*edits: Edit) -> Declared:
    """What Kong should hold, as `render --format json` prints it and another process reads it."""
    state = desired_state(validated(edited("dev", *edits)), Owner(NAMESPACE, "dev"))
    return declared(json.dumps(by_kind(state), default=lambda _: MASK), "")


def objects(*manifests: Manifest) -> Declared:
    return Declared(objects=manifests)


def manifest(kind: str, name: str, **fields: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "gateway"}, **fields}


def report(before: Declared, after: Declared) -> Report:
    return compared("dev", before, after)


def told(report: Report) -> list[str]:
    """Each change as one text."""
    return [f"{change.action} {change.kind} {change.key}" for change in report.changes]


def change(report: Report, key: str) -> Change:
    return next(change for change in report.changes if change.key == key)


def fields(change: Change) -> dict[str, tuple[Any, Any]]:
    return {".".join(map(str, field.path)): (field.before, field.after) for field in change.fields}
