"""Asks the client to consent to the connection of a platform."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.models import Connection


class AskConsent:
    """OmniFy sends the contact a link to the platform's page of consent."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="ask-consent")
    async def run(self, connection: Connection) -> None:
        """Ask; the client's word comes back to the workflow as a signal."""
        path = f"/api/clients/{connection.client}/platforms/{connection.platform}/consent"
        await self._omnify.send("POST", path, key=idempotency_key(connection.platform))
