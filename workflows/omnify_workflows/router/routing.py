"""Endpoints whose refusals are answers, with problem details as the management API gives them."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from temporalio.service import RPCError
from typing_extensions import override

from management.problems import conflict, not_found, unavailable
from management.routing import ManagementRoute, answer
from omnify_workflows.operating import NotThereError, UnderWayError


class WorkflowsRoute(ManagementRoute):
    """An endpoint that says what Temporal refuses."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except NotThereError as error:
                return answer(not_found(str(error)))
            except UnderWayError as error:
                return answer(conflict(str(error)))
            except RPCError as error:
                refusal = unavailable(f"Temporal does not answer: {error.status.name.lower()}")
                refusal.headers["Retry-After"] = "5"
                return answer(refusal)

        return handle
