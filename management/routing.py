"""Routes that answer with problem details, whichever application they are mounted in."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from typing_extensions import override

from config.problems import key_path
from management.models.problems import ProblemDetails, SettingProblem
from management.openapi import inlined_schema
from management.problems import RefusedError

PROBLEM: Final = "application/problem+json"
"""The media type of problem details (RFC 9457)."""
_SCHEMA: Final = inlined_schema(ProblemDetails, mode="serialization")


class ManagementRoute(APIRoute):
    """An endpoint whose refusals are answers."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RefusedError as refusal:
                return answer(refusal)
            except RequestValidationError as error:
                return answer(_wrong_request(error))

        return handle


def answer(refusal: RefusedError) -> Response:
    """A refusal as an answer."""
    content = refusal.details.model_dump(mode="json", by_alias=True)
    return JSONResponse(content, refusal.status, refusal.headers, media_type=PROBLEM)


def _wrong_request(error: RequestValidationError) -> RefusedError:
    problems = [
        SettingProblem(path=key_path(each["loc"]), field=None, wrong=str(each["msg"]), instead="")
        for each in error.errors()
    ]
    return RefusedError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "the request is wrong",
        "; ".join(f"{problem.path}: {problem.wrong}" for problem in problems),
        problems=problems,
    )


def refusals(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """What an endpoint's OpenAPI says of its refusals: those of access, and the ones named."""
    described = {
        HTTPStatus.UNAUTHORIZED: "There is no token, or one that does not hold.",
        HTTPStatus.FORBIDDEN: "Who asks has no role that may.",
        HTTPStatus.NOT_FOUND: "There is nothing of that name.",
        HTTPStatus.CONFLICT: "Another operation is under way, or something of that name is there already.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
        HTTPStatus.UNPROCESSABLE_ENTITY: "The request is wrong, or the stack's settings would be, by their key paths.",
        HTTPStatus.TOO_MANY_REQUESTS: "Who asks has asked too often.",
        HTTPStatus.SERVICE_UNAVAILABLE: "Something that is needed does not answer.",
    }
    always = (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    content = {PROBLEM: {"schema": _SCHEMA}}
    return {
        int(status): {"description": described[status], "content": content}
        for status in dict.fromkeys((*always, *statuses))
    }
