"""Entities as lint sees them: with where they come from, and whole when asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from config.problems import Location
from entities.model import Entity
from entities.routing import Part
from entities.schema.document import UNKNOWN

_STREAM = frozenset({"tcp", "tls", "tls_passthrough", "udp"})


@dataclass(frozen=True)
class Item:
    """An entity, with where it comes from."""

    entity: Entity
    place: Location
    complete: Callable[[Entity], Mapping[str, Any]]

    @property
    def key(self) -> str:
        """The entity's key."""
        return self.entity.key

    @property
    def modelled(self) -> bool:
        """Whether a section with a model of its own makes it, rather than `plugins:` or `entities:`."""
        return self.place[0] not in {"plugins", "entities"}

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """Its fields as far as they are written."""
        return self.entity.fields()

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The whole document, with Kong's defaults."""
        return self.complete(self.entity)

    @property
    def streams(self) -> bool:
        """Whether its protocols are all other than HTTP."""
        protocols = self.given.get("protocols") or ("http",)
        return _STREAM.issuperset(protocols)

    def refers_to(self, field: str) -> str | None:
        """The key of the entity it refers to."""
        reference = self.entity.references().get(field)
        return reference[1] if reference else None

    def known(self, *path: str) -> Any:  # noqa: ANN401 (JSON)
        """A value of the whole document; None where it is a secret, or where there is none."""
        value: Any = self.document
        for step in path:
            value = cast("Mapping[str, Any]", value).get(step) if isinstance(value, Mapping) else None
        return None if value is UNKNOWN else value


@dataclass(frozen=True)
class RouteItem(Item):
    """A route, with how Kong ranks it."""

    parts: tuple[Part, ...]

    @property
    def service(self) -> str | None:
        """The key of its service."""
        return self.refers_to("service")
