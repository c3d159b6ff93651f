"""Measures what a campaign has brought."""

from temporalio import activity

from omnify_workflows.clients.service import Service
from omnify_workflows.retention.models import Measures, Selection


class Measure:
    """Asks OmniFy."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="measure")
    async def run(self, campaign: Selection) -> Measures:
        """Measure it."""
        path = f"/api/clients/{campaign.client}/campaigns/{campaign.campaign}/measures"
        return await self._omnify.ask(Measures, "GET", path)
