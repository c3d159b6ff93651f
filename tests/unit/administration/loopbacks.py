"""Stacks with a loopback, and its entities."""

from typing import Any

from config.stack import StackSettings
from entities.administration import Seed, seed
from entities.state import Owner
from tests.unit.config.documents import Edit, put
from tests.unit.entities.states import settings

OWNER = Owner("omnify-gateway", "prod")
KEY, PASSWORD = "k" * 32, "p" * 16


def administration(**fields: object) -> list[Edit]:
    """The edits that give prod a loopback for one program and one person."""
    admin = {
        "access": "loopback",
        "allowed": ["203.0.113.0/24"],
        "programs": {"pulumi": {"name": "kong-admin-keys", "key": "pulumi"}},
        "people": {"alice": {"name": "kong-people", "key": "alice"}},
    }
    return [
        put("admin", admin | fields),
        put("ingress.managerAuth", None),
        put("network.trustedProxies", ["10.0.0.0/8"]),
    ]


def loopback_stack(*edits: Edit, **fields: object) -> StackSettings:
    return settings(*administration(**fields), *edits, stack="prod")


def loopback_seed(*edits: Edit, **fields: object) -> Seed:
    found = seed(loopback_stack(*edits, **fields), OWNER)
    assert found is not None
    return found


def entities(found: Seed, kind: str) -> dict[str, dict[str, Any]]:
    """The entities of a kind, by id."""
    listed: Any = found.document.get(kind, [])
    return {each["id"]: each for each in listed}
