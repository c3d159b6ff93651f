"""What the stack declares and how it is changed: one set of endpoints for each kind, and `POST /api/kong/setup`."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from config.files import PROJECT_FILE
from config.project import PROJECT
from management.access.guard import PREFIX, Requires, address_of, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Management, Opened
from management.declaring.kind import Kind
from management.declaring.kinds import KINDS
from management.endpoints.bodies import body_note, read_body
from management.models.base import Answer
from management.models.declarations import Declared, DeclaredList
from management.models.operations import Asker, Operation, Preview, Verb
from management.models.stats import Resource
from management.operations.drafting import Change
from management.operations.operator import Asked
from management.problems import conflict, not_found
from management.routing import ManagementRoute, refusals
from management.settings import ManagementSettings
from management.stack.edit import StackEdit, UneditableError

DECLARE: Final = {
    Resource.SERVICES: Permission.DECLARE_SERVICES,
    Resource.ROUTES: Permission.DECLARE_ROUTES,
    Resource.PLUGINS: Permission.DECLARE_PLUGINS,
    Resource.CONSUMERS: Permission.DECLARE_CONSUMERS,
    Resource.ACL_GROUPS: Permission.DECLARE_ACL_GROUPS,
}
"""What it takes to declare and change each kind."""
_ONE: Final = {
    Resource.SERVICES: "a service: an API with its backend",
    Resource.ROUTES: "a route of a service",
    Resource.PLUGINS: "a plugin in Kong's own terms",
    Resource.CONSUMERS: "a consumer: a tier with its limit",
    Resource.ACL_GROUPS: "a group and who is in it",
}
_JSON: Final = "application/json"


class How(Answer):
    """How a change is to be made."""

    dry_run: bool = False
    """Answer what it would do, and change nothing."""
    wait: Annotated[int, Field(ge=0, le=3_600)] = 0
    """Seconds to wait for another operation to end, before the answer is 409."""


Wanted = Annotated[How, Query()]
Name = Annotated[str, Path(min_length=1, max_length=400, description="What it is called.")]
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Preview, "description": "With `dryRun=true`: what it would do. Nothing was changed."},
    202: {
        "model": Operation,
        "description": "It has begun, or nothing is to be done; `Location` says where it can be watched.",
        "headers": {"Location": {"description": "The operation.", "schema": {"type": "string"}}},
    },
}


def _refusals(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return refusals(HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, *statuses) | _ANSWERS


setup_router = APIRouter(route_class=ManagementRoute, tags=["change"])


@setup_router.post(
    "/setup",
    summary="Bring the gateway to its declared state",
    status_code=HTTPStatus.ACCEPTED,
    response_model=None,
    openapi_extra=permission_note(Permission.SETUP),
    responses=_refusals(),
)
async def post_setup(
    request: Request,
    opened: Opened,
    caller: Annotated[Caller, Requires(Permission.SETUP)],
    how: Wanted,
) -> Response:
    """Applies the stack as its files say it: what is missing is made, what differs is changed, what is gone is
    removed. It also finishes what an earlier operation has left.
    """
    if how.dry_run:
        return _answer(HTTPStatus.OK, await opened.operator.preview_setup())
    asked = _asked(request, caller, Verb.SETUP, "gateway")
    return _begun(await opened.operator.setup(asked, _seconds(opened, how)))


def declaring_router(kind: Kind) -> APIRouter:
    """The endpoints of one kind."""
    resource, one = kind.resource, _ONE[kind.resource]
    router = APIRouter(prefix=f"/{resource.value}", route_class=ManagementRoute)
    permission = DECLARE[resource]
    item = "/{name:path}" if resource is Resource.PLUGINS else "/{name}"

    @router.get(
        "",
        summary=f"Every {one.partition(':')[0].partition(' ')[2]}",
        tags=["look"],
        openapi_extra=permission_note(Permission.READ),
        responses=refusals(HTTPStatus.CONFLICT),
    )
    async def get_all(opened: Opened, caller: Annotated[Caller, Requires(Permission.READ)]) -> DeclaredList:
        """What the stack declares, its own and what all stacks share."""
        del caller
        return DeclaredList(items=await asyncio.to_thread(_declared, kind, opened.settings))

    @router.get(
        item,
        summary=_sentence(one),
        tags=["look"],
        openapi_extra=permission_note(Permission.READ),
        responses=refusals(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    )
    async def get_one(name: Name, opened: Opened, caller: Annotated[Caller, Requires(Permission.READ)]) -> Declared:
        """One, as `PUT` takes it."""
        del caller
        for each in await asyncio.to_thread(_declared, kind, opened.settings):
            if each.name == name:
                return each
        raise not_found(f"the stack declares nothing {name!r} among its {resource.value}")

    @router.post(
        "",
        summary=f"Declare {one}",
        tags=["change"],
        status_code=HTTPStatus.ACCEPTED,
        response_model=None,
        openapi_extra=permission_note(permission) | body_note(kind.model),
        responses=_refusals(HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    )
    async def declare(
        request: Request,
        opened: Opened,
        caller: Annotated[Caller, Requires(permission)],
        how: Wanted,
    ) -> Response:
        """Adds one to the stack's file, and applies the stack."""
        body = await read_body(request)
        asked = _asked(request, caller, Verb.DECLARE, resource.value, str(body.get("name", "")))
        return await _change(opened, asked, lambda edit: kind.declare(edit, body), how)

    @router.put(
        item,
        summary=f"Change {one}",
        tags=["change"],
        status_code=HTTPStatus.ACCEPTED,
        response_model=None,
        openapi_extra=permission_note(permission) | body_note(kind.model, partial=True),
        responses=_refusals(HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    )
    async def change(
        name: Name,
        request: Request,
        opened: Opened,
        caller: Annotated[Caller, Requires(permission)],
        how: Wanted,
    ) -> Response:
        """Makes one say what is sent and nothing else, in the stack's file, and applies the stack."""
        body = await read_body(request)
        asked = _asked(request, caller, Verb.CHANGE, resource.value, name)
        return await _change(opened, asked, lambda edit: kind.change(edit, name, body), how)

    @router.delete(
        item,
        summary=f"Remove {one}",
        tags=["change"],
        status_code=HTTPStatus.ACCEPTED,
        response_model=None,
        openapi_extra=permission_note(Permission.REMOVE),
        responses=_refusals(HTTPStatus.NOT_FOUND),
    )
    async def remove(
        name: Name,
        request: Request,
        opened: Opened,
        caller: Annotated[Caller, Requires(Permission.REMOVE)],
        how: Wanted,
    ) -> Response:
        """Takes one out of the stack's file, and applies the stack. What others refer to is refused."""
        asked = _asked(request, caller, Verb.REMOVE, resource.value, name)
        return await _change(opened, asked, lambda edit: kind.remove(edit, name), how)

    return router


def routers() -> tuple[APIRouter, ...]:
    """The endpoints of every kind, and of the gateway as a whole."""
    return (setup_router, *(declaring_router(kind) for kind in KINDS.values()))


async def _change(opened: Management, asked: Asked, change: Change, how: How) -> Response:
    if how.dry_run:
        return _answer(HTTPStatus.OK, await opened.operator.preview(change))
    return _begun(await opened.operator.change(asked, change, _seconds(opened, how)))


def _declared(kind: Kind, settings: ManagementSettings) -> tuple[Declared, ...]:
    try:
        edit = StackEdit(settings.file.read_text("utf-8"), (PROJECT / PROJECT_FILE).read_text("utf-8"))
        inherited = all(edit.is_inherited(key) or edit.value(key) is None for key in kind.sections[:1])
        return tuple(
            Declared(name=name, inherited=inherited, declaration=dict(declaration))
            for name, declaration in kind.declared(edit)
        )
    except (UneditableError, OSError, LookupError, TypeError, AttributeError) as error:
        raise conflict(f"the stack's file cannot be read: {error}") from error


def _asked(request: Request, caller: Caller, verb: Verb, resource: str, name: str = "") -> Asked:
    asker = Asker(subject=caller.subject, name=caller.name, address=address_of(request))
    return Asked(asker, verb, resource, name[:400])


def _seconds(opened: Management, how: How) -> int:
    return min(how.wait, opened.settings.longest_wait)


def _begun(operation: Operation) -> Response:
    return _answer(HTTPStatus.ACCEPTED, operation, Location=f"{PREFIX}/operations/{operation.id}")


def _answer(status: HTTPStatus, model: BaseModel, **headers: str) -> Response:
    return Response(model.model_dump_json(by_alias=True), status, headers, media_type=_JSON)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
