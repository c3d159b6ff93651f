"""Kong 3.9's schemas, as one object to ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from entities.schema.check import record_errors
from entities.schema.compare import Difference, differences_in, without_server_only
from entities.schema.complete import as_read, filled
from entities.schema.document import Document, Json, copied, holds_unknown, strings
from entities.schema.editions import Edition, editions_of
from entities.schema.facts import Field, Record, as_object, overlaid, read_record
from entities.schema.shorthands import shorthand_errors
from entities.schema.stored import as_stored
from entities.schema.violations import ENTITY, REQUIRED, Errors, Violation, violations_in

FACTS_FILE: Final = Path(__file__).with_name("kong-3.9.json")

_NO_FIELDS: Final = Record({})


class KongSchema:
    """What Kong accepts, and what it makes of it. Documents go in and come out in Kong's own terms.

    Values that are not known yet may stand as `UNKNOWN`; nothing is held against them.
    """

    def __init__(self, facts: Document) -> None:
        """Reads facts in the compact form that `compile.py` makes."""
        entities, plugins = as_object(facts["entities"]), as_object(facts["plugins"])
        self._entities = {kind: read_record(as_object(spec)) for kind, spec in entities.items()}
        self._plugins = {name: overlaid(self._entities["plugins"], as_object(spec)) for name, spec in plugins.items()}
        variants = as_object(as_object(entities["routes"])["variants"])
        overlays = {
            name: overlaid(self._entities["routes"], as_object(overlay))
            for name, overlay in as_object(variants["overlays"]).items()
        }
        self._routes = {protocol: overlays[str(name)] for protocol, name in as_object(variants["choices"]).items()}
        self.plugin_names: Final = frozenset(plugins)
        """The plugins whose schema is known: all that Kong's open-source edition bundles."""
        self.kinds: Final = frozenset(entities)
        """The kinds of entities whose schema is known."""

    def knows(self, plugin: str) -> bool:
        """Whether the plugin's schema is known; the configuration of any other is taken as it is."""
        return plugin in self.plugin_names

    def editions(self, plugin: str) -> frozenset[Edition]:
        """The editions of Kong in which a plugin can run; none for a name that nobody knows."""
        return editions_of(plugin, self.plugin_names)

    def complete(self, kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document as Kong would give it back: defaults, nulls, whole records and deprecated echoes.

        What only Kong makes up (ids, timestamps, generated keys) is kept when given and left out otherwise.

        Raises:
            KeyError: no schema of that kind is known.

        """
        given = copied(document)
        record = self.record(kind, given)
        return cast("dict[str, Any]", as_stored(kind, as_read(record, filled(record, given))))

    def complete_plugin_config(self, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """A plugin's configuration as Kong would give it back; unchanged for a plugin it does not know."""
        return self.complete("plugins", {"name": name, "config": config})["config"]

    def check(self, kind: str, document: Mapping[str, Any]) -> list[Violation]:
        """What Kong would refuse in a document that a client sends to create or replace an entity.

        Whether what it refers to exists, and whether its unique fields are free, only Kong can tell.

        Raises:
            KeyError: no schema of that kind is known.

        """
        return violations_in(self._errors(kind, dict(document)))

    def check_update(self, kind: str, document: Mapping[str, Any]) -> list[Violation]:
        """What Kong would refuse of a whole entity after a PATCH; it words one rule differently there."""
        return [
            Violation(found.path, f"when updating, {found.message}")
            if found.message.startswith("at least one of these fields")
            else found
            for found in self.check(kind, document)
        ]

    def check_plugin_config(self, name: str, config: Mapping[str, Any]) -> list[Violation]:
        """What Kong would refuse in a plugin's configuration; paths start inside it.

        Nothing for a plugin whose schema is not known: ask `knows`.
        """
        return [
            Violation(found.path[1:] or (ENTITY,), found.message) if found.path[0] == "config" else found
            for found in self.check("plugins", {"name": name, "config": config})
            if found.path[0] in ("config", ENTITY)
        ]

    def differences(self, kind: str, desired: Mapping[str, Any], live: Mapping[str, Any]) -> list[Difference]:
        """The fields in which a live entity is not what is desired, both read as Kong completes them.

        Raises:
            KeyError: no schema of that kind is known.

        """
        known = kind != "plugins" or self.knows(str(desired.get("name")))
        # Most entities are as desired to the letter, and completing them takes long. (Python takes 1 for true, which
        # matters only where nobody knows the fields' types.)
        if known and without_server_only(desired) == without_server_only(live):
            return []
        wanted = copied(desired)
        return differences_in(kind, self.record(kind, wanted), wanted, copied(live))

    def referenceable(self, name: str) -> frozenset[str]:
        """Dotted paths of the fields of a kind, or of a plugin's configuration, that take vault references.

        An item of a list or a map stands as `*`, as in `headers.*`.
        """
        return frozenset(path for path, field in _leaves(self._named(name)) if field.referenceable)

    def encrypted(self, name: str) -> frozenset[str]:
        """Dotted paths of the fields of a kind, or of a plugin's configuration, that Kong marks as secrets."""
        return _encrypted(self._named(name))

    def record(self, kind: str, document: Mapping[str, Json]) -> Record:
        """The facts that hold for a document: of its kind, and of its plugin or protocols.

        Raises:
            KeyError: no schema of that kind is known.

        """
        if kind == "plugins":
            return self._plugins.get(str(document.get("name")), self._entities["plugins"])
        if kind == "routes":
            return self._route_variant(document.get("protocols", ["http"])) or self._entities["routes"]
        return self._entities[kind]

    def plugin_config(self, name: str) -> Record | None:
        """The facts of a plugin's configuration; None for a plugin whose schema is not known."""
        return self._plugins[name].fields["config"].record if name in self._plugins else None

    def _named(self, name: str) -> Record:
        if name in self._entities:
            return self._entities[name]
        return self.plugin_config(name) or _NO_FIELDS

    def _errors(self, kind: str, document: Document) -> Errors:
        record = self.record(kind, document)
        if kind == "plugins":
            unusable = self._plugin_name_error(document.get("name"))
            if unusable:
                return {"name": unusable}
        if kind == "routes":
            unusable = self._protocols_error(document.get("protocols", ["http"]))
            if unusable:
                return {"protocols": unusable}
        return shorthand_errors(record, document) or record_errors(record, filled(record, document))

    def _route_variant(self, protocols: Json) -> Record | None:
        """The first protocol that Kong knows decides how a route is read."""
        names = [protocols] if isinstance(protocols, str) else strings(protocols)
        return next((self._routes[name] for name in names if name in self._routes), None)

    def _protocols_error(self, protocols: Json) -> str | None:
        """Kong checks nothing else of a route whose protocols it does not know."""
        if protocols is None:
            return REQUIRED
        if holds_unknown(protocols) or self._route_variant(protocols):
            return None
        first = protocols if isinstance(protocols, str) else next(strings(protocols), "nil")
        return f"unknown type: {first}"

    def _plugin_name_error(self, name: Json) -> str | None:
        if name is None:
            return REQUIRED
        if isinstance(name, str) and not self.editions(name):
            return f"plugin '{name}' not enabled; add it to the 'plugins' configuration property"
        return None


@cache
def _encrypted(record: Record) -> frozenset[str]:
    return frozenset(path for path, field in _leaves(record) if field.encrypted)


def _leaves(record: Record) -> list[tuple[str, Field]]:
    return [leaf for name, field in record.fields.items() for leaf in _leaves_of(name, field)]


def _leaves_of(path: str, field: Field) -> list[tuple[str, Field]]:
    if field.record:
        return [(f"{path}.{below}", leaf) for below, leaf in _leaves(field.record)]
    item = field.elements or field.values
    return _leaves_of(f"{path}.*", item) if item else [(path, field)]


@cache
def kong_schema() -> KongSchema:
    """The schemas of Kong 3.9, from the facts in this package."""
    return KongSchema(cast("Document", json.loads(FACTS_FILE.read_text())))
