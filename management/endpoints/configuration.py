"""`GET /api/kong/configuration`: what is declared, what is live, and what differs."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Response

from entities.model import Document, EntityKind
from management.access.guard import Requires, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Opened
from management.models.configuration import Configuration, drift_report
from management.reading.declared import Declared, Refused
from management.reading.live import Live
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["look"])


@router.get(
    "/configuration",
    summary="Desired, live, and the drift between them",
    response_model=Configuration,
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(),
)
async def get_configuration(
    opened: Opened,
    caller: Annotated[Caller, Requires(Permission.READ)],
    kind: Annotated[
        list[EntityKind] | None, Query(description="Entities of these kinds alone, by Kong's names; all when left out.")
    ] = None,
) -> Response:
    """Every entity as the stack declares it and as Kong holds it, `[secret]` in the place of each secret.

    `drift` is of all kinds, whichever are asked for.
    """
    del caller
    declared, live = await asyncio.gather(opened.declared.read(), opened.live.read())
    text = await asyncio.to_thread(_json, opened.settings.stack, declared, live, tuple(kind or get_args(EntityKind)))
    return Response(text, media_type="application/json")


def _json(stack: str, declared: Declared | Refused, live: Live, kinds: tuple[str, ...]) -> str:
    wrong = (declared.reason if isinstance(declared, Refused) else "", live.failure)
    found = Configuration.model_construct(
        stack=stack,
        desired=_of(declared.documents, kinds) if isinstance(declared, Declared) else None,
        live=_of(live.kinds, kinds) if live.kinds is not None else None,
        drift=drift_report(live.drift) if live.drift is not None else None,
        wrong=tuple(dict.fromkeys(filter(None, wrong))),
    )
    return found.model_dump_json(by_alias=True)


def _of(documents: Mapping[str, tuple[Document, ...]], kinds: tuple[str, ...]) -> dict[str, tuple[Document, ...]]:
    return {kind: documents[kind] for kind in kinds if documents.get(kind)}
