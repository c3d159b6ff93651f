"""What nginx itself makes of the directives that a stack gives Kong, in the places where Kong's template puts them.

nginx is looked for on PATH, or where the environment variable NGINX says (Kong: kong/templates/nginx_kong.lua).
"""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import httpx
import pytest
from pydantic import JsonValue

from components.platform.kong_conf import gateway_environment
from tests.program.stacks import section, stack_settings

NGINX = os.environ.get("NGINX") or shutil.which("nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx: put it on PATH, or name it in NGINX")
HSTS = "Strict-Transport-Security"
CLIENT = "203.0.113.9"
TRUSTED: JsonValue = {"trustedProxies": ["127.0.0.0/8"]}
TEMPLATE = """
daemon off;
pid {place}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    map {map};
    server {{
        listen 127.0.0.1:{backend};
        location / {{ add_header {hsts} max-age=1; return 200 "$http_x_real_ip"; }}
    }}
    server {{
        listen 127.0.0.1:{port} {told};
        error_page 404 502 /kong_error_handler;
        add_header {add_header};
        real_ip_header {real_ip_header};
        real_ip_recursive {real_ip_recursive};
        set_real_ip_from {trusted};
        location / {{
            proxy_set_header X-Real-IP $remote_addr;
            proxy_pass_header Server;
            proxy_pass http://127.0.0.1:{backend};
        }}
        location /nowhere {{ return 404; }}
        location = /kong_error_handler {{ internal; return 404 "Kong's own"; }}
    }}
}}
"""


@dataclass(frozen=True)
class Running:
    """An nginx as a stack would have it."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def nginx(place: Path, **sections: JsonValue) -> Generator[Running]:
    """Run it with what the pods of prod are told."""
    values = gateway_environment(stack_settings("prod", network=TRUSTED, **sections)).values
    port, backend = _free_ports()
    configuration = TEMPLATE.format(
        place=place,
        port=port,
        backend=backend,
        hsts=HSTS,
        told="proxy_protocol" if "proxy_protocol" in values["KONG_PROXY_LISTEN"] else "",
        map=values["KONG_NGINX_HTTP_MAP"],
        add_header=values["KONG_NGINX_PROXY_ADD_HEADER"],
        real_ip_header=values["KONG_REAL_IP_HEADER"],
        real_ip_recursive=values["KONG_REAL_IP_RECURSIVE"],
        trusted=values["KONG_TRUSTED_IPS"],
    )
    file = place / "nginx.conf"
    file.write_text(dedent(configuration))
    process = subprocess.Popen([str(NGINX), "-p", str(place), "-c", str(file)], stderr=subprocess.PIPE, text=True)
    try:
        _wait(port, process)
        yield Running(port)
    finally:
        process.terminate()
        process.communicate()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise AssertionError(process.stderr.read() if process.stderr else "nginx ended")


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_browsers_are_told_to_stay_with_https_on_each_answer_by_tls_and_on_no_other(path: str, tmp_path: Path) -> None:
    with nginx(tmp_path) as running:
        secure = httpx.get(f"{running.url}{path}", headers={"X-Forwarded-Proto": "https"})
        plain = httpx.get(f"{running.url}{path}", headers={"X-Forwarded-Proto": "http"})
    assert secure.headers.get_list(HSTS) == ["max-age=31536000; includeSubDomains"]
    assert HSTS not in plain.headers


def test_where_tls_ends_in_kong_a_claim_of_https_tells_nothing(tmp_path: Path) -> None:
    with nginx(tmp_path, proxyService={"type": "LoadBalancer"}, ingress=section("prod", "ingress")) as running:
        answer = httpx.get(running.url, headers={"X-Forwarded-Proto": "https"})
    assert HSTS not in answer.headers


@pytest.mark.parametrize(
    ("told", "client"),
    [(CLIENT, CLIENT), (f"198.51.100.1, {CLIENT}", CLIENT), (f"{CLIENT}, 127.0.0.9", CLIENT)],
    ids=["told", "forged before", "two proxies"],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(told: str, client: str, tmp_path: Path) -> None:
    with nginx(tmp_path) as running:
        assert httpx.get(running.url, headers={"X-Forwarded-For": told}).text == client


async def test_the_proxy_protocol_tells_the_client_and_no_header_does(tmp_path: Path) -> None:
    balancer: JsonValue = {"type": "LoadBalancer", "proxyProtocol": True}
    with nginx(tmp_path, proxyService=balancer) as running:
        answer = await _spoken(running.port, f"PROXY TCP4 {CLIENT} 127.0.0.1 40000 443\r\n")
        refused = await _spoken(running.port, "")
    assert answer.endswith(CLIENT)
    assert "200 OK" not in refused


async def _spoken(port: int, before: str) -> str:
    """What is answered to a request after a line of the PROXY protocol."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.1\r\nConnection: close\r\n\r\n"
    writer.write(f"{before}{request}".encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()
