"""Who asks, what they may do, and who may do what."""

from pydantic import Field

from management.access.roles import Permission, Role
from management.models.base import Answer


class PermissionRow(Answer):
    """A permission and the lowest role that has it."""

    permission: Permission
    """What one may do."""
    lowest: Role
    """The lowest role that may; higher ones may as well."""


class Access(Answer):
    """Who asks, and what they may do."""

    subject: str
    """The token's `sub`."""
    name: str = Field(examples=["aino"])
    """What people call them."""
    roles: tuple[Role, ...]
    """Their roles."""
    permissions: tuple[Permission, ...]
    """What they may do."""
    table: tuple[PermissionRow, ...]
    """Who may do what."""


class LoginSettings(Answer):
    """What a page needs to let people log in at the realm: the authorisation code flow with PKCE. Nothing is secret."""

    issuer: str = Field(examples=["https://auth.omnify.example/realms/omnify"])
    """The realm's URL."""
    client: str = Field(examples=["omnify-management"])
    """The public client as whom people are logged in."""
    stack: str
    """The stack that this application looks after."""
