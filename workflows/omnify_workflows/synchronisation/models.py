"""What goes into a synchronisation and comes out."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from omnify_workflows.policies import POLICIES, Policies
from omnify_workflows.vocabulary import ClientId, Message, Platform


class Window(Message):
    """A time whose records are brought again, as a backfill."""

    since: AwareDatetime
    until: AwareDatetime

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.since >= self.until:
            raise ValueError("since must be before until")
        return self


class Carried(Message):
    """What a run hands to the one that goes on after it."""

    window: Window | None
    cursor: str | None
    pages: int
    records: int
    windows: int


class SynchronisationOrder(Message):
    """What to synchronise."""

    client: ClientId
    platform: Platform
    windows: tuple[Window, ...] = ()
    """Times to bring again; what is new since the last synchronisation when left out."""
    pages_at_once: Annotated[int, Field(ge=1, le=1_000)] = 50
    """Pages of a try: what one activity brings before it says so to the workflow."""
    chunks_in_run: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Chunks until the workflow continues as new, so that its history stays short."""
    policies: Policies = POLICIES
    carried: Carried | None = None
    """Left out by whoever starts one."""


class Chunk(Message):
    """Some pages, from a cursor on."""

    client: ClientId
    platform: Platform
    window: Window | None
    cursor: str | None
    pages: int


class Reached(Message):
    """How far pages were brought: what heartbeats say, and the result of a chunk."""

    cursor: str | None
    pages: int = 0
    records: int = 0
    done: bool = False


class Progress(Message):
    """How a synchronisation is."""

    window: Window | None
    """The time that is brought; none for what is new."""
    pages: int
    records: int
    waiting: int
    """Windows that come after it."""
    continued: int
    """Chunks of this run."""


class Synchronised(Message):
    """What came of it."""

    client: ClientId
    platform: Platform
    pages: int
    records: int
    windows: int
    """How many windows were brought; 0 when it was what is new."""
    at: datetime


class ScheduledResult(Message):
    """What came of a scheduled one."""

    skipped: bool
    """There was one under way already, so this one was not needed."""
    synchronised: Synchronised | None = None
