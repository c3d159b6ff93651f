"""What is declared, what is live, and what differs."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from management.models.base import Answer

Documents = dict[str, tuple[dict[str, JsonValue], ...]]
"""Entities as Kong's Admin API gives them, by Kong's name of their kind."""


class FieldDrift(Answer):
    """A field that is not as declared."""

    path: tuple[str | int, ...] = Field(examples=[["config", "minute"]])
    """Where it stands in the entity."""
    desired: JsonValue
    """What is declared."""
    live: JsonValue
    """What is there."""


class EntityDrift(Answer):
    """An entity that is not as declared."""

    kind: str = Field(examples=["plugins"])
    """Kong's name of the kind."""
    key: str = Field(examples=["consumer/free/rate-limiting"])
    """What it is called."""
    id: str
    """Its id in Kong."""
    decides_access: bool
    """Whether it has a say in who may pass."""
    fields: tuple[FieldDrift, ...] = ()
    """What differs, where it is there and declared."""
    tie: str | None = None
    """What it has to do with the stack, where nothing declares it."""


class NodeDrift(Answer):
    """Nodes that differ from what is declared in the same way."""

    pods: tuple[str, ...]
    """Their pods; none where one Admin API speaks for all."""
    clean: bool
    """Whether they are as declared."""
    declared: int
    """How many entities are declared."""
    missing: tuple[EntityDrift, ...]
    """Declared and not there."""
    changed: tuple[EntityDrift, ...]
    """Not as declared."""
    undeclared: tuple[EntityDrift, ...]
    """There, tied to the stack, and not declared."""
    allowed: tuple[EntityDrift, ...]
    """What others may change, and did: no drift."""
    unowned: tuple[EntityDrift, ...]
    """Nobody's: no drift."""
    others: tuple[EntityDrift, ...]
    """What other stacks own: no drift."""


class DriftReport(Answer):
    """How the live gateway differs from what is declared, as `python -m gateway drift --json` says it."""

    version: int
    """Of the form."""
    stack: str
    mode: Literal["database", "dbless"]
    admin: str
    """Where the Admin API was reached."""
    clean: bool
    """Whether every node is as declared."""
    nodes: tuple[NodeDrift, ...]
    """One for each way in which nodes differ."""


class Configuration(Answer):
    """Desired, live, and the drift between them. `[secret]` stands for each secret."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "stack": "dev",
                    "desired": {"consumers": [{"username": "free-tier", "custom_id": "free"}]},
                    "live": {"consumers": [{"username": "free-tier", "custom_id": "free"}]},
                    "drift": None,
                    "wrong": [],
                }
            ]
        }
    )

    stack: str
    """The stack."""
    desired: Documents | None
    """What the stack declares; null when its settings are wrong."""
    live: Documents | None
    """What Kong holds, whoever made it; null when it cannot be read."""
    drift: DriftReport | None
    """What differs; null when one of them is missing."""
    wrong: tuple[str, ...]
    """Why something is missing."""


def drift_report(document: dict[str, Any]) -> DriftReport:
    """The report of `python -m gateway drift --json` as an answer."""
    return DriftReport.model_validate(document)
