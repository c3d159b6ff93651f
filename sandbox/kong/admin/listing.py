"""Collections in pages, as Kong lists them."""

import math
from collections.abc import Callable, Mapping
from urllib.parse import quote

from sandbox.kong.admin.calls import Answer, ok
from sandbox.kong.dao import Dao
from sandbox.kong.kinds import KINDS, Foreign, Kind
from sandbox.kong.pages import (
    Page,
    decode_key_offset,
    decode_offset,
    encode_key_offset,
    encode_offset,
    page_by_id,
    page_size,
    tag_filter,
)

_WORKSPACE = "0dc6f45b-8f8d-40d2-a504-473544ee190b"
"""The one workspace of a DB-less gateway (Kong: constants.lua, DECLARATIVE_DEFAULT_WORKSPACE_ID)."""


def collection_page(dao: Dao, kind: Kind, query: Mapping[str, str]) -> Page:
    """A page of every entity of a kind, ordered by id and filtered by tags."""
    size, has_tags = page_size(query), tag_filter(query)
    rest = dao.store.after(kind.name, _after(dao, query))
    shown = [dao.shown(kind.name, document) for document in rest if has_tags(document)]
    return page_by_id(shown, size, _offset_after(dao, kind))


def child_page(dao: Dao, kind: Kind, foreign: Foreign, parent: str, query: Mapping[str, str]) -> Page:
    """A page of the entities that refer to another; tags do not filter here."""
    size, after = page_size(query), _after(dao, query)
    children = dao.store.children(kind.name, foreign.field, parent)
    rest = [document for document in children if document["id"] > after]
    return page_by_id(rest, size, _offset_after(dao, kind))


def listed(page: Page, path: str, query: Mapping[str, str]) -> Answer:
    """The answer that holds a page; `query` is what the address of the next page repeats."""
    if page.offset is None:
        return ok({"data": page.data, "next": None})
    repeated = "".join(f"&{name}={quote(query[name], safe='')}" for name in ("tags", "size") if name in query)
    return ok({"data": page.data, "offset": page.offset, "next": f"{path}?offset={quote(page.offset)}{repeated}"})


def tag_page(dao: Dao, tag: str | None, query: Mapping[str, str]) -> Page:
    """Tags with the entities that have them, ordered by the entities' ids; all of them, or one."""
    start: tuple[str, float] = ("", 0)
    if "offset" in query:
        identity, *position = decode_offset(query["offset"])
        start = (identity, position[0] if position else math.inf)
    entries = sorted(
        (document["id"], position, {"tag": name, "entity_name": kind, "entity_id": document["id"]})
        for kind in KINDS
        for document in dao.store.all(kind)
        for position, name in enumerate(document["tags"] or (), 1)
        if tag in (None, name)
    )
    rest = [entry for entry in entries if entry[:2] > start]
    size = page_size(query)
    if len(rest) <= size:
        return Page([entry[2] for entry in rest], None)
    identity, position, _ = rest[size - 1]
    return Page([entry[2] for entry in rest[:size]], encode_offset(identity, *([position] if tag is None else [])))


def _after(dao: Dao, query: Mapping[str, str]) -> str:
    offset = query.get("offset")
    if offset is None:
        return ""
    return decode_key_offset(offset) if dao.database == "off" else str(decode_offset(offset)[0])


def _offset_after(dao: Dao, kind: Kind) -> Callable[[str], str]:
    if dao.database == "off":
        return lambda identity: encode_key_offset(kind.name, _WORKSPACE, identity)
    return encode_offset
