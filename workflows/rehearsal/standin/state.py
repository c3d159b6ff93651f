"""What the stand-in keeps."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass
class User:
    """A user of the realm."""

    id: str
    fields: Document
    groups: set[str] = field(default_factory=set[str])


@dataclass
class Client:
    """A client of OmniFy's."""

    created_by: str
    fields: Document
    platforms: dict[str, str] = field(default_factory=dict[str, str])
    """Asked or connected, by platform."""


@dataclass
class Training:
    """A training: it is further at each look."""

    id: str
    looks: int = 0
    state: str = "running"


@dataclass
class Model:
    """A model of EYES, and how its trainings go."""

    current: str = "first"
    looks_needed: int = 3
    fails: bool = False
    evaluation: Document = field(default_factory=lambda: {"score": 0.9, "current": 0.8, "changed": 0.02})
    trainings: dict[str, Training] = field(default_factory=dict[str, Training])
    candidates: list[str] = field(default_factory=list[str])
    approvals: list[Document] = field(default_factory=list[Document])


@dataclass
class Campaign:
    """A campaign: its audience in an order, and what each recipient got."""

    audience: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Recipients and their time zones."""
    got: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    """How often a recipient got a touch."""
    ended: bool | None = None


@dataclass
class State:
    """Everything."""

    clients: dict[str, Client] = field(default_factory=dict[str, Client])
    users: dict[str, User] = field(default_factory=dict[str, User])
    effects: Counter[str] = field(default_factory=Counter[str])
    """What was done, and how often: requests that came again with their key count once."""
    requests: Counter[str] = field(default_factory=Counter[str])
    """What was asked for, `METHOD /path`, however it was answered."""
    log: list[str] = field(default_factory=list[str])
    """What was done, in order."""
    answered: dict[str, tuple[int, Any]] = field(default_factory=dict[str, tuple[int, Any]])
    """What was answered, by idempotency key."""
    pages: dict[str, int] = field(default_factory=dict[str, int])
    """How many pages a platform has, by `client/platform`; three when it is not said."""
    stored: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The pages that were stored, by `client/platform`."""
    models: dict[str, Model] = field(default_factory=dict[str, Model])
    campaigns: dict[str, Campaign] = field(default_factory=dict[str, Campaign])

    def did(self, effect: str) -> None:
        """Count an effect."""
        self.effects[effect] += 1
        self.log.append(effect)

    def model(self, name: str) -> Model:
        """A model, which is there when it is asked for."""
        return self.models.setdefault(name, Model())

    def campaign(self, client: str, name: str) -> Campaign:
        """A campaign, which is there when it is asked for, with three recipients."""
        default = [("r1", "Europe/Berlin"), ("r2", "Europe/Berlin"), ("r3", "America/New_York")]
        return self.campaigns.setdefault(f"{client}/{name}", Campaign(audience=default))
