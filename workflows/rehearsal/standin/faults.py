"""Failures on request: of the requests whose method and path match, the first so many."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.responses import JSONResponse, Response


class When(StrEnum):
    """Before anything is done, or after it, so that the work is done and its answer lost."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class Fault:
    """A failure to come."""

    request: str
    """A pattern of `METHOD /path`."""
    status: int = 503
    times: int = 1
    retry_after: str | None = None
    when: When = When.BEFORE
    delay: float = 0.0
    """Seconds to wait first; with status 200 the request is then served as if nothing were."""

    def answer(self) -> Response:
        """The failure."""
        headers = {"Retry-After": self.retry_after} if self.retry_after is not None else None
        return JSONResponse({"detail": "as was asked for"}, self.status, headers)


@dataclass
class Faults:
    """The failures to come."""

    _faults: list[Fault] = field(default_factory=list[Fault])

    def add(self, fault: Fault) -> None:
        """Fail from now on."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Fail no more."""
        self._faults.clear()

    def next(self, request: str, when: When) -> Fault | None:
        """The failure for a request, which counts as come."""
        for fault in self._faults:
            if fault.times > 0 and fault.when is when and re.fullmatch(fault.request, request):
                fault.times -= 1
                return fault
        return None
