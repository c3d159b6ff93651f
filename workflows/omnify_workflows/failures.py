"""Each failure of an activity classed: tried again, or for good. The one place that decides.

    no answer, 408, 425, 429, 500, 502, 503, 504, 5xx   tried again; Retry-After is honoured up to its limit
    401                                                 tried again, with a new token
    403                                                 for good: the service's own rights are missing
    404, 410                                            for good: what is asked for is not there
    409, 412                                            for good: something else is in the way
    other 4xx, 501, an answer of another form           for good: the same request will be refused again

What is raised is Temporal's ApplicationError, whose `type` is the kind, so that metrics, the UI and workflows tell
them apart. Any other exception is a mistake of ours: tried again until its policy ends, since a deploy may mend it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError, FailureError

LONGEST_RETRY_AFTER: Final = timedelta(hours=1)
"""An answer may ask for patience; what asks for more is asked again after this."""


class FailureKind(StrEnum):
    """What went wrong."""

    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    UNAUTHORISED = "unauthorised"
    LEAVING = "leaving"
    """The worker shuts down; another takes over."""

    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    REFUSED = "refused"
    UNEXPECTED = "unexpected"
    """An answer has another form than was agreed."""
    FAILED = "failed"
    """What was asked for was done elsewhere and failed there, such as a training."""

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self in _RETRYABLE


_RETRYABLE: Final = frozenset(
    {FailureKind.UNAVAILABLE, FailureKind.THROTTLED, FailureKind.UNAUTHORISED, FailureKind.LEAVING}
)
_KINDS: Final[Mapping[int, FailureKind]] = {
    HTTPStatus.UNAUTHORIZED: FailureKind.UNAUTHORISED,
    HTTPStatus.FORBIDDEN: FailureKind.FORBIDDEN,
    HTTPStatus.NOT_FOUND: FailureKind.MISSING,
    HTTPStatus.GONE: FailureKind.MISSING,
    HTTPStatus.CONFLICT: FailureKind.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED: FailureKind.CONFLICT,
    HTTPStatus.REQUEST_TIMEOUT: FailureKind.UNAVAILABLE,
    HTTPStatus.TOO_EARLY: FailureKind.UNAVAILABLE,
    HTTPStatus.TOO_MANY_REQUESTS: FailureKind.THROTTLED,
    HTTPStatus.NOT_IMPLEMENTED: FailureKind.REFUSED,
}


def kind_of(status: int) -> FailureKind:
    """What an answer of this status, which is no success, stands for."""
    other = FailureKind.UNAVAILABLE if status >= HTTPStatus.INTERNAL_SERVER_ERROR else FailureKind.REFUSED
    return _KINDS.get(status, other)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """How long an answer asks to wait: seconds, or a date (RFC 9110, 10.2.3). None when it says nothing that holds."""
    if header is None:
        return None
    if header.strip().isdecimal():
        wait = timedelta(seconds=min(int(header), 10**9))
    else:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


def failure(kind: FailureKind, what: str, *, wait: timedelta | None = None) -> ApplicationError:
    """The failure to raise in an activity; `wait` goes before the policy's own."""
    return ApplicationError(
        what, type=kind, non_retryable=not kind.retryable, next_retry_delay=wait if kind.retryable and wait else None
    )


def reason(error: BaseException) -> str:
    """Why a step failed, as told to people: what is at the bottom of it, without Temporal's envelopes."""
    while isinstance(error, ActivityError | ChildWorkflowError) and error.cause is not None:
        error = error.cause
    said = error.message if isinstance(error, FailureError) else str(error)
    kind = error.type if isinstance(error, ApplicationError) and error.type else type(error).__name__
    return f"{kind}: {said}"
