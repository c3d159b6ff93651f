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
        ({"a": 1, "b": 2}, {"a": 1}, ["b: 2 → None"]),
        ({"paths": ["/a"]}, {"paths": ["/b"]}, ["paths.0: /a → /b"]),
        ({"paths": []}, {"paths": ["/b"]}, ["paths: [] → ['/b']"]),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "B", "value": "3"}]},
            ["env.A: {'name': 'A', 'value': '1'} → None", "env.B.value: 2 → 3"],
        ),
        (
            {"configJson": json.dumps({"minute": 5, "hour": 9})},
            {"configJson": json.dumps({"minute": 6, "hour": 9})},
            ["configJson.minute: 5 → 6"],
        ),
        ({"access": ["one\ntwo"]}, {"access": ["one\nthree"]}, ["access.0: … → …"]),
    ],
    ids=["same", "leaf", "gone", "item", "first item", "named items", "text that is JSON", "long values"],
)
def test_changes_name_the_leaf_and_both_values(old: Any, new: Any, said: list[str]) -> None:
    assert list(changes(old, new)) == said
