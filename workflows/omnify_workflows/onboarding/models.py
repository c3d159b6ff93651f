"""What goes into an onboarding and comes out."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from omnify_workflows.policies import POLICIES, Policies
from omnify_workflows.vocabulary import ClientId, Contact, Message, Platform, Tier


class ConsentTerms(Message):
    """How long clients have to consent."""

    remind_after: timedelta = timedelta(days=2)
    """Between two reminders."""
    deadline: timedelta = timedelta(days=14)
    """When a platform is left out."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.remind_after <= timedelta(0) or self.deadline <= timedelta(0):
            raise ValueError("remindAfter and deadline must be longer than nothing")
        return self


class OnboardingOrder(Message):
    """Whom to onboard."""

    client: ClientId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    contact: Contact
    tier: Tier
    platforms: tuple[Platform, ...] = ()
    """What to connect; none may be."""
    consent: ConsentTerms = ConsentTerms()
    synchronise_every: timedelta = timedelta(hours=1)
    """How often platforms are synchronised from then on."""
    policies: Policies = POLICIES

    @model_validator(mode="after")
    def _platforms_once(self) -> Self:
        if len(set(self.platforms)) != len(self.platforms):
            raise ValueError("platforms must each stand there once")
        return self


class Consent(Message):
    """A client's word on a platform, by signal."""

    platform: Platform
    granted: bool = True
    code: Annotated[str, Field(max_length=2_000)] = ""
    """What the platform gave the client for us to connect with."""


class Step(StrEnum):
    """The steps, in their order."""

    CLIENT = "client"
    TENANT = "tenant"
    CONNECTIONS = "connections"
    SYNCHRONISATION = "synchronisation"
    SCHEDULES = "schedules"
    WELCOME = "welcome"


class StepState(StrEnum):
    """How a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    LEFT_BEHIND = "left behind"


class ConnectionState(StrEnum):
    """How the connection of a platform is."""

    WAITING = "waiting"
    ASKED = "asked"
    CONNECTED = "connected"
    DECLINED = "declined"
    EXPIRED = "expired"


class Progress(Message):
    """How an onboarding is."""

    steps: Mapping[Step, StepState]
    connections: Mapping[Platform, ConnectionState]
    contact: Contact
    reminders: int
    """Reminders sent so far."""
    failure: str | None = None
    """Why it is taken back."""


class Onboarded(Message):
    """What came of it."""

    client: ClientId
    tenant: str
    """The tenant's user in Keycloak."""
    connected: tuple[Platform, ...]
    left_out: Mapping[Platform, ConnectionState]
    """Platforms whose client declined or did not answer."""
    records: int
    """What the first synchronisation brought."""


class Tenant(Message):
    """Who a client's people log in as."""

    client: ClientId
    contact: Contact
    tier: Tier


class Connection(Message):
    """A platform of a client's."""

    client: ClientId
    platform: Platform
    code: str = ""


class Reminder(Message):
    """A word to a client who has not consented yet."""

    client: ClientId
    platform: Platform
    number: int


class Changed(Message):
    """A new contact; `number` tells changes apart."""

    client: ClientId
    contact: Contact
    number: int


class Welcome(Message):
    """The last word of an onboarding."""

    client: ClientId
    connected: tuple[Platform, ...]


class Scheduled(Message):
    """What is synchronised from now on, and how often."""

    client: ClientId
    platform: Platform
    every: timedelta
