"""What a real Kong 3.9.1 enforced, and the stand-in's proxy enforces: one scenario for each recorded check.

A scenario configures the plugin, sends requests, and tells what came of it in the recording's own words.
"""

import json
import time
from ast import literal_eval
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import httpx
import jwt
import pytest

from tests.recordings import RECORDINGS, needs_recordings, recorded_json
from tests.unit.guard.tokens import private_key, public_key
from tests.unit.proxy.harness import Gateway, reference, serving

Scenario = Callable[[Gateway], Awaitable[Any]]
"""What it returns is compared with the recorded `info`; None compares nothing more than its own assertions."""

SCENARIOS: dict[str, Scenario] = {}


def check(name: str) -> Callable[[Scenario], Scenario]:
    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[name] = scenario
        return scenario

    return register


def recorded_checks() -> list[dict[str, Any]]:
    return recorded_json("enforcement-results.json") if RECORDINGS.is_dir() else []


@needs_recordings
def test_every_recorded_check_has_a_scenario() -> None:
    assert {entry["check"] for entry in recorded_checks()} == set(SCENARIOS)


@needs_recordings
@pytest.mark.parametrize("recorded", recorded_checks(), ids=lambda entry: entry["check"])
async def test_proxy_enforces_what_kong_enforced(gateway: Gateway, recorded: dict[str, Any]) -> None:
    assert recorded["pass"]
    outcome = await SCENARIOS[recorded["check"]](gateway)
    if outcome is not None:
        assert _without_request_id(outcome) == _without_request_id(_parsed(recorded["info"]))


def _parsed(info: str) -> Any:
    try:
        return literal_eval(info)
    except (ValueError, SyntaxError):
        return info


def _without_request_id(outcome: object) -> object:
    if not isinstance(outcome, dict) or "request_id" not in outcome:
        return cast("object", outcome)
    fields = cast("dict[str, str]", outcome)
    assert len(fields["request_id"]) == 32
    return {name: value for name, value in fields.items() if name != "request_id"}


def with_token(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


def hs256(**claims: Any) -> str:
    return jwt.encode({"iss": "hs", "exp": int(time.time()) + 300} | claims, "s" * 32, algorithm="HS256")


def with_jwt(gateway: Gateway, **config: Any) -> None:
    """Consumer `gold` with one HS256 and one RS256 credential, behind jwt and acl."""
    consumer = gateway.consumer("gold-consumer", "gold")
    gateway.store.add("jwt_secrets", consumer=reference(consumer), key="hs", secret="s" * 32, algorithm="HS256")
    gateway.store.add(
        "jwt_secrets", consumer=reference(consumer), key="rs", algorithm="RS256", rsa_public_key=public_key()
    )
    gateway.plugin("jwt", {"claims_to_verify": ["exp"], **config})


@check("jwt none 401")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    answer = await gateway.get()
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    return answer.json()


@check("jwt HS256 + acl allow 200")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    gateway.plugin("acl", {"allow": ["gold"]})
    answer = await gateway.get(**with_token(hs256()))
    sent = dict(answer.json()["headers"])
    assert (sent["x-consumer-groups"], sent["x-credential-identifier"]) == ("gold", "hs")
    return answer.status_code


@check("jwt RS256 200")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    token = jwt.encode({"iss": "rs", "exp": int(time.time()) + 300}, private_key(), algorithm="RS256")
    return (await gateway.get(**with_token(token))).status_code


@check("acl deny 403")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    gateway.plugin("acl", {"allow": ["platinum"]})
    answer = await gateway.get(**with_token(hs256()))
    assert answer.status_code == 403
    return answer.json()


@check("jwt bad sig 401")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    answer = await gateway.get(**with_token(hs256()[:-4] + "AAAA"))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    return answer.json()


@check("jwt expired 401")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    answer = await gateway.get(**with_token(hs256(exp=1)))
    assert answer.status_code == 401
    return answer.json()


@check("jwt maximum_expiration (exp beyond 3600s)")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway, maximum_expiration=3600)
    answer = await gateway.get(**with_token(hs256(exp=int(time.time()) + 7200)))
    return answer.status_code, answer.json()


@check("jwt no exp 401")
async def _(gateway: Gateway) -> Any:
    with_jwt(gateway)
    token = jwt.encode({"iss": "hs"}, "s" * 32, algorithm="HS256")
    answer = await gateway.get(**with_token(token))
    assert answer.status_code == 401
    return answer.json()


def with_key(gateway: Gateway) -> None:
    consumer = gateway.consumer("keyed")
    gateway.store.add("keyauth_credentials", consumer=reference(consumer), key="right")
    gateway.plugin("key-auth", {"key_names": ["apikey"], "hide_credentials": True})


@check("key-auth none 401")
async def _(gateway: Gateway) -> Any:
    with_key(gateway)
    answer = await gateway.get()
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Key")
    return answer.json()


@check("key-auth 200, hidden")
async def _(gateway: Gateway) -> Any:
    with_key(gateway)
    in_header = await gateway.get(headers={"apikey": "right"})
    assert "apikey" not in dict(in_header.json()["headers"])
    in_query = await gateway.get("/?a=1&apikey=right")
    assert in_query.json()["query"] == "a=1"
    return in_query.status_code


@check("key-auth bad 401")
async def _(gateway: Gateway) -> Any:
    with_key(gateway)
    answer = await gateway.get(headers={"apikey": "wrong"})
    assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized")
    twice = await gateway.get("/?apikey=right&apikey=wrong")
    assert (twice.status_code, twice.json()["message"]) == (401, "Duplicate API key found")


@check("rate-limiting local 3/min")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("rate-limiting", {"minute": 3, "policy": "local"})
    return [(await gateway.get()).status_code for _ in range(5)]


@check("rate-limiting cluster(pg) 3/hour")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("rate-limiting", {"hour": 3, "policy": "cluster"})
    return [(await gateway.get()).status_code for _ in range(5)]


def with_size_limit(gateway: Gateway) -> None:
    gateway.plugin("request-size-limiting", {"allowed_payload_size": 1, "size_unit": "kilobytes"})


@check("size ok 200")
async def _(gateway: Gateway) -> Any:
    with_size_limit(gateway)
    answers = [await gateway.client.post("/", content=body) for body in (b"x" * 1024, _stream(b"x" * 512, 2))]
    assert [(answer.status_code, answer.json()["size"]) for answer in answers] == [(200, 1024)] * 2


@check("size 413")
async def _(gateway: Gateway) -> Any:
    with_size_limit(gateway)
    answers = [await gateway.client.post("/", content=body) for body in (b"x" * 1025, _stream(b"x" * 205, 5))]
    assert [answer.status_code for answer in answers] == [413] * 2
    return answers[1].json()


async def _stream(chunk: bytes, times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield chunk


def with_cors(gateway: Gateway) -> None:
    config = {"origins": ["https://ok.example"], "methods": ["GET", "POST"], "headers": ["X-A"]}
    gateway.plugin("cors", {**config, "credentials": True, "max_age": 600})


def access_control(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


@check("cors preflight")
async def _(gateway: Gateway) -> Any:
    with_cors(gateway)
    headers = {"Origin": "https://ok.example", "Access-Control-Request-Method": "POST"}
    return access_control(await gateway.client.options("/", headers=headers))


@check("cors other origin passes, header fixed to the allowed one/none")
async def _(gateway: Gateway) -> Any:
    with_cors(gateway)
    return access_control(await gateway.get(headers={"Origin": "https://evil.example"}))


@check("correlation-id")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("correlation-id", {"header_name": "Kong-Request-ID", "echo_downstream": True})
    made = await gateway.get()
    assert made.headers["kong-request-id"] == dict(made.json()["headers"])["kong-request-id"]
    given = await gateway.get(headers={"Kong-Request-ID": "mine"})
    assert given.headers["kong-request-id"] == dict(given.json()["headers"])["kong-request-id"] == "mine"


@check("response-ratelimiting")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("response-ratelimiting", {"limits": {"video": {"minute": 2}}, "header_name": "X-Used"})
    headers = {"X-Use": "video=1"}
    return [(await gateway.get(headers=headers)).status_code for _ in range(4)]


@check("ip-restriction")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("ip-restriction", {"allow": ["10.0.0.0/8"], "message": "nope"})
    answer = await gateway.get()
    assert answer.status_code == 403
    return answer.json()


@check("bot-detection")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("bot-detection", {"deny": ["badbot.*"], "allow": ["goodbot"]})
    agents = ["badbot/1.0", "Googlebot/2.1", "goodbot Googlebot/2.1", "curl/8.0"]
    assert [(await gateway.get(headers={"User-Agent": agent})).status_code for agent in agents] == [403, 403, 200, 200]


@check("request-transformer")
async def _(gateway: Gateway) -> Any:
    config = {
        "add": {"headers": ["x-new:1"], "querystring": ["q:2"]},
        "remove": {"headers": ["x-old"]},
        "rename": {"headers": ["x-from:x-to"]},
        "append": {"headers": ["x-more:b"]},
    }
    gateway.plugin("request-transformer", config)
    answer = (await gateway.get(headers={"X-Old": "1", "X-From": "a", "X-More": "a"})).json()
    pairs = answer["headers"]
    assert ["x-new", "1"] in pairs
    assert ["x-to", "a"] in pairs
    assert [value for name, value in pairs if name == "x-more"] == ["a", "b"]
    assert {"x-old", "x-from"}.isdisjoint(name for name, _ in pairs)
    return f"{answer['path']}?{answer['query']}"


@check("response-transformer")
async def _(gateway: Gateway) -> Any:
    config = {
        "add": {"headers": ["x-new:1"], "json": ["added:7"], "json_types": ["number"]},
        "remove": {"headers": ["server"], "json": ["headers"]},
        "replace": {"json": ["method:changed"]},
    }
    gateway.plugin("response-transformer", config)
    answer = await gateway.get()
    assert answer.headers["x-new"] == "1"
    assert (answer.json()["added"], answer.json()["method"]) == (7, "changed")
    assert "headers" not in answer.json()


@check("request-termination")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("request-termination", {"status_code": 503, "message": "terminated"})
    answer = await gateway.get()
    assert answer.status_code == 503
    return answer.json()


@check("request-termination body")
async def _(gateway: Gateway) -> Any:
    content_type = "text/html; charset=UTF-8"
    gateway.plugin("request-termination", {"status_code": 200, "body": "<b>closed</b>", "content_type": content_type})
    answer = await gateway.get()
    assert answer.text == "<b>closed</b>"
    return answer.headers["content-type"]


@check("file-log")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("file-log", {"path": "/dev/stdout", "custom_fields_by_lua": {"team": "return 'omnify'"}})
    answer = await gateway.get("/x?y=1", headers={"Authorization": "Bearer secret"})
    (entry,) = gateway.log_entries()
    assert entry["request"]["headers"]["authorization"] == "REDACTED"
    assert entry["request"]["id"] == answer.headers["x-kong-request-id"]
    assert (entry["request"]["uri"], entry["request"]["querystring"]) == ("/x?y=1", {"y": "1"})
    assert (entry["response"]["status"], entry["service"]["name"], entry["route"]["name"]) == (200, "echo", "all")
    assert (entry["upstream_uri"], entry["upstream_status"], entry["source"]) == ("/x?y=1", "200", "upstream")
    assert entry["team"] == "omnify"
    assert entry["latencies"].keys() == {"kong", "proxy", "receive", "request"}


@check("http-log")
async def _(gateway: Gateway) -> Any:
    received: list[tuple[dict[str, str], Any]] = []

    async def collector(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            message = await receive()
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            received.append((headers, json.loads(message["body"])))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with serving(collector) as url:
        gateway.plugin("http-log", {"http_endpoint": f"{url}/logs", "headers": {"X-Key": "k"}})
        await gateway.get("/logged")
    ((headers, entry),) = received
    assert (headers["x-key"], headers["content-type"]) == ("k", "application/json")
    assert entry["request"]["uri"] == "/logged"


@check("prometheus /metrics")
async def _(gateway: Gateway) -> Any:
    gateway.plugin("prometheus", {"status_code_metrics": True, "latency_metrics": True, "bandwidth_metrics": True})
    await gateway.get()
    await gateway.get()
    lines = gateway.proxy.metrics().splitlines()
    labels = 'service="echo",route="all",code="200",source="service",workspace="default",consumer=""'
    assert f"kong_http_requests_total{{{labels}}} 2" in lines
    place = '{service="echo",route="all",workspace="default"'
    assert f"kong_request_latency_ms_count{place}}} 2" in lines
    assert f'kong_upstream_latency_ms_bucket{place},le="+Inf"}} 2' in lines
    assert any(line.startswith("kong_bandwidth_bytes{") and 'direction="egress"' in line for line in lines)
    assert "kong_datastore_reachable 1" in lines
    assert any(line.startswith("kong_node_info{") for line in lines)


@check("no route 404")
async def _(gateway: Gateway) -> Any:
    gateway.store.remove("routes", gateway.route)
    answer = await gateway.get()
    assert answer.status_code == 404
    return answer.json()
