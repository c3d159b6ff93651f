"""pydantic's errors in the words of a stack file: what is wrong and what to write instead."""

import difflib
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.problems import Location, Problem
from config.settings import AT_KEY

_WANTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list; write its items with a '-' each",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
}


def problem(root: type[BaseModel], document: object, error: ErrorDetails) -> Problem:
    """The problem that an error of pydantic stands for.

    `document` is what was validated; it tells the document's keys in the error's location from the tags of unions.
    """
    location = _without_tags(error["loc"], document, whole_model=error["type"] == AT_KEY)
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        location = (*location, _discriminator(error))
    if error["type"] == AT_KEY:
        location = (*location, *str(error.get("ctx", {})["key"]).split("."))
    return Problem(location, _message(root, document, location, error))


def _without_tags(loc: Sequence[str | int], document: object, *, whole_model: bool) -> Location:
    """A location without the union tags that pydantic puts between a field and its member's fields.

    An error of a whole model ends in its tag, any other one may end in a key that is missing.
    """
    kept: list[str | int] = []
    here: object = document
    for index, step in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(here, Mapping) and step in here:
            here = cast("Mapping[str | int, object]", here)[step]
        elif isinstance(here, list) and isinstance(step, int):
            here = cast("list[object]", here)[step]
        elif (
            not last
            or whole_model
            or not isinstance(here, Mapping)
            or _is_tag(step, cast("Mapping[str, object]", here))
        ):
            continue
        kept.append(step)
    return tuple(step for step in kept if step != "[key]")


def _is_tag(step: str | int, mapping: Mapping[str, object]) -> bool:
    return step in mapping.values()


def _message(root: type[BaseModel], document: object, location: Location, error: ErrorDetails) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {shown(value)}{_quoting_advice(kind, value)}"
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {context[key]}, not {shown(value)}"
    teller = _TELLERS.get(kind)
    return teller(root, document, location, error) if teller else error["msg"]


def _value_error(_root: type[BaseModel], _document: object, _location: Location, error: ErrorDetails) -> str:
    return error["msg"].removeprefix("Value error, ")


def _literal(_root: type[BaseModel], _document: object, _location: Location, error: ErrorDetails) -> str:
    return f"must be one of {error.get('ctx', {})['expected']}, not {shown(error['input'])}"


def _tag(_root: type[BaseModel], _document: object, _location: Location, error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "union_tag_not_found":
        return "is missing; write which one is meant"
    return f"must be one of {context['expected_tags']}, not {context['tag']!r}"


def _discriminator(error: ErrorDetails) -> str:
    """The key by which a union tells its members apart, or the function of that name."""
    return str(error.get("ctx", {})["discriminator"]).strip("'").removesuffix("()")


def _pattern(_root: type[BaseModel], _document: object, _location: Location, error: ErrorDetails) -> str:
    return f"{shown(error['input'])} does not fit; write what matches {error.get('ctx', {})['pattern']}"


def _short(_root: type[BaseModel], _document: object, _location: Location, error: ErrorDetails) -> str:
    if error["type"] == "too_short":
        return "must not be empty; write at least one item"
    least = error.get("ctx", {})["min_length"]
    return "must not be empty" if least == 1 else f"is too short; write at least {least} characters"


def _long(_root: type[BaseModel], _document: object, _location: Location, error: ErrorDetails) -> str:
    return f"is too long; write at most {error.get('ctx', {})['max_length']} characters"


def _missing(root: type[BaseModel], document: object, location: Location, _error: ErrorDetails) -> str:
    model = _model_at(root, document, location[:-1])
    field = _fields(model).get(str(location[-1])) if model else None
    meaning = (field or "").split(". ")[0].split("\n")[0].rstrip(".")
    return "is missing; write it" + (f": {meaning[0].lower()}{meaning[1:]}" if meaning else "")


def unknown_key(key: str, known: Iterable[str]) -> Problem:
    """The problem that a key is none of a stack's sections."""
    return Problem((key,), _instead_of(key, known))


def _unknown(root: type[BaseModel], document: object, location: Location, _error: ErrorDetails) -> str:
    model = _model_at(root, document, location[:-1])
    return _instead_of(str(location[-1]), _fields(model) if model else ())


def _instead_of(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    if close:
        return f"is not a setting; write {close[0]!r}"
    return f"is not a setting; remove it, or write one of {', '.join(sorted(known))}"


_TELLERS: Mapping[str, Callable[[type[BaseModel], object, Location, ErrorDetails], str]] = {
    "value_error": _value_error,
    "literal_error": _literal,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _tag,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _short,
    "too_short": _short,
    "string_too_long": _long,
    "missing": _missing,
    "extra_forbidden": _unknown,
}


def shown(value: object) -> str:
    """A value in an error message, short."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…'"


def _quoting_advice(kind: str, value: object) -> str:
    if kind == "string_type" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"; write it in quotes: '{value}'"
    if kind == "int_type" and isinstance(value, str) and value.isdigit():
        return f"; write it without quotes: {value}"
    if kind == "bool_type" and isinstance(value, str) and value.lower() in {"yes", "no", "on", "off", "true", "false"}:
        return f"; write {'true' if value.lower() in {'yes', 'on', 'true'} else 'false'}"
    return ""


def _fields(model: type[BaseModel]) -> dict[str, str]:
    """The keys that a model knows, as YAML has them, with what each means."""
    return {field.alias or name: field.description or "" for name, field in model.model_fields.items()}


def _model_at(root: type[BaseModel], document: object, location: Location) -> type[BaseModel] | None:
    """The model that a location of the document is validated by."""
    here: object = root
    value: object = document
    for step in location:
        if isinstance(step, int):
            here = next((argument for argument in get_args(here) if argument is not Ellipsis), None)
            value = cast("list[object]", value)[step] if isinstance(value, list) else None
        else:
            here = _annotation(here, step)
            value = cast("Mapping[str, object]", value).get(step) if isinstance(value, Mapping) else None
        here = _member(here, value)
        if here is None:
            return None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _annotation(model: object, key: str) -> object:
    """The type of a model's field, by its key in YAML."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    return next((field.annotation for field in model.model_fields.values() if field.alias == key), None)


def _member(annotation: object, value: object) -> object:
    """The member of a union that the value's own tag chooses; other annotations as they are."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in {Union, types.UnionType}:
        return annotation
    members = [_member(member, value) for member in get_args(annotation) if member is not type(None)]
    if len(members) == 1:
        return members[0]
    for member in members:
        if not isinstance(value, Mapping) or not (isinstance(member, type) and issubclass(member, BaseModel)):
            continue
        entries = cast("Mapping[str, object]", value)
        tags = {
            name: (get_args(field.annotation)[0], field.default)
            for name, field in member.model_fields.items()
            if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1
        }
        if tags and all(entries.get(name, default) == tag for name, (tag, default) in tags.items()):
            return member
    return None
