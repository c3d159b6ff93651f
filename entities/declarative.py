"""The desired state as one declarative file (format 3.0), for Kong without a database and for decK.

Each entity stands inside the one it belongs to, so nothing refers to an id; a plugin on several entities at once stands
at the top and names them (Kong: kong/db/schema/others/declarative_config.lua). Ids are given, so that nodes, reloads
and a later move to a database keep them.
"""

from collections.abc import Iterable
from typing import Any, cast

import yaml
from typing_extensions import override

from entities.model import Document, Entity, Plugin
from entities.state import DesiredState

FORMAT_VERSION = "3.0"


def declarative_document(state: DesiredState) -> Document:
    """The file as a document."""
    return {
        "_format_version": FORMAT_VERSION,
        "services": [
            _entry(state, service)
            | _nested("routes", (_route(state, route.key) for route in state.routes if route.service == service.key))
            | _nested("plugins", _plugins(state, "service", service.key))
            for service in state.services
        ],
        "consumers": [
            _entry(state, consumer)
            | _nested("acls", (_entry(state, acl) for acl in state.acls if acl.consumer == consumer.key))
            | _nested("jwt_secrets", (_entry(state, key) for key in state.jwt_secrets if key.consumer == consumer.key))
            | _nested("plugins", _plugins(state, "consumer", consumer.key))
            for consumer in state.consumers
        ],
        "plugins": [
            _entry(state, plugin) | _scope_names(state, plugin)
            for plugin in state.plugins
            if len(plugin.scope.names()) != 1
        ],
    }


def declarative_yaml(state: DesiredState) -> str:
    """The file as text. The same state always gives the same bytes."""
    return yaml.dump(declarative_document(state), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


def _route(state: DesiredState, key: str) -> Document:
    route = next(route for route in state.routes if route.key == key)
    return _entry(state, route) | _nested("plugins", _plugins(state, "route", key))


def _plugins(state: DesiredState, field: str, key: str) -> Iterable[Document]:
    return (_entry(state, plugin) for plugin in state.plugins if plugin.scope.names() == {field: key})


def _nested(field: str, entries: Iterable[Document]) -> Document:
    listed = list(entries)
    return {field: cast("Any", listed)} if listed else {}


def _entry(state: DesiredState, entity: Entity) -> Document:
    """An entity without its references, which its place says, and without fields that have no value."""
    document = state.document(entity)
    return {field: value for field, value in document.items() if value is not None and field not in entity.references()}


def _scope_names(state: DesiredState, plugin: Plugin) -> Document:
    """The names of the entities on which a plugin works all at once."""
    named: dict[str, dict[str, str]] = {
        "service": {service.key: service.name for service in state.services},
        "route": {route.key: route.name for route in state.routes},
        "consumer": {consumer.key: consumer.username for consumer in state.consumers},
    }
    return {field: named[field][key] for field, key in plugin.scope.names().items()}


class _Readable(yaml.SafeDumper):
    """YAML in which long texts, such as Lua and PEM, stand as blocks, and nothing refers to a place above."""

    @override
    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Readable.add_representer(str, _text)
