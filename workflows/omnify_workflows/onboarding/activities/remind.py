"""Reminds a client who has not consented yet."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.models import Reminder


class Remind:
    """A message of OmniFy's."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="remind")
    async def run(self, reminder: Reminder) -> None:
        """Send it, once for each number."""
        await self._omnify.send(
            "POST",
            f"/api/clients/{reminder.client}/messages",
            key=idempotency_key(reminder.platform, reminder.number),
            body={"kind": "reminder", "platform": reminder.platform, "number": reminder.number},
        )
