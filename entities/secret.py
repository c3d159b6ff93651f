"""Secrets of a stack's configuration, referred to by name where Kong has no vault reference for them.

`{secret://NAME}` stands for the value of the configuration key `omnify-gateway-secrets:NAME`. Kong never sees the
reference: the value takes its place when the entity is written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from entities.schema import kong_schema
from entities.schema.document import UNKNOWN, Path, is_vault_reference

NAMESPACE = "omnify-gateway-secrets"
"""The namespace of the configuration keys that hold secrets."""

_REFERENCE = re.compile(r"\{secret://([A-Za-z0-9][A-Za-z0-9._-]*)\}")


def secret_reference(name: str) -> str:
    """What to write in the place of a secret."""
    return f"{{secret://{name}}}"


def referred_secret(value: object) -> str | None:
    """The name of the secret that a value stands for."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def secrets_in(value: object) -> Iterator[str]:
    """The names of all secrets that are referred to in a document."""
    if isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            yield from secrets_in(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from secrets_in(item)
    elif (name := referred_secret(value)) is not None:
        yield name


def hidden(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A document in which `UNKNOWN` stands for each secret."""
    if isinstance(value, dict):
        return {key: hidden(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [hidden(item) for item in cast("list[Any]", value)]
    return value if referred_secret(value) is None else UNKNOWN


def plain_secrets(kind: str, document: Mapping[str, object]) -> Iterator[Path]:
    """The paths at which a document of Kong's holds a secret in the clear.

    Vault references, references to secrets of the configuration and empty texts are none. Of a plugin that Kong's
    schemas do not know, the names of its fields tell.
    """
    for name in sorted({*kong_schema().encrypted(kind), *_CREDENTIALS.get(kind, ())}):
        yield from _clear(document, name.split("."), ())
    if kind == "plugins":
        plugin, config = str(document.get("name")), document.get("config")
        for path in _secret_fields(plugin, config):
            yield from _clear(config, path.split("."), ("config",))


_CREDENTIALS: Mapping[str, tuple[str, ...]] = {"jwt_secrets": ("secret",), "keyauth_credentials": ("key",)}
"""Secrets that Kong keeps in the clear, so that its schema does not mark them."""

_HARMLESS: Mapping[str, frozenset[str]] = {
    "acme": frozenset({"account_email"}),
    "aws-lambda": frozenset({"aws_assume_role_arn"}),
    "azure-functions": frozenset({"clientid"}),
    "http-log": frozenset({"http_endpoint"}),
}
"""Fields that Kong keeps encrypted though they only name something."""


def _secret_fields(plugin: str, config: object) -> Iterator[str]:
    if kong_schema().knows(plugin):
        yield from sorted(kong_schema().encrypted(plugin) - _HARMLESS.get(plugin, frozenset()))
    elif isinstance(config, dict):
        words = ("secret", "password", "api_key", "private_key")
        yield from (name for name in cast("dict[str, object]", config) if any(word in name for word in words))


def _clear(value: object, path: Sequence[str], at: Path) -> Iterator[Path]:
    """Where something stands in the clear at a path of a schema, in which `*` is each item of a list or a map."""
    if not path:
        if isinstance(value, str) and value and not is_vault_reference(value) and referred_secret(value) is None:
            yield at
        return
    step, rest = path[0], path[1:]
    if isinstance(value, list) and step == "*":
        for index, item in enumerate(cast("list[object]", value)):
            yield from _clear(item, rest, (*at, index))
    elif isinstance(value, dict):
        items = cast("dict[str, object]", value)
        for key in items if step == "*" else {step} & items.keys():
            yield from _clear(items[key], rest, (*at, key))
