"""How many entities what a stack declares comes to. Every entity costs time in each operation."""

from collections.abc import Callable, Iterator
from typing import cast

from pydantic import JsonValue
from rich.table import Table

from benchmarks.stacks import Document, modelled
from entities.desired import desired_state
from entities.model import Entity
from entities.state import Owner
from entities.validation import validated

_GUARDED: JsonValue = {"groups": ["free", "pro"]}
_PUBLIC: JsonValue = {"public": "A benchmark asks for no token."}


def declared(say: Callable[[str], None]) -> Iterator[Table]:
    """One table: APIs and the entities of each."""
    say("entities of APIs")
    table = Table("an API with", "entities", "which", title="entities of a declared API")
    for name, guarded, public in (
        ("1 route for some groups", 1, 0),
        ("4 routes for some groups", 4, 0),
        ("16 routes for some groups", 16, 0),
        ("4 public routes", 0, 4),
        ("3 routes for some groups, 1 public", 3, 1),
    ):
        entities = api_entities(guarded, public)
        kinds = [str(entity.fields().get("name")) if entity.kind == "plugins" else entity.kind for entity in entities]
        which = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        table.add_row(name, str(len(entities)), which)
    yield table


def api_entities(guarded: int, public: int) -> list[Entity]:
    """What an API with so many routes adds to a stack that has another."""
    every, without = _entities(_with_api(guarded, public)), _entities(modelled(1))
    return [entity for key, entity in every.items() if key not in without]


def _entities(document: Document) -> dict[tuple[str, str], Entity]:
    state = desired_state(validated(document), Owner("omnify-gateway", "bench"))
    return {(entity.kind, entity.key): entity for entity in state}


def _with_api(guarded: int, public: int) -> Document:
    document = modelled(1)
    accesses = [_GUARDED] * guarded + [_PUBLIC] * public
    routes: list[JsonValue] = [
        {"name": f"more-{number}", "paths": [f"/more/{number}/"], "methods": ["GET"], "access": access}
        for number, access in enumerate(accesses)
    ]
    apis, backends = cast("list[JsonValue]", document["apis"]), cast("Document", document["backends"])
    more: Document = {
        "apis": [*apis, {"name": "more", "routes": routes}],
        "backends": backends | {"more": "http://more.bench.svc"},
    }
    return document | more
