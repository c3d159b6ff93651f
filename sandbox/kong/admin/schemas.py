"""`/schemas`: Kong's opinion of a document that is not written (Kong: kong/api/routes/kong.lua)."""

from sandbox.kong.admin.calls import Answer, Call, Methods, ok
from sandbox.kong.dao import Dao
from sandbox.kong.errors import KongError
from sandbox.kong.kinds import KINDS


def schema_paths(dao: Dao) -> dict[str, Methods]:
    """The paths below `/schemas` that the stand-in has: it validates, but does not print schemas."""
    return {
        "/schemas/plugins/validate": {"POST": lambda call: _validate(dao, "plugins", call)},
        "/schemas/{kind}/validate": {"POST": lambda call: _validate(dao, call.param("kind"), call)},
        "/schemas/{kind}": {"GET": lambda call: _schema(call.param("kind"), "entity", frozenset(KINDS))},
        "/schemas/plugins/{name}": {
            "GET": lambda call: _schema(call.param("name"), "plugin", dao.schema.plugin_names),
        },
    }


def _validate(dao: Dao, kind: str, call: Call) -> Answer:
    if kind not in KINDS:
        raise _unknown("entity", kind)
    dao.refuse(dao.violations(kind, call.body))
    return ok({"message": "schema validation successful"})


def _schema(name: str, what: str, known: frozenset[str]) -> Answer:
    if name not in known:
        raise _unknown(what, name)
    return Answer(501, {"message": f"the stand-in checks by the schema of '{name}' but cannot print it; ask a Kong"})


def _unknown(what: str, name: str) -> KongError:
    return KongError(404, {"message": f"No {what} named '{name}'"})
