"""Connects a platform that the client has consented to."""

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.models import Connection


class ConnectPlatform:
    """OmniFy gives the platform the client's code for access."""

    def __init__(self, omnify: Service) -> None:
        self._omnify = omnify

    @activity.defn(name="connect-platform")
    async def run(self, connection: Connection) -> None:
        """Connect it. A platform that refuses the code does so for good."""
        path = f"/api/clients/{connection.client}/platforms/{connection.platform}"
        key = idempotency_key(connection.platform)
        await self._omnify.send("PUT", path, key=key, body={"code": connection.code})
