"""Requests to the gateway under verification."""

from asyncio import get_running_loop, sleep
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx

from gateway.verification.answers import Answer
from gateway.verification.target import Target

CONNECTIONS: Final = 8
"""Requests at a time: httpx spends more on each the more connections it has, and these reach hundreds a second."""
_TIMEOUT: Final = httpx.Timeout(60, connect=5)
_MINUTE: Final = 60
FORWARDED_PROTO: Final = "X-Forwarded-Proto"
"""What an Ingress tells Kong of its own caller's scheme."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class GatewayUnreachableError(Exception):
    """Nothing answers where the gateway should be."""


class GatewayClient:
    """Sends requests through the gateway under its public name."""

    def __init__(self, http: httpx.AsyncClient, host: str, told: Mapping[str, str] | None = None) -> None:
        """`told` are headers that every request has, because somebody on the usual way would add them."""
        self._http = http
        self._host = host
        self._told = told or {}

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | AsyncIterable[bytes] | None = None,
    ) -> Answer:
        """Send one request. A body in pieces goes chunked, one in bytes with its Content-Length.

        Raises:
            httpx.TransportError: there was no response.
        """
        authorization = {"Authorization": f"Bearer {token}"} if token is not None else {}
        response = await self._http.request(
            method,
            path,
            headers={"Host": self._host, **self._told, **authorization, **(headers or {})},
            content=body,
            extensions={"sni_hostname": self._host.partition(":")[0]},
        )
        return Answer(f"{method} {path}", response.status_code, response.headers, response.content)

    async def ask_within_limits(
        self, method: str, path: str, *, token: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request; when only the minute's limit is in its way, send it again in the next minute."""
        answer = await self.ask(method, path, token=token, headers=headers)
        wait = answer.headers.get("Retry-After", "")
        if answer.status != 429 or not wait.isdecimal() or int(wait) > _MINUTE:
            return answer
        await sleep(int(wait) + 0.5)
        return await self.ask(method, path, token=token, headers=headers)


@asynccontextmanager
async def gateway_client(target: Target) -> AsyncGenerator[GatewayClient]:
    """A client of a gateway, closed at the end. Proxies of the environment are not used for this machine."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(
        base_url=target.url,
        timeout=_TIMEOUT,
        limits=limits,
        trust_env=urlsplit(target.url).hostname not in _LOOPBACK,
    ) as http:
        yield GatewayClient(http, target.host, {FORWARDED_PROTO: "https"} if target.past_the_ingress else {})


async def wait_for_gateway(client: GatewayClient, target: Target, until: float) -> None:
    """Return as soon as anything answers; `until` is a time of the running loop's clock.

    Raises:
        GatewayUnreachableError: nothing does.
    """
    while True:
        try:
            await client.ask("GET", "/")
        except httpx.TransportError as error:
            if get_running_loop().time() >= until:
                raise GatewayUnreachableError(
                    f"nothing answers at {target.url} ({_reason(error)}); "
                    f"say with --url where the gateway's proxy can be reached from here"
                ) from error
            await sleep(0.5)
        else:
            return


def _reason(error: httpx.TransportError) -> str:
    return str(error) or type(error).__name__
