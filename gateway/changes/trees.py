"""Two trees of JSON beside one another."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

Path = tuple[str | int, ...]


def differences(before: object, after: object, at: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """The smallest parts that differ: path, old value, new value; None where there is none.

    Items of lists that have names (containers, variables, ports) are the same by name, and stand as `containers[kong]`.
    """
    sides = _object(before), _object(after)
    if sides[0] is not None and sides[1] is not None:
        yield from _of_objects(sides[0], sides[1], at)
        return
    old, new = _named(before), _named(after)
    if at and old and new:
        for name in dict.fromkeys((*old, *new)):
            yield from differences(old.get(name), new.get(name), (*at[:-1], f"{at[-1]}[{name}]"))
    elif not _same(before, after):
        yield at, before, after


def _of_objects(before: Mapping[str, Any], after: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, Any, Any]]:
    for key in dict.fromkeys((*before, *after)):
        yield from differences(before.get(key), after.get(key), (*at, key))


def _object(value: object) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def _named(value: object) -> Mapping[str, Any] | None:
    """The items of a list by their names, if each has one of its own."""
    if not isinstance(value, list):
        return None
    items = cast("list[Any]", value)
    names = [cast("dict[str, Any]", item).get("name") for item in items if isinstance(item, dict)]
    own = len(names) == len(items) == len(set(map(str, names))) and all(isinstance(name, str) for name in names)
    return dict(zip(cast("list[str]", names), items, strict=True)) if own and items else None


def _same(before: object, after: object) -> bool:
    """Whether two values are equal; 1 and 1.0 are, 1 and true are not."""
    return before == after and isinstance(before, bool) == isinstance(after, bool)
