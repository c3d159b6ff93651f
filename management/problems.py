"""Whatever keeps a request from being done, as an exception that knows its answer."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from config.problems import InvalidSettingsError
from management.declaring.kind import Placed
from management.models.problems import ProblemDetails, SettingProblem, setting_problem


class RefusedError(Exception):
    """A request is not done."""

    def __init__(
        self,
        status: HTTPStatus,
        title: str,
        detail: str,
        *,
        problems: Iterable[SettingProblem] = (),
        operation: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.details = ProblemDetails(
            title=title, status=status, detail=detail, problems=tuple(problems), operation=operation
        )
        self.headers = dict(headers or {})


def not_found(detail: str) -> RefusedError:
    """What is asked for is not there."""
    return RefusedError(HTTPStatus.NOT_FOUND, "not found", detail)


def conflict(detail: str, operation: str | None = None) -> RefusedError:
    """Something is in the way."""
    return RefusedError(HTTPStatus.CONFLICT, "conflict", detail, operation=operation)


def unavailable(detail: str) -> RefusedError:
    """Something that is needed does not answer."""
    return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)


def wrong_settings(refusal: InvalidSettingsError, placed: Placed) -> RefusedError:
    """The stack's settings would be wrong; `placed` is where in them stands what was sent."""
    count = len(refusal.problems)
    return RefusedError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "the stack's settings would be wrong",
        f"{count} {'problem' if count == 1 else 'problems'} in the stack's settings",
        problems=[setting_problem(problem, placed.field(problem.location)) for problem in refusal.problems],
    )
