"""The endpoints that every kind of entity has (Kong: kong/api/endpoints.lua)."""

from urllib.parse import quote

from sandbox.kong.admin.calls import Answer, Call, Methods, created, no_content, ok
from sandbox.kong.admin.listing import child_page, collection_page, listed
from sandbox.kong.dao import Dao
from sandbox.kong.errors import method_not_allowed, not_found
from sandbox.kong.kinds import KINDS, Document, Foreign, Kind, reference


def collection(dao: Dao, kind: Kind) -> Methods:
    """`/services`."""

    def get(call: Call) -> Answer:
        return listed(collection_page(dao, kind, call.query), f"/{kind.path}", call.query)

    def post(call: Call) -> Answer:
        return created(dao.insert(kind.name, call.body))

    return {"GET": get, "POST": post}


def entity(dao: Dao, kind: Kind) -> Methods:
    """`/services/{id or name}`."""

    def get(call: Call) -> Answer:
        return ok(found(dao, kind.name, call.param("key")))

    def put(call: Call) -> Answer:
        return ok(dao.upsert(kind.name, call.param("key"), call.body))

    def patch(call: Call) -> Answer:
        return ok(dao.update(kind.name, call.param("key"), call.body))

    def delete(call: Call) -> Answer:
        dao.delete(kind.name, call.param("key"))
        return no_content()

    return {"GET": get, "PUT": put, "PATCH": patch, "DELETE": delete}


def parent(dao: Dao, kind: Kind, foreign: Foreign) -> Methods:
    """`/routes/{id or name}/service`: what an entity refers to."""

    def get(call: Call) -> Answer:
        return ok(_parent(dao, kind, foreign, call))

    def delete(call: Call) -> Answer:
        _parent(dao, kind, foreign, call)
        raise method_not_allowed()

    return {"GET": get, "DELETE": delete}


def _parent(dao: Dao, kind: Kind, foreign: Foreign, call: Call) -> Document:
    identity = reference(found(dao, kind.name, call.param("key")), foreign.field)
    if identity is None:
        raise not_found()
    return found(dao, foreign.kind, identity)


def nested_collection(dao: Dao, kind: Kind, foreign: Foreign) -> Methods:
    """`/services/{id or name}/routes`."""
    owners = KINDS[foreign.kind]

    def get(call: Call) -> Answer:
        owner = found(dao, foreign.kind, call.param("parent"))
        page = child_page(dao, kind, foreign, owner["id"], call.query)
        # Kong keeps neither `size` nor `tags` in the address of the next page of a nested list.
        return listed(page, f"/{owners.path}/{quote(call.param('parent'))}/{kind.nested_path}", {})

    def post(call: Call) -> Answer:
        owner = found(dao, foreign.kind, call.param("parent"))
        return created(dao.insert(kind.name, {**call.body, foreign.field: {"id": owner["id"]}}))

    return {"GET": get, "POST": post}


def nested_entity(dao: Dao, kind: Kind, foreign: Foreign) -> Methods:
    """`/services/{id or name}/routes/{id or name}`; a PUT moves the entity to this parent."""

    def owned(call: Call) -> Document:
        owner = found(dao, foreign.kind, call.param("parent"))
        child = found(dao, kind.name, call.param("key"))
        if reference(child, foreign.field) != owner["id"]:
            raise not_found()
        return child

    def get(call: Call) -> Answer:
        return ok(owned(call))

    def put(call: Call) -> Answer:
        owner = found(dao, foreign.kind, call.param("parent"))
        body = {**call.body, foreign.field: {"id": owner["id"]}}
        return ok(dao.upsert(kind.name, call.param("key"), body))

    def patch(call: Call) -> Answer:
        return ok(dao.update(kind.name, owned(call)["id"], call.body))

    def delete(call: Call) -> Answer:
        dao.delete(kind.name, owned(call)["id"])
        return no_content()

    return {"GET": get, "PUT": put, "PATCH": patch, "DELETE": delete}


def found(dao: Dao, kind: str, key: str) -> Document:
    """The entity that a part of a path names; raises KongError when there is none."""
    document = dao.select(kind, key)
    if document is None:
        raise not_found()
    return document
