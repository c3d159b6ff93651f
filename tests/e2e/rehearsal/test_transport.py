"""A gateway behind TLS that Kong itself guards: real requests see the redirect, the header and the client's address."""

import httpx
import pytest

from tests.e2e.rehearsal.driver import Rehearsals
from tests.program.stacks import section

pytestmark = pytest.mark.xdist_group("rehearsal")


def test_kong_sends_plain_http_on_and_everything_else_works_by_https(rehearsals: Rehearsals) -> None:
    ingress = section("prod", "ingress", className="traefik", managerAuth=None)
    up = rehearsals.up("prod", ingress=ingress, network={"trustedProxies": ["10.0.0.0/8"]})

    assert up.code == 0, up.text
    assert [line.split()[-3:] for line in up.lines("  ✓ Plain HTTP is sent on to https")] == [
        ["308", "to", "https://kong.omnify.local/api/auth/"]
    ]
    assert up.lines("  ✓ Browsers are told to stay with https") != []

    url, host = rehearsals.url("proxy"), {"Host": "kong.omnify.local"}
    plain = httpx.get(f"{url}/health?a=1", headers=host, trust_env=False)
    assert (plain.status_code, plain.headers["Location"]) == (308, "https://kong.omnify.local/health?a=1")
    assert "Strict-Transport-Security" not in plain.headers

    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    secure = httpx.get(f"{url}/health", headers=host | told, trust_env=False)
    assert secure.status_code == 200
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert secure.json()["headers"]["x-real-ip"] == "203.0.113.9"
