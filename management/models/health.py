"""Whether the gateway works, and what is wrong where it does not."""

from datetime import datetime

from pydantic import ConfigDict, Field

from management.models.base import Answer
from management.models.problems import SettingProblem


class KongHealth(Answer):
    """Kong, as its Admin API says it."""

    reachable: bool
    """Whether the Admin API answers."""
    address: str = Field(examples=["kubernetes://omnify-prod/omnify-gateway/kong-admin:8001"])
    """Where it is."""
    version: str | None = Field(examples=["3.9.1"])
    """Kong's version; null when it does not answer."""


class DatabaseHealth(Answer):
    """The database that Kong keeps its entities in."""

    used: bool
    """Whether there is one: not in DB-less mode."""
    reachable: bool | None
    """Whether every node that answers reaches it; null when there is none, or no node that says."""


class NodeHealth(Answer):
    """One node of the gateway."""

    name: str = Field(examples=["kong-6c7d9f5b8-x2x7p"])
    """Its pod or address."""
    ready: bool
    """Whether it takes requests."""
    wrong: str
    """What is wrong with it; empty when nothing is."""


class StackHealth(Answer):
    """The stack's configuration."""

    name: str
    """The stack."""
    valid: bool
    """Whether its settings are right."""
    problems: tuple[SettingProblem, ...]
    """What is wrong with them."""


class LastApply(Answer):
    """The last time that the stack was applied through this application."""

    operation: str
    """The operation that did."""
    at: datetime
    """When it ended."""
    age_seconds: int
    """How long ago that is."""


class Health(Answer):
    """Whether the gateway works."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "healthy": False,
                    "wrong": ["node kong-6c7d9f5b8-x2x7p does not reach its database"],
                    "kong": {
                        "reachable": True,
                        "address": "kubernetes://omnify-prod/omnify-gateway/kong-admin:8001",
                        "version": "3.9.1",
                    },
                    "database": {"used": True, "reachable": False},
                    "nodes": [{"name": "kong-6c7d9f5b8-x2x7p", "ready": False, "wrong": "does not reach its database"}],
                    "stack": {"name": "prod", "valid": True, "problems": []},
                    "lastApply": {
                        "operation": "0b7a7a6c0f0e4f3e9d8b7a6c5d4e3f2a",
                        "at": "2026-11-30T10:15:04Z",
                        "ageSeconds": 4711,
                    },
                }
            ]
        }
    )

    healthy: bool
    """Whether all is well."""
    wrong: tuple[str, ...]
    """What is wrong, in words; empty when nothing is."""
    kong: KongHealth
    database: DatabaseHealth
    nodes: tuple[NodeHealth, ...]
    stack: StackHealth
    last_apply: LastApply | None
    """Null when it was never applied through this application."""
