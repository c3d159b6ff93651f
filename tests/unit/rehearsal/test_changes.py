"""What differs between two states of a resource, in words."""

import json
from typing import Any

import pytest

from sandbox.engine.changes import changes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, ["spec.replicas: 1 → 2"]),
        ({"a": 1, "b": 2}, {"a": 1}, ["b: 2 → none"]),
        ({"enabled": True}, {"enabled": False}, ["enabled: true → false"]),
        ({"a": None, "b": 1}, {"a": "x\ny", "b": 1}, ["a: added"]),
        ({"a": {"p": "x" * 41}, "b": 1}, {"b": 1}, ["a: removed"]),
        ({"paths": ["/a"]}, {"paths": ["/b"]}, ["paths.0: /a → /b"]),
        ({"paths": []}, {"paths": ["/b"]}, ['paths: [] → ["/b"]']),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "B", "value": "3"}]},
            ["env.A: 1 → none", "env.B.value: 2 → 3"],
        ),
        (
            {"configJson": json.dumps({"minute": 5, "hour": 9})},
            {"configJson": json.dumps({"minute": 6, "hour": 9})},
            ["configJson.minute: 5 → 6"],
        ),
        ({"access": ["one\ntwo"]}, {"access": ["one\nthree"]}, ["access.0: changed"]),
    ],
    ids=[
        "same",
        "leaf",
        "gone",
        "switch",
        "long and new",
        "long and gone",
        "item",
        "first item",
        "named items",
        "text that is JSON",
        "long values",
    ],
)
def test_changes_name_the_leaf_and_both_values(old: Any, new: Any, said: list[str]) -> None:
    assert list(changes(old, new)) == said
