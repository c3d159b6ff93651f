"""Rules between the fields of a record: Kong's entity checks.

Kong: kong/db/schema/init.lua, `entity_checkers` and `run_entity_check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from entities.schema.document import (
    ABSENT,
    Absent,
    Document,
    Json,
    holds_unknown,
    is_nonempty,
    is_vault_reference,
    look_up,
    lua_text,
    quoted_list,
    strings,
)
from entities.schema.entity_rules import ENTITY_RULES
from entities.schema.facts import Check, Field, Record
from entities.schema.violations import ENTITY, REQUIRED, Errors

FieldCheck: TypeAlias = "Callable[[Field, Json | Absent], str | Errors | None]"

_RUNS_WITH_MISSING = {"at_least_one_of", "conditional_at_least_one_of", "mutually_required"}
_RUNS_WITH_INVALID = {
    "at_least_one_of",
    "conditional",
    "conditional_at_least_one_of",
    "distinct",
    "only_one_of",
}


class _Context(NamedTuple):
    check: Check
    document: Document
    errors: Errors
    field_error: FieldCheck


def add_rule_errors(record: Record, document: Document, errors: Errors, field_error: FieldCheck) -> None:
    """Adds what the record's rules refuse in a completed document to the errors of its fields."""
    for check in record.checks:
        if _applies(check, record, document, errors):
            message = _CHECKERS[check.kind](_Context(check, document, errors, field_error))
            listed = errors.setdefault(ENTITY, []) if message else None
            if message and isinstance(listed, list):
                listed.append(message)


def _applies(check: Check, record: Record, document: Document, errors: Errors) -> bool:
    if errors and check.kind not in _RUNS_WITH_INVALID and any(source in errors for source in check.sources):
        return False
    said = check.kind in _RUNS_WITH_MISSING
    for source in check.sources:
        value = look_up(document, source)
        if value is ABSENT:
            continue
        if holds_unknown(value) or (is_vault_reference(value) and _takes_references(record, source)):
            return False
        said = True
    return said


def _takes_references(record: Record, source: str) -> bool:
    field = record.at(source)
    return field is not None and field.referenceable


def _set_error(errors: Errors, dotted: str, message: str | Errors) -> None:
    """Puts an error at a dotted path, unless a whole record above it is refused already."""
    *parents, name = dotted.split(".")
    target = errors
    for parent in parents:
        nested = target.setdefault(parent, {})
        if not isinstance(nested, dict):
            return
        target = nested
    target[name] = message


def _named(context: _Context) -> list[str]:
    return list(strings(context.check.arguments["fields"]))


def _filled(document: Document, names: list[str]) -> list[str]:
    return [name for name in names if is_nonempty(look_up(document, name))]


def _at_least_one_of(context: _Context) -> str | None:
    names = _named(context)
    if _filled(context.document, names):
        return None
    return f"at least one of these fields must be non-empty: {quoted_list(names)}"


def _only_one_of(context: _Context) -> str | None:
    names = _named(context)
    if len(_filled(context.document, names)) == 1:
        return None
    return f"exactly one of these fields must be non-empty: {quoted_list(names)}"


def _mutually_required(context: _Context) -> str | None:
    names = _named(context)
    if len(_filled(context.document, names)) in (0, len(names)):
        return None
    return f"all or none of these fields must be set: {quoted_list(names)}"


def _distinct(context: _Context) -> str | None:
    names = _named(context)
    values = [look_up(context.document, name) for name in _filled(context.document, names)]
    if all(value not in values[:position] for position, value in enumerate(values)):
        return None
    return f"values of these fields must be distinct: {quoted_list(names)}"


def _conditional(context: _Context) -> str | None:
    arguments, matches = context.check.arguments, context.check.matches
    if_field, then_field = str(arguments["if_field"]), str(arguments["then_field"])
    if context.field_error(matches["if_match"], look_up(context.document, if_field)):
        return None
    value = look_up(context.document, then_field)
    then_match = matches["then_match"]
    error = REQUIRED if then_match.required and value in (None, ABSENT) else context.field_error(then_match, value)
    if not error:
        return None
    _set_error(context.errors, then_field, error)
    custom = arguments.get("then_err")
    if custom:
        return _formatted(custom, if_field)
    return f"failed conditional validation given value of field '{if_field}'"


def _conditional_at_least_one_of(context: _Context) -> str | None:
    arguments, matches = context.check.arguments, context.check.matches
    value = look_up(context.document, str(arguments["if_field"]))
    if value is ABSENT:
        return None
    if not context.field_error(matches["if_match"], value):
        branch, text = arguments["then_at_least_one_of"], arguments.get("then_err")
    elif "else_match" in matches and not context.field_error(matches["else_match"], value):
        branch, text = arguments["else_then_at_least_one_of"], arguments.get("else_then_err")
    else:
        return None
    names = list(strings(branch))
    if _filled(context.document, names):
        return None
    listed = quoted_list(names)
    return _formatted(text, listed) if text else f"at least one of these fields must be non-empty: {listed}"


def _formatted(text: Json, argument: str) -> str:
    """Lua's `text:format(argument)` for the only directive that Kong's messages use."""
    return lua_text(text).replace("%s", argument)


def _custom(context: _Context) -> str | None:
    name = context.check.arguments.get("rule")
    return ENTITY_RULES[str(name)](context.document) if name else None


_CHECKERS: Mapping[str, Callable[[_Context], str | None]] = {
    "at_least_one_of": _at_least_one_of,
    "conditional": _conditional,
    "conditional_at_least_one_of": _conditional_at_least_one_of,
    "custom_entity_check": _custom,
    "distinct": _distinct,
    "mutually_required": _mutually_required,
    "only_one_of": _only_one_of,
}
