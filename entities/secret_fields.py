"""Which fields of entities take a secret: one answer for stack files, for the state and for the documentation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from entities.schema import kong_schema
from entities.schema.document import Path

_CREDENTIALS: Final[Mapping[str, frozenset[str]]] = {
    "jwt_secrets": frozenset({"secret"}),
    "keyauth_credentials": frozenset({"key"}),
}
"""Secrets that Kong keeps in the clear, so that its schema does not mark them."""
_NAMES: Final = frozenset({"header_name", "host", "logs_endpoint", "param_name", "traces_endpoint", "username"})
"""Fields that may refer to a vault, though what they hold only names something."""
_HEADERS: Final = re.compile(r"auth|cookie|credential|key|passw|secret|signature|token", re.IGNORECASE)
"""Names of headers whose values are secret."""
_FIELDS: Final = re.compile(r"secret|password|api_key|private_key|(^|_)token$")
"""Names of fields whose values are secret, of plugins that Kong's schemas do not know."""


def secret_fields(kind: str, plugin: str = "") -> frozenset[str]:
    """The dotted paths of an entity's fields that take a secret; `*` is each item of a list or a map.

    `plugin` is the name of a plugin. Of one that Kong's schemas do not know, nothing can be said here.
    """
    own = kong_schema().encrypted(kind) | _CREDENTIALS.get(kind, frozenset())
    if kind != "plugins" or not kong_schema().knows(plugin):
        return own
    referenceable = {name for name in kong_schema().referenceable(plugin) if name.rpartition(".")[2] not in _NAMES}
    return own | {f"config.{name}" for name in kong_schema().encrypted(plugin) | referenceable}


def secret_values(kind: str, document: Mapping[str, object]) -> Iterator[tuple[Path, object]]:
    """The places of a document that take a secret, and what stands there.

    Of headers those whose names tell; and of a plugin that Kong's schemas do not know, the fields whose names do.
    """
    plugin = str(document.get("name"))
    for field in sorted(secret_fields(kind, plugin)):
        yield from _at(document, field.split("."), ())
    if kind == "plugins" and not kong_schema().knows(plugin):
        yield from _told_by_name(document.get("config"), ("config",))


def _told_by_name(value: object, at: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _told_by_name(item, (*at, index))
    elif isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            if _FIELDS.search(key):
                yield from _leaves(item, (*at, key))
            else:
                yield from _told_by_name(item, (*at, key))


def _leaves(value: object, at: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _leaves(item, (*at, index))
    else:
        yield at, value


def _at(value: object, path: Sequence[str], at: Path) -> Iterator[tuple[Path, object]]:
    if not path:
        yield at, value
        return
    step, rest = path[0], path[1:]
    if isinstance(value, list) and step == "*":
        for index, item in enumerate(cast("list[object]", value)):
            yield from _at(item, rest, (*at, index))
    elif isinstance(value, dict):
        items = cast("dict[str, object]", value)
        for key in items if step == "*" else {step} & items.keys():
            if step != "*" or at[-1:] != ("headers",) or _HEADERS.search(key):
                yield from _at(items[key], rest, (*at, key))
