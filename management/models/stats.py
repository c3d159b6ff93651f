"""Counts, and what routes and consumers had to do."""

from enum import StrEnum

from pydantic import ConfigDict, Field

from management.models.base import Answer


class Resource(StrEnum):
    """What is declared through this application, and counted."""

    SERVICES = "services"
    ROUTES = "routes"
    PLUGINS = "plugins"
    CONSUMERS = "consumers"
    ACL_GROUPS = "acl-groups"


class Latency(Answer):
    """How long requests took, in milliseconds, from buckets of Kong's own."""

    p50: float
    """Half of them were answered within it."""
    p95: float
    """95 of 100 were."""
    p99: float
    """99 of 100 were."""


class Traffic(Answer):
    """What was counted since Kong's nodes started."""

    requests: int
    """Requests that were answered."""
    client_errors: int
    """Answers 4xx, without those of a limit."""
    server_errors: int
    """Answers 5xx."""
    limited: int
    """Requests that a limit rejected: answers 429 of Kong's own."""
    ingress_bytes: int
    """Bytes that came in."""
    egress_bytes: int
    """Bytes that went out."""
    latency: Latency | None
    """Null where nothing was measured; Kong measures no latency by consumer."""


class Item(Answer):
    """One thing that is counted."""

    name: str = Field(examples=["omnify-api-all"])
    """What it is called."""
    traffic: Traffic | None
    """Null where Kong counts nothing of its kind, or nodes do not say what they count."""


class Stats(Answer):
    """Counts of one kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resource": "routes",
                    "declared": 5,
                    "live": 5,
                    "items": [
                        {
                            "name": "omnify-api-all",
                            "traffic": {
                                "requests": 120394,
                                "clientErrors": 310,
                                "serverErrors": 2,
                                "limited": 1204,
                                "ingressBytes": 83920311,
                                "egressBytes": 920391102,
                                "latency": {"p50": 12.1, "p95": 48.0, "p99": 97.5},
                            },
                        }
                    ],
                    "wrong": "",
                }
            ]
        }
    )

    resource: Resource
    """What is counted."""
    declared: int
    """How many the stack declares."""
    live: int | None
    """How many Kong holds, whoever made them; null when it cannot be read."""
    items: tuple[Item, ...]
    """One by one, those with the most requests first."""
    wrong: str = ""
    """Why something is missing here."""
