"""An ACL group and who is in it: tiers by themselves, everybody else by an entry of `entities.acls`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from management.declaring.kind import AlreadyDeclaredError, Body, Placed, items, mapping, missing, named, refuse
from management.models.declarations import AclGroupDeclaration
from management.models.stats import Resource
from management.stack.edit import StackEdit
from management.stack.yaml import styled


@dataclass(frozen=True)
class _Tier:
    name: str
    consumer: str
    group: str


class AclGroups:
    """The groups of a stack."""

    resource = Resource.ACL_GROUPS
    model = AclGroupDeclaration
    sections = ("tiers", "entities")

    def declared(self, edit: StackEdit) -> Iterator[tuple[str, Body]]:
        """What the stack declares."""
        members: dict[str, list[JsonValue]] = {}
        for tier in _tiers(edit):
            members.setdefault(tier.group, []).append(tier.name)
        for acl in _acls(edit):
            found = members.setdefault(str(acl.get("group")), [])
            consumer = _tier_name(edit, acl.get("consumer"))
            if consumer not in found:
                found.append(consumer)
        for group, consumers in members.items():
            yield group, {"name": group, "consumers": consumers}

    def declare(self, edit: StackEdit, body: Body) -> Placed:
        """Add one."""
        group = body.get("name")
        if not isinstance(group, str):
            raise refuse("name", "must be text; write lower-case letters, digits, '-' and '_'")
        if group in dict(self.declared(edit)):
            raise AlreadyDeclaredError(f"the stack has a group {group!r} already; change that one")
        return _written(edit, group, body)

    def change(self, edit: StackEdit, name: str, body: Body) -> Placed:
        """Make one have those consumers that were sent, and no others."""
        self._known(edit, name)
        return _written(edit, name, named(name, body))

    def remove(self, edit: StackEdit, name: str) -> None:
        """Remove one with all memberships."""
        self._known(edit, name)
        own = [tier.name for tier in _tiers(edit) if tier.group == name]
        if own:
            raise refuse("name", f"is the group of tier {own[0]!r}; give the tier another group, or remove the tier")
        _write(edit, name, ())

    def _known(self, edit: StackEdit, name: str) -> None:
        groups = dict(self.declared(edit))
        if name not in groups:
            raise missing("group", name, list(groups))


def _written(edit: StackEdit, group: str, body: Body) -> Placed:
    unknown = sorted(body.keys() - {"name", "consumers"})
    if unknown:
        raise refuse(unknown[0], "is no key of a group; remove it")
    consumers = body.get("consumers")
    if not isinstance(consumers, list) or not consumers or not all(isinstance(each, str) for each in consumers):
        raise refuse("consumers", "must be a list of tiers or consumers with at least one; write for example ['pro']")
    wanted = [_tier_name(edit, each) for each in consumers]
    own = [tier.name for tier in _tiers(edit) if tier.group == group]
    left_out = [name for name in own if name not in wanted]
    if left_out:
        raise refuse("consumers", f"leave out {left_out[0]!r}, a tier whose own group it is; add it")
    places = _write(edit, group, [name for name in dict.fromkeys(wanted) if name not in own])
    fields = {("entities", "acls", index, "group"): "name" for index in places.values()}
    for at, name in enumerate(wanted):
        if name in places:
            fields["entities", "acls", places[name], "consumer"] = f"consumers[{at}]"
    return Placed(("entities", "acls"), fields)


def _write(edit: StackEdit, group: str, consumers: Sequence[JsonValue]) -> dict[JsonValue, int]:
    """Make a group have these members besides its own tiers, and tell where their entries stand."""
    entities = edit.change("entities", styled({}, short=False))
    if "acls" not in entities:
        entities["acls"] = styled([], short=False)
    acls: Any = entities["acls"]
    for index in reversed(range(len(acls))):
        if acls[index].get("group") == group and _tier_name(edit, acls[index].get("consumer")) not in consumers:
            del acls[index]
    places = {
        _tier_name(edit, acl.get("consumer")): index for index, acl in enumerate(acls) if acl.get("group") == group
    }
    for name in consumers:
        if name not in places:
            if hasattr(acls, "fa"):
                acls.fa.set_block_style()
            acls.append(styled({"consumer": name, "group": group}))
            places[name] = len(acls) - 1
    if not acls:
        del entities["acls"]
    return places


def _tiers(edit: StackEdit) -> Sequence[_Tier]:
    found: list[_Tier] = []
    for tier in items(edit.value("tiers")):
        name = str(tier.get("name"))
        found.append(_Tier(name, str(tier.get("consumer") or f"{name}-tier"), str(tier.get("group") or name)))
    return found


def _acls(edit: StackEdit) -> Sequence[Any]:
    return items(mapping(edit.value("entities")).get("acls"))


def _tier_name(edit: StackEdit, consumer: JsonValue) -> JsonValue:
    """A consumer by its tier's name, where it is a tier's; else as it was written."""
    return next((tier.name for tier in _tiers(edit) if consumer in (tier.name, tier.consumer)), consumer)
