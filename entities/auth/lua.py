"""Lua sources of this package, and Python's texts as Lua writes them."""

from functools import cache
from pathlib import Path


@cache
def source(name: str) -> str:
    """The text of a Lua file beside this module."""
    return Path(__file__).with_name(name).read_text(encoding="ascii")


def lua_string(text: str) -> str:
    """A Lua string literal for the text's UTF-8 bytes; whatever is not plain is a decimal escape."""
    return '"' + "".join(_lua_byte(byte) for byte in text.encode()) + '"'


def _lua_byte(byte: int) -> str:
    plain = 0x20 <= byte < 0x7F and byte not in b'"\\'
    return chr(byte) if plain else f"\\{byte:03d}"
