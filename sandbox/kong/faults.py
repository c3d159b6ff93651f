"""Faults on demand, for tests of what talks to the Admin API."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

FaultKind = Literal["error", "close", "hang", "unavailable", "refuse"]
"""500; the connection closed in the middle of an answer; no answer until the client gives up; 503; 400 with what was
sent in the message, as Kong refuses a value by repeating it."""

ENDPOINT = "/_standin/faults"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong for a while."""

    kind: FaultKind
    requests: int | None = None
    """How many requests it hits; None for every one."""
    seconds: float | None = None
    """How long it lasts; None until it has hit its requests or is cleared."""
    methods: tuple[str, ...] = ()
    """The HTTP methods it hits; all when there are none."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            message = f"kind: {self.kind!r} is no fault; write one of {', '.join(get_args(FaultKind))}"
            raise ValueError(message)


class Faults:
    """The fault that is on, if any."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._fault: Fault | None = None
        self._since = 0.0
        self._hit = 0

    def begin(self, fault: Fault) -> None:
        """Starts a fault in the place of the one before."""
        self._fault, self._since, self._hit = fault, self._clock(), 0

    def clear(self) -> None:
        """Everything works again."""
        self._fault = None

    @property
    def hit(self) -> int:
        """How many requests the fault that is on has hit."""
        return self._hit

    def strike(self, method: str) -> FaultKind | None:
        """What happens to a request with this method, which then counts as hit."""
        fault = self._fault
        if fault is None or (fault.methods and method not in fault.methods):
            return None
        over = fault.seconds is not None and self._clock() - self._since >= fault.seconds
        if over or (fault.requests is not None and self._hit >= fault.requests):
            self._fault = None
            return None
        self._hit += 1
        return fault.kind


def with_faults(application: ASGIApp, faults: Faults) -> ASGIApp:
    """The application, as long as no fault strikes."""

    async def struck(scope: Scope, receive: Receive, send: Send) -> None:
        kind = faults.strike(scope["method"]) if scope["type"] == "http" else None
        if kind is None:
            await application(scope, receive, send)
        elif kind == "hang":
            await _disconnection(receive)
        elif kind == "close":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
        elif kind == "refuse":
            sent = (await Request(scope, receive).body()).decode()
            await JSONResponse({"name": "schema violation", "message": f"refused: {sent}"}, 400)(scope, receive, send)
        else:
            await _refusal(kind)(scope, receive, send)

    return struck


def with_fault_endpoint(application: ASGIApp, faults: Faults) -> ASGIApp:
    """The application, and a path where PUT begins a fault (`{"kind": "close", "requests": 2}`), DELETE clears it."""

    async def controlled(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == ENDPOINT:
            await (await _control(Request(scope, receive), faults))(scope, receive, send)
        else:
            await application(scope, receive, send)

    return controlled


async def _control(request: Request, faults: Faults) -> JSONResponse:
    if request.method == "DELETE":
        faults.clear()
        return JSONResponse({})
    try:
        fault = Fault(**json.loads(await request.body()))
    except (TypeError, ValueError) as error:
        return JSONResponse({"message": str(error)}, 400)
    faults.begin(fault)
    return JSONResponse(asdict(fault))


def _refusal(kind: FaultKind) -> JSONResponse:
    if kind == "unavailable":
        return JSONResponse({"message": "Service unavailable"}, 503)
    return JSONResponse({"message": "An unexpected error occurred"}, 500)


async def _disconnection(receive: Receive) -> None:
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
