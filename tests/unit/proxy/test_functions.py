"""pre-function and post-function: Lua that really runs, in Kong's sandbox, with a part of its PDK."""

import gc
import logging
from typing import Any

import httpx
import pytest

from sandbox.kong.proxy import Proxy
from tests.unit.proxy.harness import Gateway


def run(gateway: Gateway, code: str, phase: str = "access", name: str = "pre-function") -> None:
    gateway.plugin(name, {phase: [code]})


async def value_of(gateway: Gateway, expression: str, path: str = "/a%20b?x=1&x=2", **arguments: Any) -> Any:
    """What an expression is in the access phase."""
    run(gateway, f"return kong.response.exit(200, {{ value = {expression} }})")
    return (await gateway.client.post(path, **arguments)).json().get("value")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("kong.request.get_method()", "POST"),
        ("kong.request.get_path()", "/a b"),
        ("kong.request.get_raw_path()", "/a%20b"),
        ("kong.request.get_path_with_query()", "/a%20b?x=1&x=2"),
        ("kong.request.get_query()", {"x": ["1", "2"]}),
        ("kong.request.get_query_arg('x')", "1"),
        ("kong.request.get_header('X_One')", "1"),
        ("kong.request.get_headers()['X-One']", "1"),
        ("kong.request.get_headers().x_one", "1"),
        ("kong.request.get_headers()['missing']", None),
        ("kong.request.get_host()", "gateway.test"),
        ("kong.request.get_scheme()", "http"),
        ("kong.request.get_http_version()", 1.1),
        ("kong.request.get_body()", {"a": [1, {"b": "é"}]}),
        ("#kong.request.get_raw_body()", 22),
        ("kong.client.get_ip()", "127.0.0.1"),
        ("kong.client.get_consumer()", None),
        ("kong.router.get_route().name", "all"),
        ("kong.router.get_service().name", "echo"),
        ("ngx.decode_base64('w6k=')", "é"),
        ("ngx.decode_base64('?')", None),
        ("ngx.encode_base64('é', true)", "w6k"),
        ("ngx.var.http_x_one", "1"),
        ("ngx.var.remote_addr", "127.0.0.1"),
        ("ngx.get_phase()", "access"),
        ("kong.no_such_thing", None),
    ],
)
async def test_pdk(gateway: Gateway, expression: str, value: Any) -> None:
    content = '{"a":[1,{"b":"é"}]}'.encode() + b"  "
    headers = {"X-One": "1", "Content-Type": "application/json"}
    assert await value_of(gateway, expression, headers=headers, content=content) == value


@pytest.mark.parametrize(
    "code",
    [
        "require('cjson.safe')",
        "io.open('/etc/passwd')",
        "os.getenv('HOME')",
        "os.execute('true')",
        "print('x')",
        "loadstring('return 1')()",
        "load('return 1')()",
        "setmetatable({}, {})",
        "rawset({}, 1, 1)",
        "debug.traceback()",
        "package.loaded.os.exit()",
        "string.dump(function() end)",
        "string.format = nil",
        "_G.string.rep = nil",
        "collectgarbage()",
        "jit.off()",
        "python.eval('1')",
        "kong.request.get_header.__globals__.x()",
        "error('on purpose')",
        "kong.request.get_headers(1001)",
        "kong.response.exit('200')",
    ],
)
async def test_what_the_sandbox_refuses_gives_500(gateway: Gateway, code: str) -> None:
    run(gateway, code)
    answer = await gateway.get()
    assert (answer.status_code, answer.json()) == (500, {"message": "An unexpected error occurred"})


async def test_exit_leaves_the_function_even_from_pcall(gateway: Gateway) -> None:
    run(gateway, "pcall(kong.response.exit, 418, 'tea', { ['X-A'] = { 'b', 'c' } }) kong.response.exit(200)")
    answer = await gateway.get()
    assert (answer.status_code, answer.text) == (418, "tea")
    assert answer.headers.get_list("x-a") == ["b", "c"]


async def test_error_names_the_request(gateway: Gateway) -> None:
    run(gateway, "return kong.response.error(429, 'Später')")
    answer = await gateway.get()
    assert answer.json() == {"message": "Später", "request_id": answer.headers["x-kong-request-id"]}


async def test_chunk_that_returns_a_function_is_set_up_once(gateway: Gateway) -> None:
    run(gateway, "local n = 0 return function() n = n + 1 kong.service.request.set_header('X-Count', n) end")
    counts = [dict((await gateway.get()).json()["headers"])["x-count"] for _ in range(3)]
    assert counts == ["1", "2", "3"]


async def test_functions_share_what_is_in_the_shared_context(gateway: Gateway) -> None:
    run(gateway, "kong.ctx.shared.seen = { 'a', n = 1 }")
    run(gateway, "kong.service.request.set_header('X-Seen', kong.ctx.shared.seen[1])", name="post-function")
    assert dict((await gateway.get()).json()["headers"])["x-seen"] == "a"


async def test_function_changes_the_request_for_the_service(gateway: Gateway) -> None:
    run(
        gateway,
        "local r = kong.service.request "
        "r.set_path('/new') r.set_raw_query('z=1') r.set_method('PUT') r.set_raw_body('body!') "
        "r.set_headers({ ['X-List'] = { 'a', 'b' }, Host = 'other.test' }) r.clear_header('X-Gone')",
    )
    seen = (await gateway.get("/old?a=1", headers={"X-Gone": "1"})).json()
    headers = [tuple(line) for line in seen["headers"]]
    assert (seen["method"], seen["path"], seen["query"], seen["body"]) == ("PUT", "/new", "z=1", "body!")
    assert {("x-list", "a"), ("x-list", "b"), ("host", "other.test")} <= set(headers)
    assert "x-gone" not in dict(headers)


async def test_functions_run_on_the_response(gateway: Gateway) -> None:
    config = {
        "header_filter": [
            "kong.response.set_header('X-Status', kong.response.get_status())",
            "kong.response.set_header('X-Source', kong.response.get_source())",
        ],
        "body_filter": ["kong.response.set_raw_body(#kong.response.get_raw_body() .. ' bytes')"],
    }
    gateway.plugin("post-function", config)
    answer = await gateway.get()
    assert (answer.headers["x-status"], answer.headers["x-source"]) == ("200", "service")
    assert answer.text.endswith(" bytes")
    assert int(answer.headers["content-length"]) == len(answer.text)


async def test_global_rewrite_runs_before_routing(gateway: Gateway) -> None:
    gateway.store.remove("routes", gateway.route)
    run(gateway, "return kong.response.exit(204)", phase="rewrite")
    assert (await gateway.get()).status_code == 204


async def test_log_phase_logs(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    run(gateway, "kong.log.err('status ', kong.response.get_status())", phase="log")
    with caplog.at_level(logging.ERROR):
        await gateway.get()
    assert "status 200" in caplog.messages


async def test_function_that_fails_in_the_log_phase_harms_nobody(gateway: Gateway) -> None:
    run(gateway, "kong.response.exit(500)", phase="log")
    assert (await gateway.get()).status_code == 200


async def test_syntax_error_gives_500(gateway: Gateway) -> None:
    run(gateway, "this is no Lua")
    assert (await gateway.get()).status_code == 500


async def test_proxies_can_be_thrown_away(gateway: Gateway) -> None:
    """A LuaJIT machine that Python's collector takes apart crashes the process."""
    for _ in range(20):
        proxy = Proxy(gateway.store)
        vars(proxy)["circle"] = proxy
        run(gateway, "kong.ctx.shared.kept = { kong.request.get_headers() }")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(proxy), base_url="http://g") as client:
            assert (await client.get("/")).status_code == 200
        await proxy.close()
        del proxy
        gc.collect()
