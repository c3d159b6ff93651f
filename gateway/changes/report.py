"""What changes, in a form from which people, comments and machines are told. Nothing in it is secret.

A report may come from the pull request of a stranger (docs/pull-requests.md), so that its form is strict.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

StackName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]


class Part(BaseModel):
    """A part of a report."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(StrEnum):
    """What happens to something."""

    DELETE = "delete"
    REPLACE = "replace"
    UPDATE = "update"
    CREATE = "create"


class FieldChange(Part):
    """A field with its old and its new value; None where it has none. `[secret]` stands for secrets."""

    path: tuple[str | int, ...]
    before: JsonValue = None
    after: JsonValue = None


class Change(Part):
    """Something that changes: an entity of Kong's, an object of Kubernetes's, or another resource of the engine's."""

    system: Literal["kong", "kubernetes", "pulumi"]
    kind: str
    """`route`, `plugin`, … of Kong's, `Deployment`, `Ingress`, … of Kubernetes's, else the engine's type."""
    key: str
    """What it is called."""
    action: Action
    decides_access: bool = False
    """Whether it has a say in who may pass."""
    fields: tuple[FieldChange, ...] = ()
    """What differs. Of what is made, what is said of it; of what goes, nothing."""
    renamed: str | None = None
    """What takes its place, where that is called otherwise."""


class Callers(Part):
    """Who may pass on a route."""

    who: Literal["everybody", "known", "groups", "nobody"]
    """Everybody, whoever is known to the gateway, members of groups, or nobody."""
    groups: tuple[str, ...] = ()


class RouteView(Part):
    """A route as its users see it."""

    methods: tuple[str, ...]
    """None stands for all."""
    paths: tuple[str, ...]
    """None stands for all."""
    further: tuple[str, ...] = ()
    """What else it asks of a request, such as `hosts api.example`."""
    callers: Callers

    def wider_than(self, other: Self) -> bool:
        """Whether it takes requests that the other does not take."""
        fewer = self.further != other.further and not set(self.further) > set(other.further)
        return fewer or _wider(self.methods, other.methods) or _wider(self.paths, other.paths)


class RouteChange(Part):
    """A route that appears, vanishes, or takes other requests or callers."""

    name: str
    before: RouteView | None
    after: RouteView | None

    @property
    def exposes(self) -> bool:
        """Whether everybody may reach something that not everybody could reach there before."""
        if self.after is None or self.after.callers.who != "everybody":
            return False
        was_open = self.before is not None and self.before.callers.who == "everybody"
        return not was_open or (self.before is not None and self.after.wider_than(self.before))


def _wider(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether some take more than others, where none stand for all."""
    return bool(others) and (not some or not set(some) <= set(others))


class LimitChange(Part):
    """A limit on requests that changes; None is no limit."""

    whose: str
    """For example `consumer/free`, `service/orders`, `global`."""
    of: str
    """`requests per minute`, `megabytes per request`, …"""
    before: float | None
    after: float | None


class Effect(StrEnum):
    """What a change costs a workload."""

    RESTARTS = "restarts"
    REPLACED = "replaced"
    RUNS = "runs"
    STOPS = "stops"
    LOSES = "loses"


class Cost(Part):
    """A change that is more than a write: pods restart, something is made anew, data goes."""

    effect: Effect
    kind: str
    name: str
    detail: str = ""


class Report(Part):
    """What changes in a stack."""

    version: Literal[1] = 1
    """Of the form. It changes when a key goes or means something else, not when one is added."""
    stack: StackName
    source: Literal["commits", "engine"]
    """Told from two commits, or by the engine from what is deployed."""
    against: str = ""
    """The commit with which was compared."""
    failure: str = ""
    """Why nothing can be told."""
    note: str = ""
    """What one must know to read the rest, such as that the stack is new."""
    changes: tuple[Change, ...] = ()
    routes: tuple[RouteChange, ...] = ()
    limits: tuple[LimitChange, ...] = ()
    exposed: tuple[str, ...] = ()
    """What becomes reachable from outside besides routes: Services, Ingresses."""
    costs: tuple[Cost, ...] = ()
    raw: str = Field(default="", max_length=2_000_000)
    """What the engine itself says of it."""

    @property
    def clean(self) -> bool:
        """Whether nothing changes."""
        return not (self.changes or self.failure)

    def counted(self, action: Action) -> int:
        """How many changes are of one sort."""
        return sum(1 for change in self.changes if change.action is action)

    def write(self, file: Path) -> None:
        """Write it into a file, whose folder is made if it is not there."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.model_dump_json(), "utf-8")
