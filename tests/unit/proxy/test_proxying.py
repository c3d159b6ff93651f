"""Requests on their way to the service and back."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.kong.proxy import Proxy
from tests.unit.proxy.harness import Gateway, reference, serving


async def test_request_arrives_with_kongs_headers(gateway: Gateway) -> None:
    answer = await gateway.get("/a%20b?x=1", headers={"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https"})
    sent = dict(answer.json()["headers"])
    assert answer.json()["path"] == "/a%20b"
    assert answer.json()["query"] == "x=1"
    assert sent["x-forwarded-for"] == "9.9.9.9, 127.0.0.1"
    assert sent["x-forwarded-proto"] == "http"
    assert sent["x-forwarded-host"] == "gateway.test"
    assert sent["x-forwarded-path"] == "/a%20b"
    assert sent["x-real-ip"] == "127.0.0.1"
    assert sent["host"] == f"127.0.0.1:{gateway.service['port']}"
    assert sent["via"] == "1.1 kong/3.9.1"
    assert answer.headers["via"] == "1.1 kong/3.9.1"
    assert sent["x-kong-request-id"] == answer.headers["x-kong-request-id"]
    assert {"x-kong-upstream-latency", "x-kong-proxy-latency"} <= answer.headers.keys()


async def test_unmatched_request_gets_kongs_404(gateway: Gateway) -> None:
    gateway.store.remove("routes", gateway.route)
    answer = await gateway.get("/nothing")
    assert answer.status_code == 404
    assert answer.json() == {
        "message": "no Route matched with those values",
        "request_id": answer.headers["x-kong-request-id"],
    }
    assert answer.headers["server"] == "kong/3.9.1"


async def test_route_without_a_service_gets_503(gateway: Gateway) -> None:
    gateway.store.add("routes", name="lost", paths=["/lost"])
    answer = await gateway.get("/lost")
    assert (answer.status_code, answer.json()["message"]) == (503, "no Service found with those values")


async def test_route_for_https_only_asks_for_an_upgrade(gateway: Gateway) -> None:
    gateway.store.add("routes", name="tls", paths=["/tls"], protocols=["https"], service=reference(gateway.service))
    answer = await gateway.get("/tls")
    assert (answer.status_code, answer.json()["message"]) == (426, "Please use HTTPS protocol")
    assert answer.headers["upgrade"] == "TLS/1.2, HTTP/1.1"


async def test_service_that_refuses_connections_gives_502(gateway: Gateway) -> None:
    _route_to(gateway, "/down", host="127.0.0.1", port=9)
    answer = await gateway.get("/down")
    assert answer.status_code == 502
    assert answer.json()["message"] == "An invalid response was received from the upstream server"


async def test_unknown_name_gives_503(gateway: Gateway) -> None:
    _route_to(gateway, "/unknown", host="no-such-host.invalid", port=80)
    answer = await gateway.get("/unknown")
    assert (answer.status_code, answer.json()["message"]) == (503, "name resolution failed")


async def test_silent_service_gives_504(gateway: Gateway) -> None:
    silent = await asyncio.start_server(lambda _reader, _writer: asyncio.sleep(5), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    _route_to(gateway, "/silent", host="127.0.0.1", port=port, read_timeout=50)
    answer = await gateway.get("/silent")
    silent.close()
    assert (answer.status_code, answer.json()["message"]) == (504, "The upstream server is timing out")


async def test_client_that_accepts_html_gets_html(gateway: Gateway) -> None:
    gateway.store.remove("routes", gateway.route)
    answer = await gateway.get("/", headers={"Accept": "text/html,application/json;q=0.5"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<p>no Route matched with those values.</p>" in answer.text


async def test_repeated_authorization_is_refused_as_by_nginx(gateway: Gateway) -> None:
    answer = await gateway.get("/", headers=[("Authorization", "a"), ("Authorization", "b")])
    assert (answer.status_code, answer.json()["message"]) == (400, "Bad request")


HOP_BY_HOP = {"TE": "trailers", "Proxy": "x", "Expect": "100-continue", "Upgrade": "h2c", "Trailer": "X"}


async def test_hop_by_hop_headers_stop_at_the_gateway(gateway: Gateway) -> None:
    answer = await gateway.get("/", headers={**HOP_BY_HOP, "Connection": "X-Secret", "X-Secret": "1"})
    names = {name for name, _ in answer.json()["headers"]}
    assert names.isdisjoint({"x-secret", *(name.lower() for name in HOP_BY_HOP)})


async def test_requests_go_round_the_targets_by_weight(gateway: Gateway) -> None:
    upstream = gateway.store.add("upstreams", name="pool")
    port = gateway.service["port"]
    for host, weight in (("127.0.0.1", 100), ("127.0.0.2", 200), ("127.0.0.3", 0)):
        gateway.store.add("targets", upstream=reference(upstream), target=f"{host}:{port}", weight=weight)
    _route_to(gateway, "/pool", host="pool", port=80)
    gateway.plugin("file-log", {"path": "/dev/stdout"})
    for _ in range(6):
        await gateway.get("/pool")
    seen = [entry["tries"][0]["ip"] for entry in gateway.log_entries()]
    assert sorted(seen) == ["127.0.0.1"] * 2 + ["127.0.0.2"] * 4


async def test_dead_target_is_passed_over(gateway: Gateway) -> None:
    upstream = gateway.store.add("upstreams", name="pool")
    for address in ("127.0.0.1:9", f"127.0.0.1:{gateway.service['port']}"):
        gateway.store.add("targets", upstream=reference(upstream), target=address, weight=1)
    _route_to(gateway, "/pool", host="pool", port=80, retries=1)
    assert [(await gateway.client.post("/pool")).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(("method", "attempts"), [("GET", 3), ("POST", 1)])
async def test_only_what_may_be_repeated_is_sent_again(gateway: Gateway, method: str, attempts: int) -> None:
    connections = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    _route_to(gateway, "/rude", host="127.0.0.1", port=server.sockets[0].getsockname()[1], retries=2)
    answer = await gateway.client.request(method, "/rude")
    server.close()
    assert (answer.status_code, connections) == (502, attempts)


async def test_upstream_without_targets_gives_503(gateway: Gateway) -> None:
    gateway.store.add("upstreams", name="pool")
    _route_to(gateway, "/pool", host="pool", port=80)
    answer = await gateway.get("/pool")
    assert (answer.status_code, answer.json()["message"]) == (503, "failure to get a peer from the ring-balancer")


async def test_resolver_says_where_a_service_is(gateway: Gateway) -> None:
    _route_to(gateway, "/named", host="omnify-api.default.svc", port=8080)
    proxy = Proxy(gateway.store, resolve=lambda _host, _port: ("127.0.0.1", gateway.service["port"]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(proxy.application), base_url="http://g") as client:
        answer = await client.get("/named")
    await proxy.close()
    assert dict(answer.json()["headers"])["host"] == "omnify-api.default.svc:8080"


@pytest.mark.parametrize("chunked", [False, True])
async def test_ten_megabytes_go_up_and_down_over_sockets(gateway: Gateway, chunked: bool) -> None:
    size = 10 * 2**20

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"x" * 65_536

    with serving(gateway.proxy.application) as url:
        async with httpx.AsyncClient(base_url=url, timeout=20) as client:
            up = await client.post("/up", content=stream() if chunked else b"x" * size)
            down = await client.get("/download/160")
    assert up.json()["size"] == size
    assert dict(up.json()["headers"])["content-length"] == str(size)
    assert len(down.content) == size


def _route_to(gateway: Gateway, path: str, **service: object) -> None:
    created = gateway.store.add("services", **{"protocol": "http", "retries": 0, **service})
    gateway.store.add("routes", name=path.strip("/"), paths=[path], service=reference(created))
