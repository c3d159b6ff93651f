"""Targets, which exist only below their upstream (Kong: kong/api/routes/upstreams.lua and targets.lua)."""

from sandbox.kong.admin.calls import Answer, Call, Methods, no_content, ok
from sandbox.kong.admin.crud import found, nested_collection
from sandbox.kong.admin.listing import child_page, listed
from sandbox.kong.dao import Dao, is_uuid
from sandbox.kong.errors import not_found
from sandbox.kong.kinds import KINDS, Document
from sandbox.kong.pages import page_by_position, page_size

_KIND = KINDS["targets"]
_FOREIGN = _KIND.foreign[0]


def target_collection(dao: Dao) -> Methods:
    """`/upstreams/{upstream}/targets`: the newest first."""

    def get(call: Call) -> Answer:
        upstream = found(dao, "upstreams", call.param("parent"))
        page = page_by_position(_newest_first(dao, upstream), page_size(call.query), call.query.get("offset"))
        return listed(page, f"/upstreams/{call.params['parent']}/targets", {})

    return {**nested_collection(dao, _KIND, _FOREIGN), "GET": get}


def all_targets(dao: Dao) -> Methods:
    """`/upstreams/{upstream}/targets/all`: ordered by id like any other list."""

    def get(call: Call) -> Answer:
        upstream = found(dao, "upstreams", call.param("parent"))
        page = child_page(dao, _KIND, _FOREIGN, upstream["id"], call.query)
        return listed(page, f"/upstreams/{call.params['parent']}/targets/all", {})

    return {"GET": get}


def target_of_upstream(dao: Dao) -> Methods:
    """`/upstreams/{upstream}/targets/{target or id}`; PUT changes a target that is there, as PATCH does."""

    def target(call: Call) -> Document:
        upstream = found(dao, "upstreams", call.param("parent"))
        key = call.param("key")
        document = (
            dao.store.get("targets", key)
            if is_uuid(key)
            else dao.store.find("targets", ("target", "upstream"), (key, upstream["id"]))
        )
        if document is None or document["upstream"]["id"] != upstream["id"]:
            raise not_found()
        return document

    def update(call: Call) -> Answer:
        return ok(dao.update("targets", target(call)["id"], call.body))

    def delete(call: Call) -> Answer:
        dao.delete("targets", target(call)["id"])
        return no_content()

    return {"GET": lambda call: ok(target(call)), "PUT": update, "PATCH": update, "DELETE": delete}


def health(dao: Dao, node_id: str) -> Methods:
    """`/upstreams/{upstream}/health`: the targets, of whose health the stand-in knows nothing."""

    def get(call: Call) -> Answer:
        upstream = found(dao, "upstreams", call.param("parent"))
        if call.query.get("balancer_health") == "1":
            return ok({"next": None, "node_id": node_id})
        return ok({"data": _newest_first(dao, upstream), "next": None, "node_id": node_id})

    return {"GET": get}


def _newest_first(dao: Dao, upstream: Document) -> list[Document]:
    targets = dao.store.children("targets", "upstream", upstream["id"])
    return sorted(targets, key=lambda target: (target["created_at"], target["id"]), reverse=True)
