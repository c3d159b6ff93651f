"""Secrets of a source, each under a name that people can read; the settings refer to them by it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from entities.importing.flattening import Document
from entities.schema import kong_schema
from entities.schema.document import Path, is_vault_reference
from entities.secret import plain_secrets, referred_secret, secret_reference

_OPEN: Final = frozenset(
    {"cert", "cert_alt", "clientid", "header_name", "host", "http_endpoint", "logs_endpoint", "param_name"}
    | {"traces_endpoint", "username"}
)
"""Fields that may refer to a vault and hold nothing secret, unless an address in them carries something."""
_SHELL_VARIABLE: Final = re.compile(r"\$\{?\w+\}?")
"""What people let a shell or `envsubst` fill in before Kong reads a file."""
_VARIABLE: Final = "the source has a variable in its place"
_CARRIES: Final = re.compile(r"//[^/@\s]+@|[?&][^=\s]+=")
"""Credentials or a query in an address."""


@dataclass
class Secrets:
    """The secrets that were taken out of documents, and those whose values the source does not have."""

    values: dict[str, str] = field(default_factory=dict[str, str])
    wanted: dict[str, str] = field(default_factory=dict[str, str])
    """Why a value is not known, by the secret's name."""

    def taken_out(self, kind: str, document: Document, owner: str, *, hashed: bool) -> Document:
        """A document that refers to its secrets; `owner` says in words whose they are."""
        for path in secret_paths(kind, document):
            name = self._name(owner, kind, path)
            value = _at(document, path)
            if hashed and _kept_as_hash(kind, document, path):
                self.wanted[name] = "Kong keeps only a hash of it"
            elif _SHELL_VARIABLE.fullmatch(value):
                self.wanted[name] = _VARIABLE
            else:
                self.values[name] = value
            document = _with(document, path, secret_reference(name))
        return document

    def referred(self, names: Iterator[str]) -> None:
        """Note the secrets that a document refers to; those that nobody has a value for are wanted."""
        for name in names:
            if name not in self.values:
                self.wanted.setdefault(name, _VARIABLE)

    def _name(self, owner: str, kind: str, path: Path) -> str:
        words = [_WORDS.get(kind, ""), *(str(step) for step in path if step != "config")]
        name = re.sub(r"[^a-z0-9]+", "-", "-".join([owner, *words]).lower()).strip("-")
        taken = self.values.keys() | self.wanted.keys()
        number = 2
        unique = name
        while unique in taken:
            unique, number = f"{name}-{number}", number + 1
        return unique


_WORDS: Final[Mapping[str, str]] = {
    "basicauth_credentials": "basic-auth",
    "certificates": "tls",
    "jwt_secrets": "jwt",
    "keyauth_credentials": "api",
    "oauth2_credentials": "oauth2",
}
"""What the secret of a kind is for; a plugin's owner says it."""


def secret_paths(kind: str, document: Document) -> list[Path]:
    """The places at which a document holds a secret in the clear."""
    found = list(plain_secrets(kind, document))
    if kind == "plugins":
        for dotted in sorted(kong_schema().referenceable(str(document.get("name")))):
            found += _clear(document.get("config"), dotted.split("."), ("config",), name=dotted.rpartition(".")[2])
    return sorted(set(found), key=str)


def _clear(value: object, path: list[str], at: Path, *, name: str) -> Iterator[Path]:
    """Where a text stands in the clear at a path of a schema, in which `*` is each item of a list or a map."""
    if not path:
        clear = isinstance(value, str) and value and not is_vault_reference(value) and referred_secret(value) is None
        if clear and (name not in _OPEN or _CARRIES.search(str(value))):
            yield at
    elif isinstance(value, list) and path[0] == "*":
        for index, item in enumerate(cast("list[object]", value)):
            yield from _clear(item, path[1:], (*at, index), name=name)
    elif isinstance(value, dict):
        items = cast("dict[str, object]", value)
        for key in items if path[0] == "*" else {path[0]} & items.keys():
            yield from _clear(items[key], path[1:], (*at, key), name=name)


def _kept_as_hash(kind: str, document: Document, path: Path) -> bool:
    return (kind == "basicauth_credentials" and path == ("password",)) or (
        kind == "oauth2_credentials" and path == ("client_secret",) and document.get("hash_secret") is True
    )


def _at(value: Any, path: Path) -> str:  # noqa: ANN401 (JSON)
    for step in path:
        value = value[step]
    return str(value)


def _with(value: Any, path: Path, leaf: str) -> Any:  # noqa: ANN401 (JSON)
    """A copy of a document with another text at a path."""
    if not path:
        return leaf
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [_with(item, rest, leaf) if index == step else item for index, item in enumerate(items)]
    fields = cast("Document", value)
    return {key: _with(item, rest, leaf) if key == step else item for key, item in fields.items()}
