"""A retention campaign.

    select audience ─▶ ┌▶ a batch ─▶ wait for the rate, or until somebody wakes ─▶ … ─▶ ┐ ─▶ measure ─▶ end
                       └─ the next touch, some days later ◀────────────────────────────┘

Who converts (signal) gets nothing more. A cancel, or a failure for good, ends the campaign too. It continues as new
when its history grows long.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

# By their names from their modules, here as in all workflows: what is imported from a package as a module is not passed
# through, and time zones are none within the sandbox.
with workflow.unsafe.imports_passed_through():
    from omnify_workflows.retention.activities.end_campaign import EndCampaign
    from omnify_workflows.retention.activities.measure import Measure
    from omnify_workflows.retention.activities.select_audience import SelectAudience
    from omnify_workflows.retention.activities.send_batch import SendBatch
    from omnify_workflows.retention.decisions import Turn, Wait, batch_size, next_turn, pause
    from omnify_workflows.retention.models import (
        Batch,
        CampaignOrder,
        CampaignResult,
        Carried,
        Conversion,
        Ending,
        Progress,
        Selection,
        Stage,
    )


@workflow.defn(name="Retention")
class Retention:
    """Runs a campaign; see this module for its steps."""

    @workflow.init
    def __init__(self, order: CampaignOrder) -> None:
        self._order = order
        self._stage = Stage.SELECTING
        carried = order.carried
        self._audience = dict(carried.audience) if carried else {}
        self._touch = carried.touch if carried else 1
        self._offsets = dict(carried.offsets) if carried else {}
        self._sent, self._skipped = (carried.sent, carried.skipped) if carried else (0, 0)
        # A dictionary for its order, which a set has not: what goes into a batch must be the same in a replay.
        self._converted = dict.fromkeys(carried.converted if carried else ())
        self._batches = 0

    @workflow.run
    async def run(self, order: CampaignOrder) -> CampaignResult:
        """Send, measure, end."""
        try:
            result = await self._campaign(order)
        except (FailureError, asyncio.CancelledError):
            await self._end(complete=False)
            raise
        await self._end(complete=True)
        return result

    @workflow.query
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(
            stage=self._stage,
            audience=sum(self._audience.values()),
            touch=self._touch,
            touches=self._order.touches,
            sent=self._sent,
            skipped=self._skipped,
            converted=len(self._converted),
        )

    @workflow.signal
    def converted(self, conversion: Conversion) -> None:
        """Send nothing more to a recipient."""
        self._converted[conversion.recipient] = None

    async def _campaign(self, order: CampaignOrder) -> CampaignResult:
        call = order.policies.call.options
        selection = Selection(client=order.client, campaign=order.campaign, segment=order.segment)
        if order.carried is None:
            selected = await workflow.execute_activity_method(SelectAudience.run, selection, **call)
            self._audience = dict(selected.zones)
        while self._touch <= order.touches:
            await self._send_touch()
            if self._touch < order.touches:
                self._stage = Stage.BETWEEN
                await asyncio.sleep(order.between_touches.total_seconds())
            self._touch += 1
            self._offsets = {}
        self._touch = order.touches
        self._stage = Stage.MEASURING
        await asyncio.sleep(order.measure_after.total_seconds())
        measures = await workflow.execute_activity_method(Measure.run, selection, **call)
        return CampaignResult(
            client=order.client,
            campaign=order.campaign,
            audience=sum(self._audience.values()),
            sent=self._sent,
            skipped=self._skipped,
            measures=measures,
        )

    async def _send_touch(self) -> None:
        size = batch_size(self._order.batch, self._order.per_minute)
        while turn := next_turn(self._audience, self._offsets, now=workflow.now(), quiet=self._order.quiet, size=size):
            if self._batches >= self._order.batches_in_run or workflow.info().is_continue_as_new_suggested():
                self._continue()
            if isinstance(turn, Wait):
                self._stage = Stage.QUIET
                await asyncio.sleep(turn.until_someone_wakes.total_seconds())
            else:
                self._stage = Stage.SENDING
                await self._send(turn)

    async def _send(self, turn: Turn) -> None:
        began = workflow.now()
        batch = Batch(
            client=self._order.client,
            campaign=self._order.campaign,
            touch=self._touch,
            zone=turn.zone,
            offset=turn.offset,
            size=turn.size,
            converted=tuple(self._converted),
        )
        result = await workflow.execute_activity_method(SendBatch.run, batch, **self._order.policies.batch.options)
        self._batches += 1
        self._offsets[turn.zone] = turn.offset + turn.size
        self._sent += result.sent
        self._skipped += result.skipped
        rest = pause(result.sent, self._order.per_minute, workflow.now() - began)
        if rest > timedelta(0):
            await asyncio.sleep(rest.total_seconds())

    async def _end(self, *, complete: bool) -> None:
        ending = Ending(client=self._order.client, campaign=self._order.campaign, complete=complete)
        await workflow.execute_activity_method(EndCampaign.run, ending, **self._order.policies.undo.options)
        self._stage = Stage.ENDED

    def _continue(self) -> None:
        carried = Carried(
            audience=self._audience,
            touch=self._touch,
            offsets=self._offsets,
            sent=self._sent,
            skipped=self._skipped,
            converted=tuple(self._converted),
        )
        workflow.continue_as_new(self._order.model_copy(update={"carried": carried}))
