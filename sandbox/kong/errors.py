"""What Kong answers when it refuses something: status and body (Kong: kong/db/errors.lua)."""

from collections.abc import Mapping
from typing import Any

from entities.schema.lua_tables import on_one_line

Body = dict[str, Any]


class KongError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: Body) -> None:
        super().__init__(body.get("message", ""))
        self.status = status
        self.body = body


def not_found() -> KongError:
    """No such path, or nothing there."""
    return KongError(404, {"message": "Not found"})


def method_not_allowed() -> KongError:
    """The path exists, the method does not."""
    return KongError(405, {"message": "Method not allowed"})


def entity_not_found(field: str, value: str) -> KongError:
    """An update of an entity that does not exist."""
    key: Body = {field: value}
    sought = on_one_line(key)
    where = f"primary key '{sought}'" if field == "id" else f"'{sought}'"
    return KongError(404, _body(6, "not found", f"could not find the entity with {where}", fields=key))


def invalid_primary_key() -> KongError:
    """A path holds something that is no id, for a kind that has no other key."""
    fields: Body = {"id": "expected a valid UUID"}
    return KongError(
        400, _body(1, "invalid primary key", f"invalid primary key: '{on_one_line(fields)}'", fields=fields)
    )


def schema_violation(field: str, message: str) -> KongError:
    """One field is refused, for a reason that its schema alone does not know."""
    return KongError(
        400, _body(2, "schema violation", f"schema violation ({field}: {message})", fields={field: message})
    )


def primary_key_violation(identity: str) -> KongError:
    """The id is taken."""
    key: Body = {"id": identity}
    message = f"primary key violation on key '{on_one_line(key)}'"
    return KongError(400, _body(3, "primary key violation", message, fields=key))


def foreign_key_violation(field: str, kind: str, identity: str) -> KongError:
    """A reference leads nowhere."""
    key: Body = {"id": identity}
    message = f"the foreign key '{on_one_line(key)}' does not reference an existing '{kind}' entity."
    return KongError(400, _body(4, "foreign key violation", message, fields={field: key}))


def still_referenced(kind: str, by: str) -> KongError:
    """A deletion would leave a reference that leads nowhere."""
    message = f"an existing '{by}' entity references this '{kind}' entity"
    return KongError(400, _body(4, "foreign key violation", message, fields={"@referenced_by": by}))


def unique_violation(fields: Body) -> KongError:
    """Another entity has these values."""
    message = f"UNIQUE violation detected on '{on_one_line(fields)}'"
    return KongError(409, _body(5, "unique constraint violation", message, fields=fields))


def invalid_offset(offset: str, reason: str) -> KongError:
    """`offset` is not what a page before gave."""
    return KongError(400, _body(7, "invalid offset", f"'{offset}' is not a valid offset: {reason}"))


def invalid_size(message: str) -> KongError:
    """`size` is out of range."""
    return KongError(400, _body(9, "invalid size", message))


def invalid_tags(reason: str) -> KongError:
    """`tags` cannot be read."""
    return KongError(400, _body(11, "invalid options", f"invalid option (tags: {reason})", options={"tags": reason}))


def operation_unsupported(operation: str, kind: str, field: str | None) -> KongError:
    """A write to a gateway that has no database."""
    by = f" by '{field}'" if field else ""
    message = f"cannot {operation} '{kind}' entities{by} when not using a database"
    return KongError(405, _body(12, "operation unsupported", message))


def foreign_key_unresolved(field: str, kind: str, unresolved: Mapping[str, str]) -> KongError:
    """A reference by name, for which there is no entity; `unresolved` holds the names by their fields."""
    messages = {
        name: f"the foreign key cannot be resolved with '{on_one_line({name: value})}' for an existing '{kind}' entity"
        for name, value in unresolved.items()
    }
    listed = "; ".join(f"{field}.{name}: {messages[name]}" for name in sorted(messages))
    counted = "foreign key unresolved" if len(messages) == 1 else f"{len(messages)} foreign keys unresolved"
    return KongError(400, _body(13, "foreign keys unresolved", f"{counted} ({listed})", fields={field: messages}))


def invalid_declarative_configuration(fields: Body) -> KongError:
    """A declarative configuration that Kong does not load."""
    message = f"declarative config is invalid: {on_one_line(fields)}"
    return KongError(400, _body(14, "invalid declarative configuration", message, fields=fields))


def referenced_by_others(message: str) -> KongError:
    """A deletion that Kong refuses because of a list of ids somewhere."""
    return KongError(400, _body(19, "referenced by others", message))


def _body(code: int, name: str, message: str, **details: object) -> Body:
    return {"code": code, "name": name, "message": message, **details}
