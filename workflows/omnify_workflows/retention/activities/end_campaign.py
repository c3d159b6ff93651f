"""Ends a campaign."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retention.models import Ending


class EndCampaign:
    """PUT, so that it is so however often it is asked for."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="end-campaign")
    async def run(self, ending: Ending) -> None:
        """End it: OmniFy sends nothing more of it."""
        path = f"/api/clients/{ending.client}/campaigns/{ending.campaign}/end"
        await self._omnify.send("PUT", path, key=idempotency_key(), body={"complete": ending.complete})
