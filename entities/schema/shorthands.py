"""Fields that Kong accepts and writes into others, and gives back beside them where they are deprecated.

Kong: kong/db/schema/init.lua, `process_auto_fields`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from entities.schema.check import field_error
from entities.schema.document import ABSENT, UNKNOWN, Document, Json, look_up, lua_text
from entities.schema.facts import Record, Shorthand
from entities.schema.paths import parse_url
from entities.schema.violations import Errors


def expanded(record: Record, document: Document) -> Document:
    """A document with its shorthands written into the fields they stand for; wrong ones stay as they are."""
    document = dict(document)
    for name, shorthand in record.shorthands.items():
        if name in document and not _shorthand_error(name, shorthand, document):
            _spread(shorthand, document.pop(name), document)
    return document


def echoed(record: Record, document: Document) -> Document:
    """A completed document with the deprecated names that Kong still gives back."""
    echoes: Document = {}
    for name, shorthand in record.shorthands.items():
        value = look_up(document, ".".join(shorthand.target)) if shorthand.echoed else ABSENT
        if value is not ABSENT:
            echoes[name] = value
    return {**document, **echoes}


def shorthand_errors(record: Record, document: Document) -> Errors:
    """Shorthands that Kong refuses, in this record and the records inside it; it then looks no further."""
    errors: Errors = {}
    for name, shorthand in record.shorthands.items():
        error = _shorthand_error(name, shorthand, document) if name in document else None
        if error:
            errors[name] = error
        elif name in document:
            document = {**document}
            _spread(shorthand, document.pop(name), document)
    for name, part in record.nested.items():
        value = document.get(name)
        nested = shorthand_errors(part, value) if isinstance(value, dict) else {}
        if nested:
            errors[name] = nested
    return errors


def _shorthand_error(name: str, shorthand: Shorthand, document: Document) -> str | Errors | None:
    value = document[name]
    error = field_error(shorthand.field, value)
    if error or value is None or not shorthand.echoed:
        return error
    target = ".".join(shorthand.target)
    current = look_up(document, target)
    if current in (None, ABSENT, UNKNOWN, value) or value is UNKNOWN:
        return None
    return (
        "both deprecated and new field are used but their values mismatch: "
        f"{name} = {lua_text(value)} vs {target} = {lua_text(current) if current is not ABSENT else ''}"
    )


def _spread(shorthand: Shorthand, value: Json, document: Document) -> None:
    if shorthand.expansion:
        document.update(_EXPANSIONS[shorthand.expansion](value))
    elif shorthand.target:
        _write(document, shorthand, shorthand.translations.get(lua_text(value), value))


def _write(document: Document, shorthand: Shorthand, value: Json) -> None:
    *parents, name = shorthand.target
    target = document
    for parent in parents:
        current = target.get(parent)
        nested: Document = dict(current) if isinstance(current, dict) else {}
        target[parent] = nested
        target = nested
    yields = shorthand.deprecated and target.get(name) is not None
    if not yields:
        target[name] = value


def _service_url(url: Json) -> Document:
    """A service's protocol, host, port and path out of its URL (Kong: entities/services.lua)."""
    if not isinstance(url, str):
        return dict.fromkeys(("protocol", "host", "port", "path"), url)
    parsed = parse_url(url)
    port: Json = int(parsed.port) if parsed.port and parsed.port.isdecimal() else parsed.port
    protocol = parsed.scheme or ("https" if port == 443 else "http")
    return {
        "protocol": protocol,
        "host": parsed.host,
        "port": port or (443 if protocol == "https" else 80),
        "path": parsed.path,
    }


def _upstream_algorithm(algorithm: Json) -> Document:
    """Two algorithms do not hash (Kong: entities/upstreams.lua)."""
    if algorithm in ("least-connections", "latency"):
        return {"algorithm": algorithm, "hash_on": None}
    return {"algorithm": algorithm}


def _upstream_hash_on(hash_on: Json) -> Document:
    """What an upstream hashes on decides the algorithm (Kong: entities/upstreams.lua)."""
    if hash_on is None:
        return {"hash_on": "none"}
    return {"hash_on": hash_on, "algorithm": "round-robin" if hash_on == "none" else "consistent-hashing"}


_EXPANSIONS: Mapping[str, Callable[[Json], Document]] = {
    "service_url": _service_url,
    "upstream_algorithm": _upstream_algorithm,
    "upstream_hash_on": _upstream_hash_on,
}
