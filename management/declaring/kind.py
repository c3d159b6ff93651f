"""What every kind of declaration does: a pure change of what the stack's file says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from pydantic import BaseModel, JsonValue

from config.problems import InvalidSettingsError, Location, Problem, key_path
from management.models.stats import Resource
from management.stack.edit import StackEdit

Body = Mapping[str, JsonValue]
"""What was sent."""


@dataclass(frozen=True)
class Placed:
    """Where in the stack's settings stands what was sent."""

    location: Location
    """Where all of it stands, but for what is elsewhere."""
    elsewhere: Mapping[Location, str] = field(default_factory=dict[Location, str])
    """Fields that stand elsewhere, by where that is."""

    def field(self, location: Location) -> str | None:
        """Which field of what was sent stands at a place of the settings; None when it is none of them."""
        for place, name in self.elsewhere.items():
            if location[: len(place)] == place:
                return name
        within = location[: len(self.location)] == self.location
        return key_path(location[len(self.location) :]) or None if within else None


class NotDeclaredError(Exception):
    """The stack declares nothing of that name; says what it does declare."""


class AlreadyDeclaredError(Exception):
    """The stack declares something of that name; says where."""


class Kind(Protocol):
    """One kind of declaration."""

    @property
    def resource(self) -> Resource:
        """What it is called."""
        ...

    @property
    def model(self) -> type[BaseModel]:
        """What is sent, for OpenAPI: the settings' own rules judge it."""
        ...

    @property
    def sections(self) -> Sequence[str]:
        """The keys of the stack's configuration in which it stands."""
        ...

    def declared(self, edit: StackEdit) -> Iterator[tuple[str, Body]]:
        """What the stack declares: names, and what `PUT` takes."""
        ...

    def declare(self, edit: StackEdit, body: Body) -> Placed:
        """Add one.

        Raises:
            AlreadyDeclaredError: there is one of that name.
            InvalidSettingsError: it cannot be placed.
        """
        ...

    def change(self, edit: StackEdit, name: str, body: Body) -> Placed:
        """Make one say what was sent.

        Raises:
            NotDeclaredError: there is none of that name.
            InvalidSettingsError: it cannot be placed.
        """
        ...

    def remove(self, edit: StackEdit, name: str) -> None:
        """Remove one. Raises as `change`."""
        ...


def refuse(field: str, message: str) -> InvalidSettingsError:
    """A refusal of a field of what was sent."""
    return InvalidSettingsError([Problem((field,), message)])


def named(name: str, body: Body) -> Body:
    """What was sent for something with a name in the path; it may leave the name out.

    Raises:
        InvalidSettingsError: it has another name.
    """
    given = body.get("name", name)
    if given != name:
        raise refuse("name", f"is {given!r} and the path says {name!r}; leave it out, or declare another one")
    return {"name": name} | dict(body)


def items(value: object) -> list[Any]:
    """A list as it was written; nothing where there is none."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """A mapping as it was written; nothing where there is none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def index_of(values: Sequence[Any], name: object) -> int | None:
    """Where the entry of a name stands in a list."""
    return next((index for index, each in enumerate(values) if mapping(each).get("name") == name), None)


def missing(what: str, name: str, known: Sequence[str]) -> NotDeclaredError:
    """There is none of that name."""
    there = f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}" if known else "there is none"
    return NotDeclaredError(f"the stack declares no {what} {name!r}; {there}")
