"""Values on their way between Python and Lua.

Lua strings are bytes; the machine shows them to Python as Latin-1 text. Headers are Latin-1 text
already; documents and JSON are real text and are encoded as UTF-8 here.
"""

from collections.abc import Iterable
from typing import Any, cast

import lupa.luajit21

LuaValue = Any
"""What lupa hands over or takes: a Lua table or function, or plain text, a number, a truth value, None."""

Json = Any
"""What JSON can hold."""

_luajit: Any = lupa.luajit21


def encode(text: str) -> str:
    """Real text, as Latin-1 text that stands for its UTF-8 bytes."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def decode(text: str) -> str:
    """The reverse of `encode`."""
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


def to_lua(machine: LuaValue, value: object) -> LuaValue:
    """A document as Lua sees it: null fields are absent."""
    if isinstance(value, str):
        return encode(value)
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return machine.table_from(
            {encode(key): to_lua(machine, field) for key, field in fields.items() if field is not None}
        )
    if isinstance(value, list | tuple):
        return machine.table_from([to_lua(machine, element) for element in cast("Iterable[object]", value)])
    return value


def to_python(value: LuaValue) -> Json:
    """A Lua value as JSON has it: tables are lists when their keys are 1, 2, 3…, else objects."""
    if isinstance(value, str):
        return decode(value)
    if _luajit.lua_type(value) == "table":
        fields = dict(value.items())
        if fields and set(fields) == set(range(1, len(fields) + 1)):
            return [to_python(fields[at]) for at in range(1, len(fields) + 1)]
        return {decode(str(key)): to_python(field) for key, field in fields.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, bool | int | float) else None


def header_lines(headers: LuaValue) -> tuple[tuple[str, str], ...]:
    """The `headers` argument of `kong.response.exit`; a list of values becomes several lines."""
    if headers is None:
        return ()
    lines: list[tuple[str, str]] = []
    for name, value in headers.items():
        several = list(value.values()) if _luajit.lua_type(value) == "table" else [value]
        lines += [(str(name), _text(one)) for one in several]
    return tuple(lines)


def _text(value: LuaValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
