"""`/config`: the whole configuration of a DB-less gateway (Kong: kong/api/routes/config.lua)."""

from sandbox.kong import declarative
from sandbox.kong.admin.calls import Answer, Call, Methods, created, ok
from sandbox.kong.dao import Dao
from sandbox.kong.errors import KongError


def configuration_paths(dao: Dao) -> dict[str, Methods]:
    """`/config`."""

    def get(_: Call) -> Answer:
        _refuse_with_database(dao)
        return ok({"config": declarative.exported(dao)})

    def post(call: Call) -> Answer:
        _refuse_with_database(dao)
        text = _text(call)
        if text is None:
            return created(declarative.load(dao, call.body))
        digest = declarative.hash_of(text)
        if call.query.get("check_hash") == "1" and digest == dao.store.configuration_hash:
            return Answer(304)
        return created(declarative.load(dao, declarative.parse(text), digest))

    return {"/config": {"GET": get, "POST": post}}


def _refuse_with_database(dao: Dao) -> None:
    if dao.database != "off":
        message = "this endpoint is only available when Kong is configured to not use a database"
        raise KongError(400, {"message": message})


def _text(call: Call) -> str | None:
    """The configuration as text: in the field `config`, or the body itself; None when the body is the object."""
    if "_format_version" in call.body:
        return None
    text = call.body.get("config") or call.raw_body.decode()
    if not text:
        raise KongError(400, {"message": "expected a declarative configuration"})
    return text
