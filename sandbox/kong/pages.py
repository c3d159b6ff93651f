"""Pages of a collection: how many, from where on, and with which tags.

Kong: kong/api/endpoints.lua, kong/db/dao/init.lua and kong/db/strategies/{postgres,off}/init.lua.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sandbox.kong.errors import invalid_offset, invalid_size, invalid_tags
from sandbox.kong.kinds import Document

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000

Database = Literal["postgres", "off"]

_TAG = r"[^\x00-\x1f,/\x7f]+"
_ALL_OF = re.compile(rf"{_TAG}(,{_TAG})*,?")
_ANY_OF = re.compile(rf"{_TAG}(/{_TAG})*/?")
_MOST_TAGS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the entries, and what to ask for next."""

    data: list[Document]
    offset: str | None
    """Where the next page begins; None on the last one."""


def page_size(query: Mapping[str, str]) -> int:
    """The number of entries asked for."""
    size = query.get("size")
    if size is None:
        return DEFAULT_SIZE
    try:
        number = float(size)
    except ValueError:
        raise invalid_size("size must be a number") from None
    if not (number.is_integer() and 1 <= number <= LARGEST_SIZE):
        raise invalid_size(f"size must be an integer between 1 and {LARGEST_SIZE}")
    return int(number)


def tag_filter(query: Mapping[str, str]) -> Callable[[Document], bool]:
    """Whether an entity has the tags asked for: `a,b` means both, `a/b` either."""
    tags = query.get("tags")
    if tags is None:
        return lambda _: True
    if not tags:
        raise invalid_tags("cannot be null")
    if _ALL_OF.fullmatch(tags):
        wanted = _few(tags.split(","))
        return lambda document: wanted <= set(document["tags"] or ())
    if _ANY_OF.fullmatch(tags):
        wanted = _few(tags.split("/"))
        return lambda document: not wanted.isdisjoint(document["tags"] or ())
    raise invalid_tags("invalid filter syntax")


def _few(tags: Sequence[str]) -> set[str]:
    if len(tags) > _MOST_TAGS:
        raise invalid_tags(f"cannot query more than {_MOST_TAGS} tags")
    return {tag for tag in tags if tag}


def page_by_id(documents: Sequence[Document], size: int, offset_after: Callable[[str], str]) -> Page:
    """The first entries of what is left, ordered by id; `offset_after` makes the offset of the last one's id."""
    data = list(documents[:size])
    return Page(data, offset_after(data[-1]["id"]) if len(documents) > size else None)


def page_by_position(documents: Sequence[Document], size: int, offset: str | None) -> Page:
    """A page of a list that is not ordered by id: the offset counts entries (Kong: targets)."""
    if not (offset or "0").isdecimal():
        raise invalid_offset(str(offset), "bad offset string")
    start = int(offset or 0)
    end = start + size
    return Page(list(documents[start:end]), str(end) if len(documents) > end else None)


def encode_offset(*position: str | int) -> str:
    """An offset as PostgreSQL mode gives it: a JSON list in base64 without padding."""
    return _base64(json.dumps(position, separators=(",", ":")))


def decode_offset(offset: str) -> list[Any]:
    """The position in an offset; raises KongError when it is none."""
    try:
        position = json.loads(_from_base64(offset))
    except json.JSONDecodeError:
        position = None
    if not isinstance(position, list) or not position:
        raise invalid_offset(offset, "bad json encoding")
    return cast("list[Any]", position)


def encode_key_offset(kind: str, workspace: str, identity: str) -> str:
    """An offset as DB-less mode gives it: the last key of its map in base64."""
    return _base64(f"{kind}|{workspace}|*|{identity}\0")


def decode_key_offset(offset: str) -> str:
    """The id in an offset of DB-less mode."""
    return _from_base64(offset).rpartition("|")[2].removesuffix("\0")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode(errors="replace")
    except ValueError:
        raise invalid_offset(text, "bad base64 encoding") from None
