"""Secrets of a stack's configuration, referred to by name where Kong has no vault reference for them.

`{secret://NAME}` stands for the value of the configuration key `omnify-gateway-secrets:NAME`. Kong never sees the
reference: the value takes its place when the entity is written.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from entities.schema.document import UNKNOWN, Path, is_vault_reference
from entities.secret_fields import secret_values

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


def configured_secrets(document: Mapping[str, object]) -> Iterator[str]:
    """The names of all secrets to which a stack's settings refer."""
    for section in ("entities", "plugins"):
        yield from secrets_in(document.get(section))


def hidden(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A document in which `UNKNOWN` stands for each secret."""
    if isinstance(value, dict):
        return {key: hidden(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [hidden(item) for item in cast("list[Any]", value)]
    return value if referred_secret(value) is None else UNKNOWN


def plain_secrets(kind: str, document: Mapping[str, object]) -> Iterator[Path]:
    """The paths at which a document of Kong's holds a secret in the clear.

    Vault references, references to secrets of the configuration and empty texts are none, nor are addresses without
    credentials.
    """
    harmless = _HARMLESS.get(str(document.get("name")), frozenset()) if kind == "plugins" else frozenset[str]()
    for path, value in secret_values(kind, document):
        if not isinstance(value, str) or not value or is_vault_reference(value) or referred_secret(value) is not None:
            continue
        if path[-1] not in harmless or _CARRIES.search(value):
            yield path


_HARMLESS: Mapping[str, frozenset[str]] = {
    "acme": frozenset({"account_email"}),
    "aws-lambda": frozenset({"aws_assume_role_arn"}),
    "azure-functions": frozenset({"clientid"}),
    "http-log": frozenset({"http_endpoint"}),
}
"""Fields that Kong keeps encrypted though they only name something."""
_CARRIES = re.compile(r"//[^/@\s]+@|[?&][^=&\s]*(?:key|passw|secret|sig|token)[^=&\s]*=", re.IGNORECASE)
"""Credentials in an address."""
