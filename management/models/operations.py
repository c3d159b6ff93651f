"""Changes as operations: who asked, what they do, how far they are, what came of them. Together the audit trail."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from gateway.changes.report import Report
from management.models.base import Answer
from management.models.problems import SettingProblem


class Verb(StrEnum):
    """What somebody wants to do."""

    SETUP = "setup"
    DECLARE = "declare"
    CHANGE = "change"
    REMOVE = "remove"
    READ = "read"
    """Only where it was denied."""


class Status(StrEnum):
    """What became of an operation."""

    RUNNING = "running"
    """It is under way."""
    SUCCEEDED = "succeeded"
    """Gateway and stack file are as asked."""
    ROLLED_BACK = "rolled-back"
    """It failed, and gateway and stack file are as they were before."""
    FAILED = "failed"
    """It failed, and `left` says what is not as it was, `finish` what to do."""
    REFUSED = "refused"
    """The settings would have been wrong, or another operation was in the way; nothing was changed."""
    DENIED = "denied"
    """Who asked may not do that, or is not known; nothing was changed."""


ENDED = frozenset(Status) - {Status.RUNNING}
"""What an operation that has ended has become."""


class Asker(Answer):
    """Who asked."""

    subject: str = Field(examples=["5f0c3a52-9c3e-4ed4-a0a1-6b1b0a0b1f2e"])
    """The token's `sub`; empty where there was no token that holds."""
    name: str = Field(examples=["aino"])
    """What people call them."""
    address: str = Field(examples=["10.0.3.7"])
    """Where the request came from."""


class Progress(Answer):
    """One resource, done."""

    number: int
    """Counts up from 1 within the operation."""
    at: datetime
    """When it was done."""
    action: str = Field(examples=["updated"])
    """`created`, `updated`, `replaced` or `deleted`."""
    kind: str = Field(examples=["Plugin"])
    """The kind of resource, as the program calls it."""
    name: str = Field(examples=["consumer/free/rate-limiting"])
    """Its name in the program."""
    changes: tuple[str, ...] = Field(default=(), examples=[["config.minute: 1000 → 500"]])
    """What changed in it, in words."""


class OperationSummary(Answer):
    """An operation in a list."""

    id: str
    """Names it."""
    verb: Verb
    """What was asked for."""
    resource: str = Field(examples=["routes"])
    """Of what: `services`, `routes`, `plugins`, `consumers`, `acl-groups`, `gateway`, or the path that was denied."""
    name: str = Field(default="", examples=["billing-invoices"])
    """Which one; empty for the whole gateway."""
    status: Status
    """What became of it."""
    summary: str = Field(examples=["1 changed"])
    """In a few words what it changes, or why it did not."""
    asked_by: Asker
    """Who asked."""
    asked_at: datetime
    """When."""
    ended_at: datetime | None = None
    """When it ended; null while it is under way."""
    times: int = 1
    """How often the same was denied within a minute; 1 for all else."""


class Operation(OperationSummary):
    """A change, from who asked to what came of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0b7a7a6c0f0e4f3e9d8b7a6c5d4e3f2a",
                    "verb": "change",
                    "resource": "consumers",
                    "name": "free",
                    "status": "succeeded",
                    "summary": "1 changed",
                    "askedBy": {"subject": "5f0c3a52", "name": "aino", "address": "10.0.3.7"},
                    "askedAt": "2026-11-30T10:15:00Z",
                    "endedAt": "2026-11-30T10:15:04Z",
                    "times": 1,
                    "preview": None,
                    "patch": "--- a/Pulumi.dev.yaml\n+++ b/Pulumi.dev.yaml\n…",
                    "now": "",
                    "progress": [
                        {
                            "number": 1,
                            "at": "2026-11-30T10:15:03Z",
                            "action": "updated",
                            "kind": "Plugin",
                            "name": "consumer/free/rate-limiting",
                            "changes": ["config.minute: 1000 → 500"],
                        }
                    ],
                    "detail": "",
                    "problems": [],
                    "left": [],
                    "finish": "",
                }
            ]
        }
    )

    preview: Report | None = None
    """What it changes, as it was known before."""
    patch: str = ""
    """What it changes in the stack's file, for `git apply`."""
    now: str = ""
    """What is under way at the moment."""
    progress: tuple[Progress, ...] = ()
    """What is done so far, the first first."""
    detail: str = ""
    """Why it failed, was refused or denied."""
    problems: tuple[SettingProblem, ...] = ()
    """What would have been wrong with the settings."""
    left: tuple[str, ...] = ()
    """After a failure, what is neither as it was nor as it was asked for."""
    finish: str = ""
    """After a failure, how to finish."""


class OperationPage(Answer):
    """A part of the audit trail, the newest first."""

    operations: tuple[OperationSummary, ...]
    """The operations."""
    next: str | None
    """The `before` with which the next part is asked for; null when there is none."""


class Preview(Answer):
    """What a change would do. Nothing was changed."""

    changes: bool
    """Whether it would change anything."""
    summary: str = Field(examples=["1 changed"])
    """How much, in a few words."""
    report: Report
    """What changes: for users of the gateway, in Kong, in Kubernetes, and what it costs."""
    patch: str
    """What changes in the stack's file."""
    note: str = ""
    """What one must know besides."""


__all__ = [
    "ENDED",
    "Asker",
    "Operation",
    "OperationPage",
    "OperationSummary",
    "Preview",
    "Progress",
    "Status",
    "Verb",
]
