"""Kong's Admin API as an HTTP client: patient where waiting helps, quick to say what is wrong where it does not.

Every request it makes may be sent twice without harm: PUT and DELETE by id, GET, and a POST or PATCH that names
the id. So it repeats them after connection errors, timeouts and 5xx, and waits for an Admin API that is still
coming up.
"""

import asyncio
import json
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast

import httpx

from provider.certificates import tls_context
from provider.secrecy import scrub
from provider.settings import CLIENT_CERTIFICATE, CLIENT_KEY, OVERRIDE, Settings

PAGE_SIZE: Final = 1000
"""The largest page that Kong serves (Kong: kong/db/dao/init.lua, pagination.max_page_size)."""

Say = Callable[[str], Awaitable[None]]


class AdminError(Exception):
    """The Admin API refused a request. `fields` is Kong's own table of what is wrong."""

    def __init__(self, status: int, message: str, name: str = "", fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.fields = dict(fields or {})

    def scrubbed(self, secrets: Iterable[str]) -> "AdminError":
        """Return the same refusal in a text without secrets."""
        return AdminError(self.status, scrub(str(self), secrets), self.name)


class AdminUnavailableError(Exception):
    """The Admin API did not answer in time, however often it was asked."""


class CancelledByUserError(Exception):
    """The engine asked to stop."""


class Endpoint(Protocol):
    """Where the Admin API is; a tunnel opens when it is first asked for."""

    async def url(self) -> str:
        """Return the address to send requests to; ConnectionError while there is none yet."""
        ...

    async def lost(self, url: str) -> None:
        """Hear that an address it gave stopped answering."""
        ...

    async def close(self) -> None:
        """Let go of what was opened."""
        ...


@dataclass(frozen=True)
class Address:
    """A plain URL."""

    location: str | None

    async def url(self) -> str:
        """Return the URL; AdminUnavailableError when there is none, for then waiting does not help."""
        if self.location is None:
            message = f"where is Kong's Admin API? Set kongAdminUri on the provider, or {OVERRIDE} in the environment"
            raise AdminUnavailableError(message)
        return self.location.rstrip("/")

    async def lost(self, url: str) -> None:
        """Nothing was opened, so nothing is lost."""

    async def close(self) -> None:
        """Nothing was opened, so nothing is closed."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds."""

    coming_up: float = 120.0
    """for an Admin API that does not answer at all, counted from its last answer"""
    request: float = 30.0
    """for one answer"""
    faults: int = 6
    """how many times one request may fail with a 5xx or a timeout"""
    first_pause: float = 0.25
    longest_pause: float = 5.0
    between_reports: float = 10.0


@dataclass
class _Outage:
    since: float
    reported: float = field(default=float("-inf"))


async def _silent(_: str) -> None:
    return


class AdminApi:
    """The Admin API of one gateway. At most `at_once` requests are under way at a time."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings,
        *,
        patience: Patience | None = None,
        say: Say | None = None,
        at_once: int = 16,
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience or Patience()
        self._say = say or _silent
        self._slots = asyncio.Semaphore(at_once)
        self._cancelled = asyncio.Event()
        self._outage: _Outage | None = None
        self._prefix = f"/{settings.workspace}" if settings.workspace else ""
        self._client = httpx.AsyncClient(
            headers=dict(settings.headers),
            auth=settings.basic_auth,
            verify=tls_context(settings),
            timeout=self._patience.request,
            limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
            trust_env=False,
        )

    async def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Write a whole entity."""
        return await self._json("PUT", path, body)

    async def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change fields of an entity."""
        return await self._json("PATCH", path, body)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make an entity; the body names its id, so that a repeated request is recognised."""
        return await self._json("POST", path, body)

    async def get(self, path: str) -> dict[str, Any] | None:
        """Read an entity, or None when there is none."""
        try:
            return await self._json("GET", path)
        except AdminError as fault:
            if fault.status == 404:
                return None
            raise

    async def delete(self, path: str) -> None:
        """Delete an entity; one that is not there is as good as deleted.

        So is one of a Kong that has become DB-less (405): there only the declarative file says what exists.
        """
        response = await self._send("DELETE", path)
        if response.status_code not in (404, 405):
            _refuse(response)

    async def pages(self, path: str) -> AsyncIterator[list[dict[str, Any]]]:
        """Read a whole collection, page by page. A missing parent has an empty one."""
        offset: str | None = None
        while True:
            query: dict[str, str | int] = {"size": PAGE_SIZE}
            if offset is not None:
                query["offset"] = offset
            response = await self._send("GET", path, query=query)
            if response.status_code == 404:
                return
            _refuse(response)
            page = cast("dict[str, Any]", response.json())
            yield page["data"]
            # Kong's `next` forgets the size on nested lists, so the offset alone is taken from the page.
            offset = page.get("offset")
            if not offset:
                return

    def cancel(self) -> None:
        """Stop waiting, now and later."""
        self._cancelled.set()

    async def close(self) -> None:
        """Close connections and the tunnel."""
        await self._client.aclose()
        await self._endpoint.close()

    async def _json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        response = await self._send(method, path, body=body)
        _refuse(response)
        return cast("dict[str, Any]", response.json())

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        faults, url = 0, ""
        pause = self._patience.first_pause
        while True:
            if self._cancelled.is_set():
                message = "stopped while talking to Kong's Admin API; nothing is lost, run the update again"
                raise CancelledByUserError(message)
            try:
                async with self._slots:
                    url = await self._endpoint.url()
                    response = await self._client.request(method, f"{url}{self._prefix}{path}", json=body, params=query)
            except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as fault:
                problem = str(fault) or type(fault).__name__
                await self._lost(url, problem)
            except ssl.SSLError as fault:
                # With TLS 1.3 a server refuses a client's certificate after the handshake, as it reads the request.
                message = f"Kong's Admin API refuses this client's certificate ({fault.reason}); {_SHOW_A_CERTIFICATE}"
                raise AdminUnavailableError(message) from fault
            except httpx.TransportError as fault:
                faults += 1
                problem = f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__
                await self._lost(url, problem)
            else:
                if response.status_code not in (429, 500, 502, 503, 504) and not _is_no_admin_api(response):
                    self._outage = None
                    return response
                problem = f"it answers {response.status_code}{_whose(response)}"
                if response.status_code in (404, 502, 503):
                    await self._lost(url, problem)
                else:
                    faults += 1
            if faults >= self._patience.faults:
                message = (
                    f"Kong's Admin API failed {faults} times at {method} {path}, last: {problem}. Look at Kong's log"
                )
                raise AdminUnavailableError(message)
            await self._sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            pause = min(pause * 2, self._patience.longest_pause)

    async def _lost(self, url: str, problem: str) -> None:
        """Count how long nothing has answered, over all requests, and give up after the patience is over."""
        await self._endpoint.lost(url)
        now = time.monotonic()
        outage = self._outage = self._outage or _Outage(since=now)
        waited = now - outage.since
        if waited >= self._patience.coming_up:
            message = (
                f"Kong's Admin API did not answer for {waited:.0f} s ({problem}). Is Kong running, "
                f"and does kongAdminUri (or {OVERRIDE}) point to it from here?"
            )
            raise AdminUnavailableError(message)
        if now - outage.reported >= self._patience.between_reports:
            outage.reported = now
            await self._say(
                f"waiting for Kong's Admin API ({problem}), {waited:.0f} of {self._patience.coming_up:.0f} s"
            )

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._cancelled.wait(), seconds)
        except TimeoutError:
            return


def _is_no_admin_api(response: httpx.Response) -> bool:
    """Whether nothing there leads to an Admin API: a proxy without a route to it, or an Ingress without a backend.

    To take it for Kong's own 404 would mean that nothing exists, and a refresh would forget everything.
    """
    if response.status_code != 404:
        return False
    try:
        answer = response.json()
    except ValueError:
        return True
    return isinstance(answer, dict) and cast("dict[str, Any]", answer).get("message") == _NO_ROUTE


_SHOW_A_CERTIFICATE: Final = f"name one that it knows with {CLIENT_CERTIFICATE} and {CLIENT_KEY} in the environment"
_NO_ROUTE: Final = "no Route matched with those values"
"""What Kong's proxy says where it has no route (Kong: kong/runloop/handler.lua, access.before)."""


def _whose(response: httpx.Response) -> str:
    return ", and that is not the Admin API's answer" if response.status_code == 404 else ""


def _refuse(response: httpx.Response) -> None:
    """Turn a refusal into an AdminError with Kong's own words and what to do."""
    status = response.status_code
    if status < 400:
        return
    body: dict[str, Any] = {}
    try:
        parsed = response.json()
        if isinstance(parsed, dict):
            body = cast("dict[str, Any]", parsed)
    except json.JSONDecodeError:
        pass
    message = str(body.get("message") or response.reason_phrase)
    if "SSL certificate" in response.text and not body:
        # nginx lets the handshake pass and answers the request (nginx: ngx_http_process_request).
        message = f"it asks for a client's certificate that its authority has signed; {_SHOW_A_CERTIFICATE}"
    advice = {
        401: "; set KONG_ADMIN_TOKEN (or KONG_API_KEY, KONG_ADMIN_USERNAME and KONG_ADMIN_PASSWORD)",
        403: "; this credential may not do that: check its role in Kong, or with `admin: {access: loopback}` that "
        "`programs` names it and `allowed` this address",
        426: "; the way there is not https all along: is the Ingress controller among network.trustedProxies?",
        405: "; a Kong without a database takes no entities over its Admin API: set `mode: dbless` in the stack",
    }.get(status, "")
    raise AdminError(status, f"{message}{advice}", str(body.get("name", "")), body.get("fields"))
