"""Changes whom OmniFy writes to."""

from typing import Any

from temporalio import activity

from omnify_workflows.clients.keys import idempotency_key
from omnify_workflows.clients.service import Service
from omnify_workflows.onboarding.activities.provision_tenant import find_tenant, personal
from omnify_workflows.onboarding.models import Changed


class ChangeContact:
    """In OmniFy, and at the tenant's user where there is one."""

    def __init__(self, omnify: Service, keycloak: Service) -> None:
        self._omnify, self._keycloak = omnify, keycloak

    @activity.defn(name="change-contact")
    async def run(self, changed: Changed) -> None:
        """Change it, Keycloak first: it alone may refuse, for another user's address."""
        user = await find_tenant(self._keycloak, changed.client)
        if user is not None:
            # Keycloak's PUT takes the whole user: what is left out may be cleared.
            whole = await self._keycloak.ask(dict[str, Any], "GET", f"/users/{user.id}")
            await self._keycloak.send("PUT", f"/users/{user.id}", body=whole | personal(changed.contact))
        body = {"contact": changed.contact.model_dump()}
        key = idempotency_key(changed.number)
        await self._omnify.send("PATCH", f"/api/clients/{changed.client}", key=key, body=body)
