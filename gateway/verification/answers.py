"""What the gateway answered: from the backend or from Kong itself, and whether that is what should be.

Kong adds X-Kong-Upstream-Latency to a response of the backend and X-Kong-Response-Latency to one of its own (Kong:
kong/runloop/handler.lua, header_filter.after; kong.conf's `headers`). A backend that is missing is a 502, 503 or 504.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

import httpx

from gateway.verification.outcome import FailedError

BACKEND_HEADER: Final = "X-Kong-Upstream-Latency"
_MISSING_BACKEND: Final = frozenset({502, 503, 504})
_SHOWN: Final = 4
"""How many requests are named that met the same fault."""


@dataclass(frozen=True)
class Answer:
    """A response and the request it belongs to."""

    request: str
    """The method and path."""
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def by_backend(self) -> bool:
        """Whether the backend answered."""
        return BACKEND_HEADER in self.headers and self.status not in _MISSING_BACKEND

    @property
    def message(self) -> str:
        """Kong's explanation, which is in the `message` of its answers."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return ""
        if not isinstance(document, dict):
            return ""
        return str(cast("dict[str, object]", document).get("message", ""))

    @property
    def told(self) -> str:
        """Who answered what."""
        who = "the backend" if self.by_backend else "Kong"
        said = f" ({self.message})" if self.message and not self.by_backend else ""
        return f"{who} answered {self.status}{said}"

    def problem(self, fault: str) -> "Problem":
        """A problem with this answer."""
        return Problem(self.request, fault)


@dataclass(frozen=True)
class Problem:
    """Something that should not be."""

    request: str
    fault: str
    """What is wrong; the same for several requests when it is the same."""


def unless_passed(answer: Answer) -> Problem | None:
    """None when the request passed the gateway, whatever the backend made of it; else what is wrong."""
    if answer.by_backend:
        return None
    if answer.status in _MISSING_BACKEND:
        return answer.problem(f"{answer.status}, the backend did not answer; is it deployed, ready and at its URL?")
    if answer.status < 400:
        return answer.problem(f"{answer.status} without {BACKEND_HEADER}; was it removed by Kong's `headers` setting?")
    return answer.problem(f"{answer.told} instead of passing")


def unless_refused(answer: Answer, status: int) -> Problem | None:
    """None when Kong itself refused the request with a status; else what is wrong."""
    if answer.status == status and not answer.by_backend:
        return None
    return answer.problem(f"{answer.told} instead of Kong {status}")


def conclude(problems: Iterable[Problem | None], seen: str) -> str:
    """What was seen, when there was no problem.

    Raises:
        FailedError: there was; each fault is told once, with the requests that met it.
    """
    requests: dict[str, list[str]] = {}
    for problem in problems:
        if problem is not None:
            requests.setdefault(problem.fault, []).append(problem.request)
    if not requests:
        return seen
    raise FailedError("; ".join(f"{_listed(met)}: {fault}" for fault, met in requests.items()))


def _listed(requests: list[str]) -> str:
    different = list(dict.fromkeys(requests))
    more = len(different) - _SHOWN
    return ", ".join(different[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
