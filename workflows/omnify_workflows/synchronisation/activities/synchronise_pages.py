"""Brings pages of a platform's records into OmniFy."""

from collections.abc import Mapping

from pydantic import BaseModel
from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.failures import FailureKind, failure
from omnify_workflows.synchronisation.models import Chunk, Reached


class _Page(BaseModel):
    id: str
    records: list[Mapping[str, object]]
    next: str | None = None


class SynchronisePages:
    """Reads a page from the platform, stores it, and says how far it is; a try takes up where the last one was."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="synchronise-pages")
    async def run(self, chunk: Chunk) -> Reached:
        """Bring a chunk's pages. A page is stored under its id, so one that comes twice is there once."""
        reached = _resumed() or Reached(cursor=chunk.cursor)
        while not reached.done and reached.pages < chunk.pages:
            if activity.is_worker_shutdown():
                raise failure(FailureKind.LEAVING, "the worker shuts down; another one goes on from here")
            reached = await self._page(chunk, reached)
            activity.heartbeat(reached)
        return reached

    async def _page(self, chunk: Chunk, reached: Reached) -> Reached:
        path = f"/api/clients/{chunk.client}/platforms/{chunk.platform}/records"
        page = await self._omnify.ask(_Page, "GET", path, query=_query(chunk, reached.cursor))
        store = f"/api/clients/{chunk.client}/platforms/{chunk.platform}/pages/{page.id}"
        await self._omnify.send("PUT", store, key=idempotency_key(page.id), body={"records": page.records})
        return Reached(
            cursor=page.next,
            pages=reached.pages + 1,
            records=reached.records + len(page.records),
            done=page.next is None,
        )


def _resumed() -> Reached | None:
    """How far the last try was."""
    details = activity.info().heartbeat_details
    return Reached.model_validate(details[0]) if details else None


def _query(chunk: Chunk, cursor: str | None) -> dict[str, str | int | bool]:
    query: dict[str, str | int | bool] = {}
    if chunk.window is not None:
        query |= {"since": chunk.window.since.isoformat(), "until": chunk.window.until.isoformat()}
    if cursor is not None:
        query["cursor"] = cursor
    return query
