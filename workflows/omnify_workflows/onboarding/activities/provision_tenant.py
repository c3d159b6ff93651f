"""Provisions the client's tenant in Keycloak: a user in the tier's group, by which the gateway judges its tokens."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from temporalio import activity
from temporalio.exceptions import ApplicationError

from omnify_workflows.clients.service import Service
from omnify_workflows.failures import FailureKind, failure
from omnify_workflows.onboarding.models import Tenant
from omnify_workflows.vocabulary import ClientId, Contact, Tier


class User(BaseModel):
    """A user, as far as it is of interest (Keycloak: UserRepresentation)."""

    id: str
    username: str
    email: str | None = None


class _Group(BaseModel):
    id: str
    name: str


def tenant_name(client: ClientId) -> str:
    """The name of a tenant's user. It is made of the client's id, so whoever bears it is this client's."""
    return f"tenant-{client}"


async def find_tenant(keycloak: Service, client: ClientId) -> User | None:
    """The tenant's user, if there is one."""
    query = {"username": tenant_name(client), "exact": True}
    users = await keycloak.ask(list[User], "GET", "/users", query=query)
    return users[0] if users else None


class ProvisionTenant:
    """Creates the user, or finds the one that a try before has created, and sees to it that its group is right."""

    def __init__(self, keycloak: Service) -> None:
        self._keycloak = keycloak

    @activity.defn(name="provision-tenant")
    async def run(self, tenant: Tenant) -> str:
        """Provision it, and give the user's id. An address that another user has is a conflict for good."""
        user = await find_tenant(self._keycloak, tenant.client) or await self._create(tenant)
        await self._put_into_group(user, tenant.tier)
        return user.id

    async def _create(self, tenant: Tenant) -> User:
        try:
            await self._keycloak.send("POST", "/users", body=_representation(tenant))
        except ApplicationError as error:
            # A try before may have created it, and its answer been lost; else the address is somebody else's.
            if error.type != FailureKind.CONFLICT or await find_tenant(self._keycloak, tenant.client) is None:
                raise
        user = await find_tenant(self._keycloak, tenant.client)
        if user is None:
            raise failure(FailureKind.UNAVAILABLE, f"Keycloak does not show {tenant_name(tenant.client)} yet")
        return user

    async def _put_into_group(self, user: User, tier: Tier) -> None:
        query = {"search": tier.value, "exact": True, "briefRepresentation": True}
        groups = await self._keycloak.ask(list[_Group], "GET", "/groups", query=query)
        wanted = next((group for group in groups if group.name == tier), None)
        if wanted is None:
            raise failure(FailureKind.MISSING, f"the realm has no group {tier}; import keycloak/omnify-realm.json")
        # A person is in exactly one tier's group: in two, which tier a token has is chance.
        for group in await self._keycloak.ask(list[_Group], "GET", f"/users/{user.id}/groups"):
            if group.name != tier and group.name in set(Tier):
                await self._keycloak.remove(f"/users/{user.id}/groups/{group.id}")
        await self._keycloak.send("PUT", f"/users/{user.id}/groups/{wanted.id}")


def personal(contact: Contact) -> dict[str, Any]:
    """What Keycloak keeps of a contact."""
    first, _, last = contact.name.partition(" ")
    return {"email": contact.email, "firstName": first, "lastName": last or first, "emailVerified": False}


def _representation(tenant: Tenant) -> Mapping[str, Any]:
    return {
        "username": tenant_name(tenant.client),
        "enabled": True,
        "requiredActions": ["VERIFY_EMAIL", "UPDATE_PASSWORD"],
        **personal(tenant.contact),
    }
