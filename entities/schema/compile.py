"""Makes the compact facts (`kong-3.9.json`) from the schemas of a running Kong or from recorded ones.

`python -m gateway facts` prints them.

Kept of each field: its type, what restricts it, its default and what kind of secret it is. Left out:
descriptions, and what the process that answered had merely noted in passing (Kong writes `len_min: 1` and
`required: true` into the schemas of values it has validated). Names are sorted, so that the same schemas give
the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import httpx

from entities.schema import supplement
from entities.schema.document import Document, Json
from entities.schema.facts import as_list, as_object

KONG_VERSION = "3.9.1"
ENTITY_KINDS = (
    "acls",
    "basicauth_credentials",
    "ca_certificates",
    "certificates",
    "consumers",
    "jwt_secrets",
    "keyauth_credentials",
    "plugins",
    "routes",
    "services",
    "snis",
    "targets",
    "upstreams",
)
_DROPPED = {"deprecation", "description", "elements", "entity_checks", "fields", "keys", "shorthand_fields", "values"}
_WIDTH = 110

Source = Callable[[str], Document]
"""Gives the schema of an entity (`routes`) or a plugin (`plugins/cors`) as Kong's `/schemas` does."""


def compile_facts(schema_of: Source, plugins: list[str]) -> Document:
    """The compact facts of Kong's schemas, with what `supplement.py` adds."""
    entities = {kind: _entity(kind, schema_of(kind)) for kind in ENTITY_KINDS}
    named = {name: _entity(f"plugins/{name}", schema_of(f"plugins/{name}")) for name in sorted(plugins)}
    both: Document = {**entities, **supplement.ENTITIES}
    return {
        "kong": KONG_VERSION,
        "entities": {kind: both[kind] for kind in sorted(both)},
        "plugins": dict(named),
    }


def recorded(folder: Path) -> tuple[Source, list[str]]:
    """Schemas recorded in files: `schemas/<entity>.json` and `schemas/plugins/<name>.json`."""
    schemas = folder / "schemas"

    def schema_of(name: str) -> Document:
        return cast("Document", json.loads((schemas / f"{name}.json").read_text()))

    return schema_of, [file.stem for file in (schemas / "plugins").glob("*.json")]


def running(client: httpx.Client) -> tuple[Source, list[str]]:
    """Schemas of the Kong behind a client whose base URL is the Admin API.

    Raises:
        httpx.HTTPError: the Admin API cannot be reached or refuses the request.

    """

    def get(path: str) -> Document:
        response = client.get(path).raise_for_status()
        return cast("Document", response.json())

    plugins = as_object(as_object(get("/")["plugins"])["available_on_server"])
    return lambda name: get(f"/schemas/{name}"), list(plugins)


def written(facts: Document) -> str:
    """The facts as text: one line for what fits in one, so that a change shows where it is."""
    return "".join(_lines(facts, indent=0)) + "\n"


def _lines(value: Json, indent: int) -> Iterator[str]:
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + len(flat) <= _WIDTH:
        yield flat
        return
    items = (
        [(f"{json.dumps(key)}: ", part) for key, part in value.items()]
        if isinstance(value, dict)
        else [("", part) for part in value]
    )
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield opening
    for position, (key, part) in enumerate(items):
        yield ("," if position else "") + "\n" + " " * (indent + 1) + key
        yield from _lines(part, indent + 1)
    yield "\n" + " " * indent + closing


def _entity(name: str, schema: Document) -> Document:
    compact = _record(name, schema)
    fields = {**as_object(compact["fields"]), **supplement.FIELDS.get(name, {})}
    compact["fields"] = {field: fields[field] for field in sorted(fields)}
    if name in supplement.SHORTHANDS:
        compact["shorthands"] = supplement.SHORTHANDS[name]
    if name == "routes":
        compact["variants"] = supplement.ROUTE_VARIANTS
    for path, validator in supplement.VALIDATORS.get(name, {}).items():
        _at(compact, path)["validator"] = validator
    return compact


def _at(spec: Document, path: str) -> Document:
    """A field's specification by dotted path; `elements`, `keys` and `values` step into lists and maps."""
    for step in path.split("."):
        spec = as_object(as_object(spec["fields"])[step] if "fields" in spec else spec[step])
    return spec


def _record(name: str, schema: Document) -> Document:
    fields = dict(sorted(_named(schema["fields"])))
    compact: Document = {"fields": {field: _field(name, as_object(spec)) for field, spec in fields.items()}}
    checks = [check for given in as_list(schema.get("entity_checks") or []) for check in _check(name, as_object(given))]
    if checks:
        compact["checks"] = [*checks]
    shorthands = dict(sorted(_named(schema.get("shorthand_fields") or [])))
    if shorthands:
        compact["shorthands"] = {key: _shorthand(name, key, as_object(spec)) for key, spec in shorthands.items()}
    return compact


def _named(fields: Json) -> Iterator[tuple[str, Json]]:
    """Kong lists fields as objects of one key each; an empty list arrives as an empty object."""
    for field in fields if isinstance(fields, list) else []:
        yield from as_object(field).items()


def _field(name: str, spec: Document) -> Document:
    compact: Document = {"type": spec["type"], **_attributes(spec)}
    validator = supplement.TYPEDEFS.get(str(spec.get("description")))
    if validator:
        compact["validator"] = validator
    for part in ("keys", "values", "elements"):
        if part in spec:
            compact[part] = {
                key: value for key, value in _field(name, as_object(spec[part])).items() if key != "required"
            }
    return compact | _record(name, spec) if "fields" in spec else compact


def _attributes(spec: Document) -> Document:
    kept = {key: value for key, value in spec.items() if key not in _DROPPED and key != "type"}
    if kept.get("required") is False:
        del kept["required"]
    if kept.get("len_min") == 1 and spec.get("type", "string") == "string":
        del kept["len_min"]
    if "default" in kept and kept["default"] is None:
        del kept["default"]
    return dict(sorted(kept.items()))


def _check(name: str, check: Document) -> Iterator[Document]:
    ((kind, argument),) = check.items()
    if kind == "custom_entity_check":
        sources = as_list(as_object(argument)["field_sources"])
        rule = supplement.ENTITY_RULES.get(tuple(str(source) for source in sources))
        if rule:
            yield {kind: {"field_sources": sources, "rule": rule}}
        return
    yield {kind: _conditions(name, argument) if isinstance(argument, dict) else argument}


def _conditions(name: str, argument: Document) -> Document:
    compact: Document = {}
    for key in sorted(argument):
        value = argument[key]
        compact[key] = _match(value) if isinstance(value, dict) else value
    validator = supplement.CONDITION_VALIDATORS.get((name, str(argument.get("then_field"))))
    if validator:
        compact["then_match"] = {**as_object(compact["then_match"]), "validator": validator}
    return compact


def _match(match: Document) -> Document:
    compact = _attributes(match)
    if "elements" in match:
        elements = as_object(match["elements"])
        kept = {key: value for key, value in _attributes(elements).items() if key != "required"}
        compact["elements"] = {"type": elements["type"], **kept}
    return compact


def _shorthand(name: str, key: str, spec: Document) -> Document:
    compact: Document = {"type": spec["type"], **_attributes(spec), **supplement.SHORTHAND_TARGETS.get((name, key), {})}
    deprecation = spec.get("deprecation")
    if isinstance(deprecation, dict):
        compact["deprecated"] = True
        for replacement in as_list(deprecation.get("replaced_with") or [])[:1]:
            path = as_list(as_object(replacement)["path"])
            compact["for"] = ".".join(str(step) for step in path)
            compact["echoed"] = True
    return compact
