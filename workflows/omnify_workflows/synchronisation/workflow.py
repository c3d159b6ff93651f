"""The synchronisation of a client's platform.

    ┌▶ a chunk of pages (heartbeats, resumption) ─▶ … until there are no more ─▶ windows that came meanwhile ─▶ end
    └─ continue as new, when the history grows long

Its id is the platform's (`omnify_workflows.naming`), so no two run at once: a schedule that meets one is skipped, and a
backfill is a signal to the one that runs, or starts one.
"""

from temporalio import workflow
from temporalio.exceptions import WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from omnify_workflows.naming import synchronisation_id
    from omnify_workflows.synchronisation.activities.synchronise_pages import SynchronisePages
    from omnify_workflows.synchronisation.decisions import merged
    from omnify_workflows.synchronisation.models import (
        Carried,
        Chunk,
        Progress,
        ScheduledResult,
        SynchronisationOrder,
        Synchronised,
        Window,
    )


@workflow.defn(name="Synchronisation")
class Synchronisation:
    """Brings what is new, or windows again; see this module for its steps."""

    @workflow.init
    def __init__(self, order: SynchronisationOrder) -> None:
        self._order = order
        self._waiting = list(order.windows)
        carried = order.carried or Carried(
            window=self._waiting.pop(0) if self._waiting else None, cursor=None, pages=0, records=0, windows=0
        )
        self._window, self._cursor = carried.window, carried.cursor
        self._pages, self._records, self._windows = carried.pages, carried.records, carried.windows
        self._chunks = 0

    @workflow.run
    async def run(self, order: SynchronisationOrder) -> Synchronised:
        """Synchronise until nothing is left to bring."""
        while True:
            await self._bring()
            if self._window is not None:
                self._windows += 1
            await workflow.wait_condition(workflow.all_handlers_finished)
            if not self._waiting:
                break
            self._window, *self._waiting = merged(self._waiting)
        return Synchronised(
            client=order.client,
            platform=order.platform,
            pages=self._pages,
            records=self._records,
            windows=self._windows,
            at=workflow.now(),
        )

    @workflow.query
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(
            window=self._window,
            pages=self._pages,
            records=self._records,
            waiting=len(self._waiting),
            continued=self._chunks,
        )

    @workflow.signal
    def backfill(self, window: Window) -> None:
        """Bring a time again, after what is under way."""
        # The signal that starts a workflow asks for what the order asks for already.
        if window != self._window:
            self._waiting.append(window)

    async def _bring(self) -> None:
        done = False
        while not done:
            if self._chunks >= self._order.chunks_in_run or workflow.info().is_continue_as_new_suggested():
                self._continue()
            chunk = Chunk(
                client=self._order.client,
                platform=self._order.platform,
                window=self._window,
                cursor=self._cursor,
                pages=self._order.pages_at_once,
            )
            reached = await workflow.execute_activity_method(
                SynchronisePages.run, chunk, **self._order.policies.pages.options
            )
            self._chunks += 1
            self._cursor, done = reached.cursor, reached.done
            self._pages += reached.pages
            self._records += reached.records
        self._cursor = None

    def _continue(self) -> None:
        carried = Carried(
            window=self._window,
            cursor=self._cursor,
            pages=self._pages,
            records=self._records,
            windows=self._windows,
        )
        update = {"windows": tuple(self._waiting), "carried": carried}
        workflow.continue_as_new(self._order.model_copy(update=update))


@workflow.defn(name="ScheduledSynchronisation")
class ScheduledSynchronisation:
    """What a schedule starts: one synchronisation, unless the platform is being synchronised."""

    @workflow.run
    async def run(self, order: SynchronisationOrder) -> ScheduledResult:
        """Synchronise under the platform's own id, which is taken once at a time."""
        try:
            result = await workflow.execute_child_workflow(
                Synchronisation.run,
                order,
                id=synchronisation_id(order.client, order.platform),
                search_attributes=workflow.info().typed_search_attributes,
            )
        except WorkflowAlreadyStartedError:
            return ScheduledResult(skipped=True)
        return ScheduledResult(skipped=False, synchronised=result)
