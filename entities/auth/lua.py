"""Lua sources of this package, and Python's values as Lua writes them."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path


@cache
def source(name: str) -> str:
    """The text of a Lua file beside this module."""
    return Path(__file__).with_name(name).read_text(encoding="ascii")


@lru_cache(maxsize=4096)
def lua_string(text: str) -> str:
    """A Lua string literal for the text's UTF-8 bytes; whatever is not plain is a decimal escape."""
    return '"' + "".join(_lua_byte(byte) for byte in text.encode()) + '"'


def lua_set(names: Iterable[str]) -> str:
    """A Lua table in which each name is true."""
    return _table((name, "true") for name in names)


def lua_table(texts: Mapping[str, str]) -> str:
    """A Lua table of texts by name."""
    return _table((name, lua_string(text)) for name, text in texts.items())


def _table(items: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"[{lua_string(name)}] = {value}" for name, value in items) + " }"


def _lua_byte(byte: int) -> str:
    plain = 0x20 <= byte < 0x7F and byte not in b'"\\'
    return chr(byte) if plain else f"\\{byte:03d}"
