"""What a program registered, to ask questions of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.recording import Registration, recorded

STACK = "test"


@dataclass(frozen=True)
class Resources:
    """The resources of one run."""

    registrations: tuple[Registration, ...]

    def of_type(self, type_: str) -> list[Registration]:
        return [each for each in self.registrations if each.type == type_]

    def one(self, type_: str, name: str | None = None) -> Registration:
        """The only resource of a type, or of a type and an object name."""
        found = [each for each in self.of_type(type_) if name is None or object_name(each) == name]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}: {[each.name for each in found]}"
        return found[0]

    def one_named(self, type_: str, name: str) -> Registration:
        """The only resource of a type and a name in Pulumi."""
        (found,) = [each for each in self.of_type(type_) if each.name == name]
        return found

    def by_urn(self, urn: str) -> Registration:
        return next(each for each in self.registrations if each.urn == urn)

    def waits_for(self, later: Registration, earlier: Registration) -> bool:
        """Whether `later` depends on `earlier`, directly or through others."""
        return earlier.urn in later.dependencies or any(
            self.waits_for(self.by_urn(urn), earlier) for urn in later.dependencies if urn != later.urn
        )

    def objects(self) -> list[Registration]:
        """Those in Kubernetes."""
        return [each for each in self.registrations if each.type.startswith("kubernetes:")]


def inputs(registration: Registration) -> dict[str, Any]:
    """A resource's inputs in plain Python."""
    return registration.properties.values


def object_name(registration: Registration) -> str:
    return inputs(registration)["metadata"]["name"]


async def resources_of(program: Callable[[], object], *, preview: bool = False) -> Resources:
    """What a program registers, run to its end."""
    return Resources((await recorded(program, STACK, preview=preview)).registrations)
