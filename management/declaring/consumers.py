"""A consumer: a tier of `tiers:`, which is one consumer of Kong's in one group with one limit."""

from collections.abc import Iterator

from management.declaring.kind import AlreadyDeclaredError, Body, Placed, index_of, items, missing, named
from management.models.declarations import ConsumerDeclaration
from management.models.stats import Resource
from management.stack.edit import StackEdit
from management.stack.yaml import styled, update


class Consumers:
    """The tiers of a stack."""

    resource = Resource.CONSUMERS
    model = ConsumerDeclaration
    sections = ("tiers",)

    def declared(self, edit: StackEdit) -> Iterator[tuple[str, Body]]:
        """What the stack declares."""
        for tier in items(edit.value("tiers")):
            yield str(tier["name"]), tier

    def declare(self, edit: StackEdit, body: Body) -> Placed:
        """Add one."""
        name = body.get("name")
        if index_of(items(edit.value("tiers")), name) is not None:
            raise AlreadyDeclaredError(f"the stack declares a tier {name!r} already; change that one")
        tiers = edit.change("tiers", styled([], short=False))
        tiers.append(styled(dict(body)))
        return Placed(("tiers", len(tiers) - 1))

    def change(self, edit: StackEdit, name: str, body: Body) -> Placed:
        """Make one say what was sent."""
        index = _index(edit, name)
        update(edit.change("tiers", [])[index], dict(named(name, body)))
        return Placed(("tiers", index))

    def remove(self, edit: StackEdit, name: str) -> None:
        """Remove one."""
        index = _index(edit, name)
        del edit.change("tiers", [])[index]


def _index(edit: StackEdit, name: str) -> int:
    tiers = items(edit.value("tiers"))
    index = index_of(tiers, name)
    if index is None:
        raise missing("tier", name, [str(tier["name"]) for tier in tiers])
    return index
