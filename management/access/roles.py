"""Who may do what: the roles of the realm, and the table of permissions as data."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A role that the realm gives to people and programs. Each has what those before it have."""

    VIEWER = "gateway-viewer"
    OPERATOR = "gateway-operator"
    ADMIN = "gateway-admin"


class Permission(StrEnum):
    """Something that one may do."""

    READ = "read"
    """Look at the gateway: health, overview, configuration, statistics, operations."""
    PREVIEW = "preview"
    """Ask what a change would do (`dryRun=true`)."""
    SETUP = "setup"
    """Bring the gateway to its declared state."""
    DECLARE_SERVICES = "declare services"
    """Add and change services."""
    DECLARE_ROUTES = "declare routes"
    """Add and change routes."""
    DECLARE_CONSUMERS = "declare consumers"
    """Add and change consumers: tiers and their limits."""
    DECLARE_PLUGINS = "declare plugins"
    """Add and change plugins. They may let requests pass, send them elsewhere or run Lua."""
    DECLARE_ACL_GROUPS = "declare acl-groups"
    """Add and change who is in which group, and so who may pass."""
    REMOVE = "remove"
    """Remove whatever is declared."""


LOWEST: Final[Mapping[Permission, Role]] = {
    Permission.READ: Role.VIEWER,
    Permission.PREVIEW: Role.OPERATOR,
    Permission.SETUP: Role.OPERATOR,
    Permission.DECLARE_SERVICES: Role.OPERATOR,
    Permission.DECLARE_ROUTES: Role.OPERATOR,
    Permission.DECLARE_CONSUMERS: Role.OPERATOR,
    Permission.DECLARE_PLUGINS: Role.ADMIN,
    Permission.DECLARE_ACL_GROUPS: Role.ADMIN,
    Permission.REMOVE: Role.ADMIN,
}
"""The lowest role that has each permission."""
_RANKS: Final = tuple(Role)


def roles_in(names: Iterable[str]) -> tuple[Role, ...]:
    """The roles among names, the lowest first."""
    known = set(names)
    return tuple(role for role in Role if role.value in known)


def permissions(roles: Iterable[Role]) -> frozenset[Permission]:
    """What somebody may do who has these roles."""
    highest = max((_RANKS.index(role) for role in roles), default=-1)
    return frozenset(permission for permission, lowest in LOWEST.items() if _RANKS.index(lowest) <= highest)
