"""Two values that differ, as short texts for people: of long ones the place where they begin to differ."""

import json
from typing import Final, cast

_LONG: Final = 100
"""Characters of a value that is shown whole."""
_BEFORE: Final = 20
"""Characters that are shown before the first difference of longer ones."""

_SHORT_LIST: Final = 50
"""Characters of lists that are shown whole."""
_MOST_ITEMS: Final = 6
"""Items that are shown of what only one list has."""


def beside(desired: object, live: object) -> tuple[str, str]:
    """What is declared and what is live."""
    place, desired, live = _narrowed(desired, live)
    if _is_long_text(desired) or _is_long_text(live):
        number, wanted, found = _first_lines(_lines(desired), _lines(live))
        mark = f"{place}line {number}: "
        return mark + wanted, mark + found
    wanted, found = _items(desired, live) or _around(_text(desired), _text(live))
    return place + wanted, place + found


def plain(text: str) -> str:
    """A name without characters that would steer a terminal."""
    return text if text.isprintable() else json.dumps(text)[1:-1]


def _narrowed(desired: object, live: object) -> tuple[str, object, object]:
    """The first items that differ of two lists of texts, where one of them has several lines; and where they stand."""
    lists = [cast("list[object]", value) for value in (desired, live) if isinstance(value, list)]
    if len(lists) < 2 or not any(_is_long_text(item) for items in lists for item in items):
        return "", desired, live
    longest = max(map(len, lists))
    pairs = [tuple(_item(items, index) for items in lists) for index in range(longest)]
    index = next((index for index, (wanted, found) in enumerate(pairs) if wanted != found), 0)
    wanted, found = pairs[index]
    return (f"[{index}] " if longest > 1 else ""), wanted, found


def _item(items: list[object], index: int) -> object:
    return items[index] if index < len(items) else None


def _is_long_text(value: object) -> bool:
    return isinstance(value, str) and "\n" in value


def _lines(value: object) -> list[str]:
    return value.split("\n") if isinstance(value, str) else [_text(value)]


def _first_lines(desired: list[str], live: list[str]) -> tuple[int, str, str]:
    """The number of the first line that differs, and that line of both."""
    same = 0
    while same < min(len(desired), len(live)) and desired[same] == live[same]:
        same += 1
    wanted, found = (lines[same : same + 1] for lines in (desired, live))
    alike = [line.strip() for line in wanted] == [line.strip() for line in found]
    return same + 1, *_around(*(_line(lines, exact=alike) for lines in (wanted, found)))


def _line(lines: list[str], *, exact: bool) -> str:
    """A line for people: its indentation only where that is what differs."""
    if not lines:
        return "(ends before)"
    return json.dumps(lines[0]) if exact else plain(lines[0].strip()) or "(empty)"


def _text(value: object) -> str:
    """A value in JSON; a text that cannot be mistaken for another value stands for itself."""
    if isinstance(value, str) and value and value.isprintable() and not _is_json(value) and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=not _printable(value))


def _printable(value: object) -> bool:
    return json.dumps(value, ensure_ascii=False).isprintable()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _items(desired: object, live: object) -> tuple[str, str] | None:
    """What only one of two longer lists has; None for other values, and for lists that differ in their order."""
    lists = [cast("list[object]", value) for value in (desired, live) if isinstance(value, list)]
    if len(lists) < 2 or max(len(json.dumps(items)) for items in lists) <= _SHORT_LIST:
        return None
    wanted, found = lists
    only_wanted = [item for item in wanted if item not in found]
    only_found = [item for item in found if item not in wanted]
    if not only_wanted and not only_found:
        return None
    alike = len(wanted) - len(only_wanted)
    return _counted(alike, only_wanted), _counted(alike, only_found)


def _counted(alike: int, items: list[object]) -> str:
    parts = ([f"{alike} alike"] if alike else []) + [_text(item) for item in items]
    shown = parts if len(parts) <= _MOST_ITEMS else [*parts[:_MOST_ITEMS], f"{len(parts) - _MOST_ITEMS} more"]
    return ", ".join(shown) or "[]"


def _around(desired: str, live: str) -> tuple[str, str]:
    """Both texts, cut to where they differ when they are long."""
    if max(len(desired), len(live)) <= _LONG:
        return desired, live
    same = next((at for at, pair in enumerate(zip(desired, live, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - _BEFORE)
    return _cut(desired, start), _cut(live, start)


def _cut(text: str, start: int) -> str:
    end = start + _LONG
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")
