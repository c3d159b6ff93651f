"""Patches that would weaken the pods."""

import pytest
from pydantic import JsonValue

from config.patches import Patch, problems
from tests.unit.platform.pods import ALLOWED, REFUSED


@pytest.mark.parametrize("pod", [each.pod for each in REFUSED], ids=[each.what for each in REFUSED])
def test_what_the_namespace_refuses_is_refused_at_the_desk(pod: dict[str, JsonValue]) -> None:
    found = list(problems([_patch(pod)]))
    assert found
    assert all("not allowed by Pod Security's level restricted; " in each.message for each in found)


@pytest.mark.parametrize("pod", [each.pod for each in ALLOWED], ids=[each.what for each in ALLOWED])
def test_what_it_admits_is_admitted(pod: dict[str, JsonValue]) -> None:
    assert list(problems([_patch(pod)])) == []


def _patch(pod: dict[str, JsonValue]) -> Patch:
    return Patch(kind="Deployment", name="kong", patch={"spec": {"template": {"spec": pod}}})
