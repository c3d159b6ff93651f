"""A stack with a loopback: the Job that writes it is played, and then it is there for programs and for people."""

import httpx
import pytest

from tests.e2e.rehearsal.driver import Rehearsals
from tests.program.stacks import section

pytestmark = pytest.mark.xdist_group("rehearsal")

TOLD = {"Host": "kong-admin.omnify.local", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


def test_a_stack_with_a_loopback_is_rehearsed_whole(rehearsals: Rehearsals) -> None:
    admin = {
        "access": "loopback",
        "allowed": ["203.0.113.0/24"],
        "programs": {"pulumi": {"name": "kong-admin-keys", "key": "pulumi"}},
        "people": {"alice": {"name": "kong-people", "key": "alice"}},
    }
    ingress = section("prod", "ingress", managerAuth=None)
    sections = {"admin": admin, "ingress": ingress, "network": {"trustedProxies": ["10.0.0.0/8"]}}

    up = rehearsals.up("prod", **sections)

    assert up.code == 0, up.text
    assert any(name.startswith("Job kong-administration-") for name in rehearsals.objects("prod"))
    key = {"apikey": "rehearsed-pulumi".ljust(32, "0")}
    assert _asked(rehearsals, "/automation/services", key).status_code == 200
    assert _asked(rehearsals, "/automation/services", {}).status_code == 401

    again = rehearsals.up("prod", **sections)
    assert "nothing to change, " in again.text


def _asked(rehearsals: Rehearsals, path: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.get(f"{rehearsals.url('proxy')}{path}", headers=TOLD | headers, trust_env=False)
