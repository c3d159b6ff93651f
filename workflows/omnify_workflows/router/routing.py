"""Endpoints whose refusals are answers."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from temporalio.service import RPCError
from typing_extensions import override

from omnify_workflows.operating import NotThereError, UnderWayError
from omnify_workflows.router.problems import RefusedError, conflict, not_found, unavailable


class WorkflowsRoute(APIRoute):
    """An endpoint that says what is wrong, and what Temporal refuses."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RefusedError as refusal:
                return refusal.answer()
            except RequestValidationError as error:
                return _wrong(error).answer()
            except NotThereError as error:
                return not_found(str(error)).answer()
            except UnderWayError as error:
                return conflict(str(error)).answer()
            except RPCError as error:
                return unavailable(f"Temporal does not answer: {error.status.name.lower()}").answer()

        return handle


def _wrong(error: RequestValidationError) -> RefusedError:
    """Each by its key path."""
    wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the request is wrong", wrong)
