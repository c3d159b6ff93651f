"""Has a platform synchronised from now on."""

from datetime import timedelta

from temporalio import activity
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from omnify_workflows.naming import CLIENT, schedule_id, synchronisation_id
from omnify_workflows.onboarding.models import Scheduled
from omnify_workflows.synchronisation.models import SynchronisationOrder


class ScheduleSynchronisation:
    """A schedule of Temporal's."""

    def __init__(self, temporal: Client) -> None:
        self._temporal = temporal

    @activity.defn(name="schedule-synchronisation")
    async def run(self, scheduled: Scheduled) -> None:
        """Schedule it; a schedule that is there already stays."""
        attributes = TypedSearchAttributes([SearchAttributePair(CLIENT, scheduled.client)])
        order = SynchronisationOrder(client=scheduled.client, platform=scheduled.platform)
        schedule = Schedule(
            action=ScheduleActionStartWorkflow(
                "ScheduledSynchronisation",
                order,
                id=f"scheduled-{synchronisation_id(scheduled.client, scheduled.platform)}",
                task_queue=activity.info().task_queue,
                typed_search_attributes=attributes,
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=scheduled.every)], jitter=scheduled.every / 10),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=1)),
        )
        try:
            await self._temporal.create_schedule(
                schedule_id(scheduled.client, scheduled.platform), schedule, search_attributes=attributes
            )
        except ScheduleAlreadyRunningError:
            activity.logger.info("the schedule is there already")
