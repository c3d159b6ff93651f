"""A patch against the fields that Kubernetes has: unknown names and wrong types, each where it stands."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from pydantic import JsonValue

from config.explain import shown
from config.kubernetes.fields import Field, kubernetes_types
from config.kubernetes.merging import DIRECTIVE
from config.problems import Location, Problem

_PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "quantity": (str, int, float),
    "integer or string": (int, str),
    "object": (dict,),
}


def mistakes(kind: str, patch: JsonValue, at: Location = ()) -> Iterator[Problem]:
    """What Kubernetes would not understand in a patch of a kind's object; `at` is where the patch stands."""
    yield from _check(Field(type=kind), patch, at)


def _check(field: Field, value: JsonValue, at: Location) -> Iterator[Problem]:
    if value is None:
        return
    if field.type in {"map", *kubernetes_types()}:
        yield from _check_mapping(field, value, at)
    elif field.type == "list":
        yield from _check_list(field, value, at)
    elif not isinstance(value, _PYTHON[field.type]) or (isinstance(value, bool) and field.type != "boolean"):
        yield Problem(at, f"must be {_in_words(field.type)}, not {shown(value)}")
    elif field.values and value not in field.values:
        yield Problem(at, f"must be one of {', '.join(field.values)}, not {shown(value)}")


def _check_mapping(field: Field, value: JsonValue, at: Location) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(at, f"must be a mapping, not {shown(value)}")
        return
    known = kubernetes_types().get(field.type)
    for key, item in value.items():
        inner = field.of if known is None else known.get(key)
        if inner is not None:
            yield from _check(inner, item, (*at, key))
        elif key != DIRECTIVE or not isinstance(at[-1], int):
            yield Problem((*at, key), f"is no field of a {field.type}; {_instead(key, known or ())}")
        elif item != "delete":
            yield Problem((*at, key), f"must be 'delete', not {shown(item)}; leave it out to merge")


def _check_list(field: Field, value: JsonValue, at: Location) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(at, f"must be a list, not {shown(value)}")
        return
    for index, item in enumerate(value):
        yield from _check(cast("Field", field.of), item, (*at, index))
        if field.key is not None and not (isinstance(item, dict) and item.get(field.key) is not None):
            yield Problem(
                (*at, index), f"has no '{field.key}', by which the items of this list are told apart; write it"
            )


def _in_words(type_: str) -> str:
    words = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    others = {"quantity": "a quantity such as '512Mi'", "integer or string": "a number or text", "object": "a mapping"}
    return (words | others)[type_]


def _instead(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1)
    return f"write {close[0]!r}" if close else f"remove it, or write one of {', '.join(names)}"
