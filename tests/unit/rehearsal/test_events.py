"""The Pulumi CLI's events, as `--json` prints them, in the terms of the sandbox's engine."""

import json
from typing import Any

from sandbox.engine.steps import Action, Step
from sandbox.rehearsal.events import follow

URN = "urn:pulumi:dev::omnify-gateway::omnify:tracked:KongEntities$kong:index/plugin:Plugin::consumer/free/limit"
TYPE = "kong:index/plugin:Plugin"


def outputs(op: str, old: Any, new: Any, *, custom: bool = True, type_: str = TYPE) -> str:
    def state(inputs: Any) -> Any:
        return (
            {"type": type_, "urn": URN, "custom": custom, "id": "i", "inputs": inputs} if inputs is not None else None
        )

    metadata = {"op": op, "urn": URN, "type": type_, "old": state(old), "new": state(new), "provider": ""}
    return json.dumps({"sequence": 1, "timestamp": 1, "resOutputsEvent": {"metadata": metadata}})


def diagnostic(severity: str, message: str, urn: str = "") -> str:
    event = {"severity": severity, "message": message, "urn": urn, "color": "never"}
    return json.dumps({"sequence": 1, "timestamp": 1, "diagnosticEvent": event})


def followed(*lines: str) -> tuple[list[Step], list[str], list[str]]:
    steps: list[Step] = []
    waits: list[str] = []
    errors = follow(lines, steps.append, waits.append)
    return steps, waits, errors


def test_each_resource_is_told_once_with_what_changed() -> None:
    steps, _, errors = followed(
        outputs("same", {"a": 1}, {"a": 1}),
        outputs("create", None, {"a": 1}),
        outputs("update", {"a": 1}, {"a": 2}),
        outputs("delete", {"a": 1}, None),
        outputs("create-replacement", {"a": 1}, {"a": 2}),
        outputs("replace", {"a": 1}, {"a": 2}),
        outputs("delete-replaced", {"a": 1}, None),
    )

    name = "consumer/free/limit"
    assert steps == [
        Step(Action.SAME, TYPE, name),
        Step(Action.CREATED, TYPE, name),
        Step(Action.UPDATED, TYPE, name, ("a: 1 → 2",)),
        Step(Action.DELETED, TYPE, name),
        Step(Action.REPLACED, TYPE, name, ("a: 1 → 2",)),
    ]
    assert errors == []


def test_components_and_providers_are_not_told() -> None:
    provider = outputs("create", None, {}, type_="pulumi:providers:kubernetes")

    assert followed(outputs("create", None, {}, custom=False), provider)[0] == []


def test_what_is_waited_for_is_told_with_the_resource() -> None:
    _, waits, errors = followed(
        diagnostic("info", "Waiting for app ReplicaSet to be available\n", URN),
        diagnostic("info", "\n", URN),
        diagnostic("debug", "registering resource", URN),
        diagnostic("warning", "using a plugin from PATH"),
    )

    assert waits == ["consumer/free/limit: Waiting for app ReplicaSet to be available"]
    assert errors == []


def test_errors_come_back_with_their_resources_and_so_does_plain_text() -> None:
    _, _, errors = followed(
        "error: the stack is currently locked\n",
        "\n",
        diagnostic("error", "schema violation (minute: expected a number)\n", URN),
        diagnostic("error", "update failed"),
    )

    assert errors == [
        "error: the stack is currently locked",
        "consumer/free/limit: schema violation (minute: expected a number)",
        "update failed",
    ]
