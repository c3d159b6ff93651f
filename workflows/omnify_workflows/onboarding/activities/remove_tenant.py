"""Takes back `provision_tenant`."""

from temporalio import activity

from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.activities.provision_tenant import find_tenant
from omnify_workflows.vocabulary import ClientId


class RemoveTenant:
    """Removes the tenant's user from Keycloak, and with it its sessions and its place in a group."""

    def __init__(self, keycloak: Service) -> None:
        self._keycloak = keycloak

    @activity.defn(name="remove-tenant")
    async def run(self, client: ClientId) -> None:
        """Remove it; that it is not there is as good."""
        user = await find_tenant(self._keycloak, client)
        if user is not None:
            await self._keycloak.remove(f"/users/{user.id}")
