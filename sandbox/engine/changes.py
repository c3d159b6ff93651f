"""What differs between two states of a resource, in words for people."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

_LONGEST_VALUE = 40


def changes(old: object, new: object, path: str = "") -> Iterator[str]:
    """The leaves in which two documents differ, as `spec.replicas: 1 → 2`. Text that is JSON is read as a document.

    What is not there is `none`; a value that is too long for a line is left out.
    """
    before, after = _parts(old), _parts(new)
    if before is not None and after is not None and before.keys() & after.keys():
        for key in sorted(before.keys() | after.keys()):
            yield from changes(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif old != new:
        yield f"{path}: {told(old, new)}"


def told(old: object, new: object) -> str:
    """Both values where they are short enough for a line, else what happened."""
    before, after = _shown(old), _shown(new)
    if before is None and after is None:
        return "changed"
    if before is None and new is None:
        return "removed"
    if after is None and old is None:
        return "added"
    return f"{before or '…'} → {after or '…'}"


def _shown(value: object) -> str | None:
    """A value as stack files have it; None for one that is too long."""
    if isinstance(value, dict) and cast("dict[str, object]", value).keys() == {"name", "value"}:
        # A variable of an environment, whose name stands in the path.
        return _shown(cast("dict[str, object]", value)["value"])
    if value is None:
        return "none"
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE and "\n" not in text else None


def _parts(value: object) -> Mapping[str, object] | None:
    """The entries of a document or a list, those that have names by their names; None for what has no parts."""
    opened = _opened(value)
    if isinstance(opened, dict):
        return cast("dict[str, object]", opened)
    if isinstance(opened, list):
        items = cast("list[object]", opened)
        names = [name for name in map(_name, items) if name]
        keys = names if len(set(names)) == len(items) else map(str, range(len(items)))
        return dict(zip(keys, items, strict=True))
    return None


def _name(item: object) -> str | None:
    """A container's, a variable's or a route's name."""
    name = cast("dict[str, object]", item).get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _opened(value: object) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
