"""Where a live entity is not what is desired, by what the schema says counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from entities.schema.complete import as_read, filled
from entities.schema.document import ABSENT, UNKNOWN, Absent, Document, Json, Path, look_up
from entities.schema.facts import Field, Record
from entities.schema.stored import as_stored, basic_auth_hash

SERVER_ONLY: Final = frozenset({"id", "created_at", "updated_at", "ttl", "cert_digest"})
"""Fields that Kong alone decides or that change by themselves."""

_HMAC_ALGORITHMS = frozenset({"HS256", "HS384", "HS512"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. Its values may be secret: print the path."""

    path: Path
    desired: Json
    live: Json

    def __repr__(self) -> str:
        return f"Difference({'.'.join(str(step) for step in self.path)})"


def without_server_only(document: Mapping[str, object]) -> dict[str, object]:
    """The fields that can differ."""
    return {name: value for name, value in document.items() if name not in SERVER_ONLY}


def differences_in(kind: str, record: Record, desired: Document, live: Document) -> list[Difference]:
    """The differences of two documents of one kind; fields that only Kong fills count where they are given."""
    wanted = as_stored(kind, as_read(record, filled(record, desired)))
    found = as_stored(kind, as_read(record, filled(record, live)))
    ignored = set(SERVER_ONLY)
    ignored.update(name for name, field in record.fields.items() if field.transient and name not in desired)
    if kind in _KEPT_DIFFERENTLY:
        name, as_desired = _KEPT_DIFFERENTLY[kind]
        ignored.update({name} if as_desired(wanted, found) else ())
    return list(_record_differences(record, wanted, found, ignored))


def _record_differences(
    record: Record, desired: Document, live: Document, ignored: AbstractSet[str] = frozenset(), at: Path = ()
) -> Iterator[Difference]:
    for name, value in desired.items():
        echo = name in record.shorthands and name not in record.fields
        if name in ignored or echo:
            continue
        yield from _differences(record.fields.get(name), value, live.get(name), (*at, name))


def _differences(field: Field | None, desired: Json, live: Json, at: Path) -> Iterator[Difference]:
    if desired is UNKNOWN or live is UNKNOWN:
        return
    if field and field.record and isinstance(desired, dict) and isinstance(live, dict):
        yield from _record_differences(field.record, desired, live, at=at)
    elif isinstance(desired, dict) and isinstance(live, dict) and _is_open(field):
        yield from _open_differences(field, desired, live, at)
    elif not _equal(field, desired, live):
        yield Difference(at, desired, live)


def _is_open(field: Field | None) -> bool:
    """Whether keys are not the schema's: a map, or a configuration whose schema is not known."""
    return field is None or field.type in ("map", "record")


def _open_differences(field: Field | None, desired: Document, live: Document, at: Path) -> Iterator[Difference]:
    """A map is the same key for key; of a configuration nobody knows, what is not asked for is Kong's default."""
    keys = [*desired, *(key for key in live if key not in desired)] if field and field.type == "map" else [*desired]
    for key in keys:
        yield from _differences(field.values if field else None, desired.get(key), live.get(key), (*at, key))


def _equal(field: Field | None, desired: Json, live: Json) -> bool:
    if field and field.type == "set" and isinstance(desired, list) and isinstance(live, list):
        return sorted(map(_canonical, desired)) == sorted(map(_canonical, live))
    if field and field.type == "foreign" and isinstance(desired, dict) and isinstance(live, dict):
        return all(live.get(key) == value for key, value in desired.items())
    return _canonical(desired) == _canonical(live)


def _canonical(value: Json) -> str:
    """One text for equal values: 1 and 1.0 are equal, true and 1 are not, null and `[]` are not."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Json) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return repr(value) if value is UNKNOWN else value


def _unused_secret(desired: Document, _: Document) -> bool:
    """The secret of a credential that verifies with a public key is unused, and new at each PUT."""
    return desired.get("algorithm") not in _HMAC_ALGORITHMS


def _same_password(desired: Document, live: Document) -> bool:
    password: Json | Absent = desired.get("password", ABSENT)
    if not isinstance(password, str):
        return False
    consumer = desired.get("consumer") if isinstance(look_up(desired, "consumer.id"), str) else live.get("consumer")
    return live.get("password") in (password, basic_auth_hash(consumer, password))


def _hashed_secret(desired: Document, live: Document) -> bool:
    """Kong keeps a salted hash, which only Kong can compare."""
    return desired.get("hash_secret") is True and live.get("hash_secret") is True


_KEPT_DIFFERENTLY: Mapping[str, tuple[str, Callable[[Document, Document], bool]]] = {
    "basicauth_credentials": ("password", _same_password),
    "jwt_secrets": ("secret", _unused_secret),
    "oauth2_credentials": ("client_secret", _hashed_secret),
}
"""Fields that Kong does not give back as they were sent, and when what it gives back is as desired."""
