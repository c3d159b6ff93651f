"""What the engine plans, from `pulumi preview --json`, in the same terms as a comparison of two commits."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from pulumi.runtime import rpc

from entities.drift.names import LiveNames
from entities.masking import MASK
from entities.model import Document
from entities.schema import UNKNOWN, kong_schema
from entities.snapshot import Snapshot
from gateway.changes.comparison import described, ordered
from gateway.changes.declared import Declared, Manifest
from gateway.changes.kong import entity_changes
from gateway.changes.kubernetes import changed_object
from gateway.changes.report import Action, Change, FieldChange, Report
from provider.documents import to_document
from provider.resources import resource_type
from provider.urns import parse_urn

_ACTIONS: Final[Mapping[str, Action]] = {
    "create": Action.CREATE,
    "delete": Action.DELETE,
    "import": Action.UPDATE,
    "import-replacement": Action.REPLACE,
    "replace": Action.REPLACE,
    "update": Action.UPDATE,
}
"""What each of the engine's operations is. Others change nothing, or are a half of `replace`."""
_RAW: Final = 1_000_000
"""Characters of the engine's own words that are kept; a comment takes far fewer."""
_HALVES: Final = frozenset({"create-replacement", "delete-replaced"})


Side = Literal["before", "after"]


class UnreadablePreviewError(ValueError):
    """What should be a preview is none, or the engine could not make one; says why."""


@dataclass(frozen=True)
class Step:
    """What the engine does to a resource."""

    urn: str
    type: str
    action: Action | None
    """None where it stays as it is."""
    before: Mapping[str, Any] | None
    """Its inputs as they are; None where it is not there."""
    after: Mapping[str, Any] | None
    """Its inputs as they will be; None where it goes."""
    id: str | None
    """What it is known by, where it is there."""
    differs: tuple[str, ...]
    """The properties that differ, as the engine calls them."""

    @property
    def system(self) -> Literal["kong", "kubernetes", "pulumi"]:
        """Where it is."""
        package = self.type.partition(":")[0]
        return package if package in ("kong", "kubernetes") else "pulumi"


def previewed(stack: str, text: str, raw: str = "") -> Report:
    """A report of a preview; `raw` is what the engine says for people.

    Raises:
        UnreadablePreviewError: the text is none of `pulumi preview --json`, or the engine gave up.
    """
    steps = tuple(steps_in(text))
    before, after = _declared(steps, "before"), _declared(steps, "after")
    changes = ordered(tuple(_changes(steps, before, after)))
    return described(Report(stack=stack, source="engine", changes=changes, raw=raw[:_RAW]), before, after)


def steps_in(text: str) -> Iterator[Step]:
    """The steps of a preview, one for each resource. Raises as `previewed`."""
    try:
        document: Any = json.loads(text)
    except ValueError as error:
        raise UnreadablePreviewError(f"this is no `pulumi preview --json`: {error}") from error
    if not isinstance(document, dict):
        raise UnreadablePreviewError("this is no `pulumi preview --json`: it is no object")
    preview = cast("Mapping[str, Any]", document)
    errors = [str(said.get("message", "")).strip() for said in preview.get("diagnostics") or () if _is_error(said)]
    if errors:
        raise UnreadablePreviewError("\n".join(errors))
    for step in cast("Sequence[Mapping[str, Any]]", preview.get("steps") or ()):
        if step.get("op") not in _HALVES:
            yield _step(step)


def _is_error(diagnostic: Mapping[str, Any]) -> bool:
    return diagnostic.get("severity") == "error"


def _step(step: Mapping[str, Any]) -> Step:
    old, new = (cast("Mapping[str, Any]", step.get(side) or {}) for side in ("oldState", "newState"))
    action = _ACTIONS.get(str(step.get("op")))
    return Step(
        urn=str(step["urn"]),
        type=str((new or old).get("type", "")),
        action=action,
        before=None if action is Action.CREATE else (old or new).get("inputs") or {},
        after=None if action is Action.DELETE else (new or old).get("inputs") or {},
        id=str(old["id"]) if old.get("id") else None,
        differs=tuple(step.get("detailedDiff") or step.get("diffReasons") or ()),
    )


def _entities(steps: Iterable[Step], side: Side) -> Iterator[tuple[Step, str, Document]]:
    """The entities of Kong's on one side of a preview: kinds and complete documents."""
    for step in steps:
        inputs = getattr(step, side)
        if step.system == "kong" and inputs is not None:
            kind = resource_type(step.type)
            # What is there has its id already; what is made, or made anew, gets the one that follows from its name.
            stays = side == "before" or step.action is not Action.REPLACE
            known = step.id if stays and step.id else parse_urn(step.urn).derived_id
            # A configuration with a secret in it is hidden whole.
            open_inputs = {name: UNKNOWN if value == MASK else value for name, value in _known(inputs).items()}
            document = kong_schema().complete(kind.kind, to_document(kind, open_inputs))
            yield step, kind.kind, {"id": known} | document


def _declared(steps: Sequence[Step], side: Side) -> Declared:
    kinds: dict[str, list[Document]] = {}
    for _, kind, document in _entities(steps, side):
        kinds.setdefault(kind, []).append(document)
    objects = [_shown(getattr(step, side)) for step in steps if step.system == "kubernetes" and getattr(step, side)]
    return Declared(Snapshot({kind: tuple(each) for kind, each in kinds.items()}), objects)


def _changes(steps: Sequence[Step], before: Declared, after: Declared) -> Iterator[Change]:
    entities = {(change.kind, change.key): change for change in entity_changes(before.kong, after.kong)}
    names = dict(_names(steps, before, after))
    for step in steps:
        if step.action is None:
            continue
        match step.system:
            case "kong":
                kind, key = names[step.urn]
                change = entities.get((kind, key)) or Change(system="kong", kind=kind, key=key, action=step.action)
            case "kubernetes":
                change = changed_object(_manifest(step.before), _manifest(step.after), step.action)
            case "pulumi":
                if step.before is None or ":providers:" not in step.type:
                    continue
                change = Change(system="pulumi", kind=step.type, key=parse_urn(step.urn).name, action=step.action)
        fields = change.fields or tuple(_hidden_fields(step))
        yield change.model_copy(update={"action": step.action, "fields": fields})


def _names(steps: Sequence[Step], before: Declared, after: Declared) -> Iterator[tuple[str, tuple[str, str]]]:
    """What the entities are called, by URN."""
    sides: Sequence[tuple[Side, Declared]] = (("after", after), ("before", before))
    for side, declared in sides:
        names = LiveNames(declared.kong)
        for step, kind, document in _entities(steps, side):
            yield step.urn, (kind.removesuffix("s"), names.of(kind, document))


def _hidden_fields(step: Step) -> Iterator[FieldChange]:
    """What differs where the engine shows neither value."""
    if step.action in (Action.UPDATE, Action.REPLACE):
        for name in step.differs:
            secret = MASK if (step.after or {}).get(name.partition(".")[0]) == MASK else None
            yield FieldChange(path=(name,), before=secret, after=secret)


def _manifest(inputs: Mapping[str, Any] | None) -> Manifest | None:
    return None if inputs is None else _shown(inputs)


def _shown(inputs: Mapping[str, Any]) -> Manifest:
    return {name: value for name, value in _known(inputs, "(known after it is applied)").items() if name[:2] != "__"}


def _known(value: Any, unknown: object = UNKNOWN) -> Any:  # noqa: ANN401 (JSON)
    """A value with something else in the place of what the engine does not know yet."""
    if isinstance(value, dict):
        return {key: _known(item, unknown) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_known(item, unknown) for item in cast("list[Any]", value)]
    return unknown if value == rpc.UNKNOWN else value
