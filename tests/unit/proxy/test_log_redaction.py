"""What a log entry may hold: Kong hides two headers, the rest is up to what the gateway's log is configured with."""

from typing import Any, cast

import pytest

from config.traffic import Traffic
from entities.access_log import access_log
from entities.model import Scope
from tests.unit.proxy.harness import Gateway

FIELDS = cast("dict[str, str]", access_log(Scope(), Traffic()).config["custom_fields_by_lua"])

SECRET = "s3cr3t-value"


async def send_secrets(gateway: Gateway) -> dict[str, Any]:
    names = ("Authorization", "Proxy-Authorization", "Cookie", "apikey", "X-Api-Key", "Proxy_Authorization", "X-New")
    await gateway.get(f"/a?token={SECRET}", headers=[("User-Agent", "test"), *((name, SECRET) for name in names)])
    (entry,) = gateway.log_entries()
    return entry


async def test_kong_alone_hides_two_headers(gateway: Gateway) -> None:
    gateway.plugin("file-log", {"path": "/dev/stdout"})
    request = (await send_secrets(gateway))["request"]
    hidden = {name for name, value in request["headers"].items() if value == "REDACTED"}
    assert hidden == {"authorization", "proxy-authorization"}
    assert request["headers"]["cookie"] == request["querystring"]["token"] == SECRET
    assert SECRET in request["url"]


async def test_fields_by_lua_take_every_credential_out(gateway: Gateway) -> None:
    gateway.plugin("file-log", {"path": "/dev/stdout", "custom_fields_by_lua": FIELDS})
    gateway.plugin("response-transformer", {"add": {"headers": [f"Set-Cookie:{SECRET}"]}})
    entry = await send_secrets(gateway)
    assert SECRET not in gateway.log.getvalue().decode()
    assert entry["request"]["headers"] == {"host": "gateway.test", "user-agent": "test", "accept": "*/*"}
    assert (entry["request"]["uri"], entry["upstream_uri"]) == ("/a", "/a")
    assert entry["request"]["url"] == "http://gateway.test/a"
    assert "querystring" not in entry["request"]


@pytest.mark.parametrize("status", [404, 200])
async def test_redaction_works_without_a_route_as_well(gateway: Gateway, status: int) -> None:
    gateway.plugin("file-log", {"path": "/dev/stdout", "custom_fields_by_lua": FIELDS})
    if status == 404:
        gateway.store.remove("routes", gateway.route)
    await send_secrets(gateway)
    assert SECRET not in gateway.log.getvalue().decode()
