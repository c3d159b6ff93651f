"""What Kong's schemas say, as typed facts.

`kong-3.9.json` holds them in a compact form of our own (see `compile.py`, which makes it); this module
reads that form. How a document is completed and checked by them is the work of `complete.py` and `check.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import cast

from entities.schema.document import ABSENT, Absent, Document, Json, strings

VALIDATORS_ORDER = (
    "eq",
    "ne",
    "not_one_of",
    "one_of",
    "gt",
    "timestamp",
    "uuid",
    "is_regex",
    "between",
    "len_eq",
    "len_min",
    "len_max",
    "starts_with",
    "match_none",
    "match",
    "match_all",
    "match_any",
    "contains",
    "validator",
    "mutually_exclusive_subsets",
)
"""The attributes that restrict a value, in the order Kong tries them (Kong: kong/db/schema/init.lua,
`validators_order`); the first that fails gives the message. `validator` names Kong's `custom_validator`."""

Rules = Mapping[str, Json]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field: its type, what restricts it and what stands there when nothing is given."""

    spec: Mapping[str, Json]
    type: str
    required: bool
    auto: bool
    referenceable: bool
    encrypted: bool
    unique: bool
    transient: bool
    default: Json | Absent
    message: str | None
    reference: str | None
    rules: Rules
    """What restricts it, in the order of `VALIDATORS_ORDER`."""
    elements: Field | None
    keys: Field | None
    values: Field | None
    record: Record | None


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A field that Kong accepts and writes into others: `redis_host` for `redis.host`."""

    field: Field
    target: tuple[str, ...]
    """Where the value goes; empty when `expansion` says it."""
    expansion: str | None
    """The name of the function in `shorthands.py` that spreads the value over several fields."""
    deprecated: bool
    """A deprecated shorthand yields to the field it stands for; any other replaces it."""
    echoed: bool
    """Kong gives it back beside the field it stands for."""
    translations: Mapping[str, Json]
    """Old values and what they are called now."""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule between fields (Kong: `entity_checks`)."""

    kind: str
    sources: tuple[str, ...]
    """Dotted paths of the fields it reads."""
    arguments: Mapping[str, Json]
    matches: Mapping[str, Field]


@dataclass(frozen=True, eq=False)
class Record:
    """Named fields and the rules between them: an entity, a plugin's configuration or a part of either."""

    fields: Mapping[str, Field]
    checks: tuple[Check, ...] = ()
    shorthands: Mapping[str, Shorthand] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The fields without which Kong refuses a completed document."""
        return tuple(name for name, field in self.fields.items() if field.required and not field.auto)

    @cached_property
    def nested(self) -> Mapping[str, Record]:
        """The fields that are records themselves."""
        return MappingProxyType({name: field.record for name, field in self.fields.items() if field.record})

    def at(self, dotted: str) -> Field | None:
        """The field at a dotted path, through nested records."""
        name, _, rest = dotted.partition(".")
        found = self.fields.get(name)
        if found is None or not rest:
            return found
        return found.record.at(rest) if found.record else None


def read_record(spec: Document) -> Record:
    """A record in the compact form, as facts."""
    fields = {name: read_field(as_object(part)) for name, part in as_object(spec["fields"]).items()}
    shorthands = {
        name: _read_shorthand(as_object(part)) for name, part in as_object(spec.get("shorthands", {})).items()
    }
    record = Record(MappingProxyType(fields), shorthands=MappingProxyType(shorthands))
    checks = tuple(
        _read_check(kind, argument, record)
        for check in as_list(spec.get("checks", []))
        for kind, argument in as_object(check).items()
    )
    return Record(record.fields, checks, record.shorthands)


def overlaid(base: Record, overlay: Document) -> Record:
    """A record with some fields replaced and rules added, as Kong's subschemas do."""
    fields = {name: read_field(as_object(part)) for name, part in as_object(overlay.get("fields", {})).items()}
    merged = Record(MappingProxyType({**base.fields, **fields}), shorthands=base.shorthands)
    added = tuple(
        _read_check(kind, argument, merged)
        for check in as_list(overlay.get("checks", []))
        for kind, argument in as_object(check).items()
    )
    return Record(merged.fields, base.checks + added, merged.shorthands)


def read_field(spec: Document) -> Field:
    """A field in the compact form, as facts."""
    kind = cast("str", spec["type"])
    attributes = {"len_min": 1, **spec} if kind == "string" else spec
    parts = {name: read_field(as_object(spec[name])) for name in ("elements", "keys", "values") if name in spec}
    return Field(
        spec=MappingProxyType(spec),
        type=kind,
        required=spec.get("required") is True,
        auto=spec.get("auto") is True,
        referenceable=spec.get("referenceable") is True,
        encrypted=spec.get("encrypted") is True,
        unique=spec.get("unique") is True,
        transient=spec.get("transient") is True,
        default=spec.get("default", ABSENT),
        message=cast("str | None", spec.get("err")),
        reference=cast("str | None", spec.get("reference")),
        rules=MappingProxyType({name: attributes[name] for name in VALIDATORS_ORDER if name in attributes}),
        elements=parts.get("elements"),
        keys=parts.get("keys"),
        values=parts.get("values"),
        record=read_record(spec) if "fields" in spec else None,
    )


def _read_shorthand(spec: Document) -> Shorthand:
    target = cast("str", spec.get("for", ""))
    return Shorthand(
        field=read_field(spec),
        target=tuple(target.split(".")) if target else (),
        expansion=cast("str | None", spec.get("expands")),
        deprecated=spec.get("deprecated") is True,
        echoed=spec.get("echoed") is True,
        translations=MappingProxyType(as_object(spec.get("translations", {}))),
    )


_SOURCES = {
    "conditional": ("if_field", "then_field"),
    "conditional_at_least_one_of": ("if_field", "then_at_least_one_of", "else_then_at_least_one_of"),
    "custom_entity_check": ("field_sources",),
}
_MATCHES = {"if_match": "if_field", "else_match": "if_field", "then_match": "then_field"}


def _read_check(kind: str, argument: Json, record: Record) -> Check:
    if not isinstance(argument, dict):
        names = tuple(strings(argument))
        return Check(kind, names, MappingProxyType({"fields": argument}), MappingProxyType({}))
    return Check(
        kind=kind,
        sources=_paths(argument, _SOURCES[kind]),
        arguments=MappingProxyType(argument),
        matches=MappingProxyType(
            {
                name: _matcher(as_object(argument[name]), record.at(cast("str", argument[source])))
                for name, source in _MATCHES.items()
                if name in argument
            }
        ),
    )


def _paths(argument: Document, names: tuple[str, ...]) -> tuple[str, ...]:
    paths: list[str] = []
    for name in names:
        value = argument.get(name)
        paths.extend([value] if isinstance(value, str) else strings(value))
    return tuple(paths)


def _matcher(match: Document, source: Field | None) -> Field:
    """What a conditional check tries a value with: its own attributes over those of the field itself."""
    return read_field({**(source.spec if source else {"type": "any"}), **match})


def as_object(value: Json) -> Document:
    """A JSON object, or a ValueError that the facts are malformed."""
    if isinstance(value, dict):
        return value
    message = f"expected an object in the facts of Kong's schemas, found {value!r}"
    raise ValueError(message)


def as_list(value: Json) -> list[Json]:
    """A JSON array, or a ValueError that the facts are malformed."""
    if isinstance(value, list):
        return value
    message = f"expected a list in the facts of Kong's schemas, found {value!r}"
    raise ValueError(message)
