"""Welcomes the client."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding import models


class Welcome:
    """A message of OmniFy's."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="welcome")
    async def run(self, welcome: models.Welcome) -> None:
        """Send it, once."""
        path = f"/api/clients/{welcome.client}/messages"
        body = {"kind": "welcome", "platforms": list(welcome.connected)}
        await self._omnify.send("POST", path, key=idempotency_key(), body=body)
