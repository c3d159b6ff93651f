"""What a person wants to know first."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from config.tiers import Limits
from management.models.base import Answer
from management.models.health import LastApply
from management.models.operations import OperationSummary
from management.models.stats import Item, Traffic


class Counts(Answer):
    """How many the stack declares of each kind."""

    services: int
    routes: int
    plugins: int
    consumers: int
    acl_groups: int


class DriftSummary(Answer):
    """Whether the live gateway is as declared."""

    clean: bool | None
    """Null when the gateway cannot be read."""
    missing: int = 0
    """Declared entities that are not there."""
    changed: int = 0
    """Entities that differ."""
    undeclared: int = 0
    """Entities that nothing declares and that have to do with this stack."""
    wrong: str = ""
    """Why nobody knows."""


class TierSummary(Answer):
    """A tier, its limits and who hits them."""

    name: str
    """What a token's tier claim says."""
    consumer: str
    """Its consumer in Kong."""
    group: str
    """Its ACL group."""
    fairness: Literal["tier", "subject"]
    """Whether all its users share its limits (`tier`), or each has them alone (`subject`)."""
    limits: Limits
    """Requests in a minute, an hour and a day."""
    traffic: Traffic | None
    """What its users sent, and how much of it a limit rejected; null where nodes do not say."""


class Overview(Answer):
    """What a person wants to know first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "stack": "prod",
                    "healthy": True,
                    "wrong": [],
                    "mode": "database",
                    "edition": "oss",
                    "counts": {"services": 1, "routes": 5, "plugins": 13, "consumers": 3, "aclGroups": 3},
                    "nodes": 3,
                    "readyNodes": 3,
                    "drift": {"clean": True, "missing": 0, "changed": 0, "undeclared": 0, "wrong": ""},
                    "lintFindings": 0,
                    "tiers": [
                        {
                            "name": "free",
                            "consumer": "free-tier",
                            "group": "free",
                            "fairness": "subject",
                            "limits": {"minute": 1000, "hour": 60000, "day": 1440000},
                            "traffic": None,
                        }
                    ],
                    "busiest": [],
                    "lastApply": None,
                    "running": None,
                    "operations": [],
                    "readAt": "2026-11-30T10:15:04Z",
                }
            ]
        }
    )

    stack: str
    """The stack."""
    healthy: bool
    """As `health` says it."""
    wrong: tuple[str, ...]
    """What is wrong, in words."""
    mode: Literal["database", "dbless"] | None
    """Where Kong keeps its entities; null when the settings are wrong."""
    edition: Literal["oss", "enterprise"] | None
    """Kong's edition."""
    counts: Counts | None
    """Null when the settings are wrong."""
    nodes: int
    """Nodes that were asked."""
    ready_nodes: int
    """Those that take requests."""
    drift: DriftSummary
    lint_findings: int | None = Field(examples=[0])
    """How many things `python -m gateway lint` finds that the stack does not accept."""
    tiers: tuple[TierSummary, ...]
    """The tiers, as the stack has them."""
    busiest: tuple[Item, ...]
    """The ten routes with the most requests."""
    last_apply: LastApply | None
    running: OperationSummary | None
    """The operation that is under way."""
    operations: tuple[OperationSummary, ...]
    """The latest five, without what was denied."""
    read_at: datetime
    """When the live gateway was read."""
