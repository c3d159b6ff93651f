"""What changed in a resource, in words."""

import json

import pytest

from sandbox.engine.changes import changes
from sandbox.engine.steps import Action, Step, kind
from sandbox.rehearsal.display import summary


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, ["spec.replicas: 1 → 2"]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"a": 1, "b": 2}, ["b: None → 2"]),
        ({"a": 1, "b": 2}, {"a": 1}, ["b: 2 → None"]),
        ({"env": [{"name": "x", "value": "1"}]}, {"env": [{"name": "x", "value": "2"}]}, ["env.x.value: 1 → 2"]),
        ({"json": json.dumps({"minute": 5})}, {"json": json.dumps({"minute": 6})}, ["json.minute: 5 → 6"]),
        ({"a": "x" * 41}, {"a": "y\nz"}, ["a: … → …"]),
        ({"a": "[no JSON"}, {"a": "{neither"}, ["a: [no JSON → {neither"]),
    ],
)
def test_each_leaf_that_differs_is_said_with_its_path(old: object, new: object, said: list[str]) -> None:
    assert list(changes(old, new)) == said


def test_a_summary_counts_what_was_done() -> None:
    actions = (Action.CREATED, Action.SAME, Action.DELETED, Action.CREATED)
    steps = [Step(action, "kong:index/route:Route", "a") for action in actions]

    assert summary(steps) == "2 created, 1 deleted, 1 unchanged"
    assert summary([step for step in steps if step.action is Action.CREATED]) == "2 created"
    assert summary([step for step in steps if step.action is Action.SAME]) == (
        "nothing to change, 1 resources are as declared"
    )


def test_people_call_a_type_by_its_last_part() -> None:
    assert [kind("kubernetes:apps/v1:Deployment"), kind("kong:index/route:Route")] == ["Deployment", "Route"]
