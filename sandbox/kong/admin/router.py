"""The paths of the Admin API and what answers there (Kong: kong/api/init.lua)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.kong.admin import crud, targets
from sandbox.kong.admin.acls import acl_of_consumer
from sandbox.kong.admin.calls import Answer, Call, Handler, Methods, ok
from sandbox.kong.admin.configuration import configuration_paths
from sandbox.kong.admin.node import Node, node_paths
from sandbox.kong.admin.schemas import schema_paths
from sandbox.kong.dao import Dao
from sandbox.kong.errors import KongError, not_found
from sandbox.kong.kinds import KINDS

Paths = dict[str, Methods]
"""What each path answers; a part in braces stands for anything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A path that was found."""

    methods: Methods
    params: dict[str, str]


class Router:
    """Finds what answers a path."""

    def __init__(self, paths: Paths) -> None:
        self._exact = {path: methods for path, methods in paths.items() if "{" not in path}
        patterns = [(path.split("/"), methods) for path, methods in paths.items() if "{" in path]
        # A fixed part comes before one that stands for anything: /targets/all before /targets/{key}.
        self._patterns = sorted(patterns, key=lambda entry: [part.startswith("{") for part in entry[0]])

    def find(self, path: str) -> Match:
        """The methods of a path that is still percent-encoded; raises KongError when there is none."""
        exact = self._exact.get(path.rstrip("/") or "/")
        if exact is not None:
            return Match(exact, {})
        parts = path.split("/")
        for pattern, methods in self._patterns:
            if len(pattern) == len(parts) and all(_fits(*pair) for pair in zip(pattern, parts, strict=True)):
                named = zip(pattern, parts, strict=True)
                return Match(methods, {name.strip("{}"): part for name, part in named if name.startswith("{")})
        raise not_found()


def _fits(pattern: str, part: str) -> bool:
    return bool(part) if pattern.startswith("{") else pattern == part


def admin_paths(dao: Dao, node: Node) -> Paths:
    """Every path of the Admin API."""
    return {
        **node_paths(dao, node),
        **schema_paths(dao),
        **configuration_paths(dao),
        **dict(_entity_paths(dao)),
        "/consumers": {**crud.collection(dao, KINDS["consumers"]), "GET": _consumers(dao)},
        "/consumers/{parent}/acls/{key}": acl_of_consumer(dao),
        "/upstreams/{parent}/health": targets.health(dao, node.id),
        "/upstreams/{parent}/targets": targets.target_collection(dao),
        "/upstreams/{parent}/targets/all": targets.all_targets(dao),
        "/upstreams/{parent}/targets/{key}": targets.target_of_upstream(dao),
    }


def _entity_paths(dao: Dao) -> Iterator[tuple[str, Methods]]:
    for kind in KINDS.values():
        if kind.name != "targets":
            yield f"/{kind.path}", crud.collection(dao, kind)
            yield f"/{kind.path}/{{key}}", crud.entity(dao, kind)
        for foreign in kind.foreign:
            below = f"/{KINDS[foreign.kind].path}/{{parent}}/{kind.nested_path}"
            yield below, crud.nested_collection(dao, kind, foreign)
            yield f"{below}/{{key}}", crud.nested_entity(dao, kind, foreign)
            if kind.name not in ("targets", "snis"):
                yield f"/{kind.path}/{{key}}/{foreign.field}", crud.parent(dao, kind, foreign)


def _consumers(dao: Dao) -> Handler:
    """`/consumers?custom_id=…` finds one consumer (Kong: kong/api/routes/consumers.lua)."""
    everyone = crud.collection(dao, KINDS["consumers"])["GET"]

    def get(call: Call) -> Answer:
        custom_id = call.query.get("custom_id")
        if custom_id is None:
            return everyone(call)
        if not custom_id:
            raise KongError(400, {"message": "custom_id must be an unempty string"})
        consumer = dao.store.find("consumers", ("custom_id",), (custom_id,))
        return ok({"data": [consumer] if consumer else [], "next": None})

    return get
