"""Whether a plugin would ever run where it is put (Kong: kong/db/dao/plugins.lua, `check_protocols_match`)."""

from typing import Any

from entities.schema.document import Document, Json
from sandbox.kong.errors import schema_violation
from sandbox.kong.store import Store


def refuse_unmatched_protocols(store: Store, plugin: Document) -> None:
    """Raises KongError when a plugin says its protocols and its route, or every route of its service, has none."""
    wanted = plugin.get("protocols")
    if not isinstance(wanted, list):
        return
    route = store.get("routes", _id(plugin.get("route")))
    if route and not _common(wanted, route):
        raise schema_violation("protocols", "must match the associated route's protocols")
    routes = store.children("routes", "service", _id(plugin.get("service")))
    if not route and routes and not any(_common(wanted, each) for each in routes):
        message = "must match the protocols of at least one route pointing to this Plugin's service"
        raise schema_violation("protocols", message)


def _id(value: Json) -> str:
    return str(value.get("id", "")) if isinstance(value, dict) else ""


def _common(protocols: list[Json], route: dict[str, Any]) -> bool:
    return any(protocol in route["protocols"] for protocol in protocols)
