"""Takes back `schedule_synchronisation`."""

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from omnify_workflows.naming import schedule_id
from omnify_workflows.onboarding.models import Connection


class UnscheduleSynchronisation:
    """Removes the schedule; what it has started goes on to its end."""

    def __init__(self, temporal: Client) -> None:
        self._temporal = temporal

    @activity.defn(name="unschedule-synchronisation")
    async def run(self, connection: Connection) -> None:
        """Remove it; that it is not there is as good."""
        try:
            await self._temporal.get_schedule_handle(schedule_id(connection.client, connection.platform)).delete()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
