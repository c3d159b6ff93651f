"""An operation of the Pulumi CLI as its events tell it (`--json`), in the terms of the sandbox's own engine."""

import json
from collections.abc import Callable, Iterable
from typing import Final

from pulumi.automation import DiagnosticEvent, EngineEvent, OpType, StepEventMetadata

from sandbox.engine.changes import changes
from sandbox.engine.steps import Action, Report, Step

_ACTIONS: Final = {
    OpType.SAME: Action.SAME,
    OpType.CREATE: Action.CREATED,
    OpType.UPDATE: Action.UPDATED,
    OpType.REPLACE: Action.REPLACED,
    OpType.DELETE: Action.DELETED,
}
"""What the other steps do is part of one of these: a replacement creates and deletes."""


def follow(lines: Iterable[str], report: Report, at: Callable[[str], None]) -> list[str]:
    """Tell of an operation while it goes on, and return what went wrong.

    `report` gets each resource that is done, `at` what the engine waits for.
    """
    errors: list[str] = []
    for line in lines:
        if not line.startswith("{"):
            # The CLI says in plain text what happens before there are events.
            errors.append(line.strip())
            continue
        event = EngineEvent.from_json(json.loads(line))  # pyright: ignore[reportUnknownMemberType] - a bare dict
        if event.res_outputs_event is not None:
            _report(event.res_outputs_event.metadata, report)
        if event.diagnostic_event is not None:
            _tell(event.diagnostic_event, errors, at)
    return [error for error in errors if error]


def _report(step: StepEventMetadata, report: Report) -> None:
    state = step.new or step.old
    # Components and providers are nothing outside the state.
    outside = state is not None and state.custom and not step.type.startswith("pulumi:providers:")
    if not outside or step.op not in _ACTIONS:
        return
    changed = changes(step.old.inputs, step.new.inputs) if step.old and step.new else ()
    action = _ACTIONS[step.op]
    shown = tuple(changed) if action in (Action.UPDATED, Action.REPLACED) else ()
    report(Step(action, step.type, _name(step.urn), shown))


def _tell(diagnostic: DiagnosticEvent, errors: list[str], at: Callable[[str], None]) -> None:
    message = diagnostic.message.strip()
    if diagnostic.severity == "error":
        errors.append(f"{_name(diagnostic.urn)}: {message}" if diagnostic.urn else message)
    elif message and diagnostic.severity == "info" and diagnostic.urn:
        at(f"{_name(diagnostic.urn)}: {message}")


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
