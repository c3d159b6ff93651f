"""Takes back `ask_consent` and `connect_platform`."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.models import Connection


class DisconnectPlatform:
    """OmniFy gives up its access, and what it has synchronised."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="disconnect-platform")
    async def run(self, connection: Connection) -> None:
        """Disconnect it; that it is not connected is as good."""
        path = f"/api/clients/{connection.client}/platforms/{connection.platform}"
        await self._omnify.remove(path, key=idempotency_key(connection.platform))
