"""Whose an entity is. Its tags say it: `project:<project>` and `stack:<stack>`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provider.resources import ResourceType
from provider.urns import Urn


class OwnershipError(Exception):
    """An entity is in the way that belongs to somebody else."""


@dataclass(frozen=True)
class Owner:
    """A stack of a project."""

    project: str
    stack: str

    @property
    def tags(self) -> frozenset[str]:
        """The tags that mark an entity as this owner's."""
        return frozenset({f"project:{self.project}", f"stack:{self.stack}"})

    def owns(self, entity: Mapping[str, Any]) -> bool:
        """Tell whether the tags of an entity say that it is this owner's."""
        return self.tags <= set(entity.get("tags") or ())

    def is_stranger_to(self, entity: Mapping[str, Any]) -> bool:
        """Tell whether the tags of an entity say that it is somebody else's; untagged entities are nobody's."""
        marks = {tag for tag in _strings(entity.get("tags")) if tag.startswith(("project:", "stack:"))}
        return bool(marks) and not marks <= self.tags


def owner_of(urn: Urn) -> Owner:
    """Return the owner that a resource's URN names."""
    return Owner(urn.project, urn.stack)


def refusal(urn: Urn, entity: Mapping[str, Any]) -> OwnershipError:
    """Say whose an entity is that is in the way of a resource, and how to take it over."""
    kind = urn.type
    tags = ", ".join(_strings(entity.get("tags"))) or "no tags"
    wanted = ", ".join(sorted(owner_of(urn).tags))
    return OwnershipError(
        f"Kong already has {kind.kind} {entity['id']} in the place of this one, and it is not this stack's "
        f"(it has {tags}). To adopt it, run `pulumi import {kind.token} {urn.name} {import_id(kind, entity)}`, "
        f"or give it the tags {wanted} and run again"
    )


def import_id(kind: ResourceType, entity: Mapping[str, Any]) -> str:
    """Write the id by which `pulumi import` finds an entity, in the form that the official provider takes."""
    if kind.parent is None:
        return str(entity["id"])
    parent = entity[kind.parent]["id"]
    return f"{parent}/{entity['id']}" if kind.parent == "upstream" else f"{entity['id']}|{parent}"


def _strings(tags: Iterable[str] | None) -> list[str]:
    return list(tags or ())
