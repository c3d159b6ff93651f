"""`/consumers/{consumer}/acls/{group or id}` (Kong: kong/plugins/acl/api.lua)."""

import secrets
from dataclasses import replace

from sandbox.kong.admin.calls import Answer, Call, Methods
from sandbox.kong.admin.crud import found, nested_entity
from sandbox.kong.dao import Dao, is_uuid
from sandbox.kong.errors import KongError
from sandbox.kong.kinds import KINDS


def acl_of_consumer(dao: Dao) -> Methods:
    """The one kind whose nested path may hold a value that is unique only below its parent."""
    kind = KINDS["acls"]
    by_id = nested_entity(dao, kind, kind.foreign[0])

    def identity(call: Call) -> str | None:
        key = call.param("key")
        if is_uuid(key):
            return key
        consumer = found(dao, "consumers", call.param("parent"))
        acl = dao.store.find("acls", ("consumer", "group"), (consumer["id"], key))
        return acl["id"] if acl else None

    def existing(method: str, call: Call) -> Answer:
        key = identity(call)
        if key is None:
            raise KongError(404, {"message": "Not found", "request_id": secrets.token_hex(16)})
        return by_id[method](_at(call, key))

    def put(call: Call) -> Answer:
        body = call.body if is_uuid(call.param("key")) else {"group": call.param("key"), **call.body}
        key = identity(call) or dao.sources.new_id("acls", body)
        return by_id["PUT"](replace(_at(call, key), body=body))

    return {
        "GET": lambda call: existing("GET", call),
        "PUT": put,
        "PATCH": lambda call: existing("PATCH", call),
        "DELETE": lambda call: existing("DELETE", call),
    }


def _at(call: Call, key: str) -> Call:
    return replace(call, params={**call.params, "key": key})
