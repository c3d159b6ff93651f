"""Selects whom a campaign is for."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.retention.models import Audience, Selection


class SelectAudience:
    """OmniFy keeps the audience as it is now, in an order; the workflow knows how many are in each zone."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="select-audience")
    async def run(self, selection: Selection) -> Audience:
        """Select it, once."""
        path = f"/api/clients/{selection.client}/campaigns/{selection.campaign}/audience"
        body = {"segment": selection.segment}
        return await self._omnify.ask(Audience, "POST", path, key=idempotency_key(), body=body)
