"""Creates the client in OmniFy."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.models import Tenant


class CreateClient:
    """PUT by the client's id, so that it is there once however often it is asked for."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="create-client")
    async def run(self, tenant: Tenant) -> None:
        """Create it. A client who is there already, by another onboarding, is a conflict for good."""
        body = {"contact": tenant.contact.model_dump(), "tier": tenant.tier}
        await self._omnify.send("PUT", f"/api/clients/{tenant.client}", key=idempotency_key(), body=body)
