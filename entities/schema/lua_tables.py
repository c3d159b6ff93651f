"""JSON values as Lua tables, the way Kong writes them into its messages (Penlight's `pretty.write`)."""

from __future__ import annotations

from collections.abc import Iterator

from entities.schema.document import Document, Json, lua_text

_INDENT = "  "


def on_one_line(value: Json) -> str:
    """`{name="x",service={id="…"}}`, keys sorted."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    return (
        "{" + ",".join(f"{key}={on_one_line(item)}" if key else on_one_line(item) for key, item in _items(value)) + "}"
    )


def on_many_lines(value: Json, level: int = 0) -> str:
    """A table over several lines, one entry a line, keys sorted."""
    if not isinstance(value, dict | list):
        return _scalar(value)
    lines = [
        f"{_INDENT * (level + 1)}{f'{key} = ' if key else ''}{on_many_lines(item, level + 1)}"
        for key, item in _items(value)
    ]
    return "{\n" + ",\n".join(lines) + f"\n{_INDENT * level}}}"


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return lua_text(value)


def _items(table: Document | list[Json]) -> Iterator[tuple[str, Json]]:
    """Entries with their keys; none for those of a list, unless one before is missing."""
    if isinstance(table, dict):
        yield from ((name if name.isidentifier() else f'["{name}"]', table[name]) for name in sorted(table))
        return
    for position, item in enumerate(table, 1):
        if item is not None:
            yield f"[{position}]" if None in table else "", item
