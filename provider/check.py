"""What the engine asks before anything happens: are these inputs right, and what are they in full?

Everything that is known is checked against Kong's own schemas, so that what Kong would refuse while applying
fails in the preview, with the property's path.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from entities.schema import KongSchema, Violation
from provider.documents import (
    Document,
    MalformedPropertyError,
    property_path,
    to_document,
    to_properties,
)
from provider.resources import ResourceType
from provider.secrecy import scrub, secret_properties, secret_texts
from provider.settings import Edition
from provider.values import Properties

_ENTITY: Final = "@entity"


@dataclass(frozen=True)
class Failure:
    """One property that is wrong: its path in Pulumi's terms ("" for the resource), and what to write instead.

    The reason holds no secret: what is wrong with one is said without it.
    """

    path: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """Inputs in full, or what is wrong with them."""

    inputs: Properties
    document: Document
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Gateway:
    """What the check may rely on: Kong's schemas, the edition, and the plugins of the image that have no schema."""

    schema: KongSchema
    edition: Edition | None = None
    custom_plugins: frozenset[str] = frozenset()

    def has_schema(self, kind: ResourceType, document: Document) -> bool:
        """Tell whether the whole document can be checked and completed; some plugins' configurations cannot."""
        return kind.kind != "plugins" or self.schema.knows(str(document.get("name")))

    def complete(self, kind: ResourceType, document: Document) -> Document:
        """Fill in what Kong would fill in, as far as the schema is known."""
        return self.schema.complete(kind.kind, document)


def check(gateway: Gateway, kind: ResourceType, news: Properties) -> Checked:
    """Check a resource's inputs and complete them."""
    try:
        document = to_document(kind, news.values)
    except MalformedPropertyError as fault:
        return Checked(news, {}, (Failure(fault.property_name, str(fault)),))
    failures = tuple(_failures(gateway, kind, document))
    if failures:
        hidden = news.secrets | (secret_properties(kind, document) & news.values.keys())
        inputs = Properties(news.values, hidden)
        texts = secret_texts([inputs])
        shown = tuple(Failure(failure.path, scrub(failure.reason, texts)) for failure in failures)
        return Checked(inputs, document, shown)
    completed = gateway.complete(kind, document)
    values = to_properties(kind, completed)
    secrets = (news.secrets & values.keys()) | secret_properties(kind, completed)
    return Checked(Properties(values, frozenset(secrets)), completed, ())


def _failures(gateway: Gateway, kind: ResourceType, document: Document) -> Iterator[Failure]:
    if kind.kind == "plugins" and (failure := _plugin_failure(gateway, document)):
        yield failure
        return
    if not gateway.has_schema(kind, document):
        return
    violations = gateway.schema.check(kind.kind, document)
    # Kong adds "failed conditional validation" to the field's own message; on its own it says nothing.
    fields = any(violation.path[-1] != _ENTITY for violation in violations)
    for violation in violations:
        if not (fields and violation.message.startswith("failed conditional validation")):
            yield _failure(kind, violation)


def _failure(kind: ResourceType, violation: Violation) -> Failure:
    path = violation.path[:-1] if violation.path[-1] == _ENTITY else violation.path
    reason = violation.message
    if reason == "unknown field":
        reason = f"unknown field: {'the plugin' if path[0] == 'config' else kind.kind} has no such field; remove it"
    elif reason == "required field missing":
        reason = "required field missing: give it a value"
    return Failure(property_path(kind, path), reason)


def _plugin_failure(gateway: Gateway, document: Document) -> Failure | None:
    name = document.get("name")
    if not isinstance(name, str) or name in gateway.custom_plugins:
        return None
    editions = gateway.schema.editions(name)
    if not editions:
        close = difflib.get_close_matches(name, gateway.schema.plugin_names, n=1)
        hint = f"did you mean {close[0]!r}? Or " if close else ""
        reason = f"Kong 3.9 has no plugin {name!r}; {hint}name your image's own plugins in the provider's customPlugins"
        return Failure("name", reason)
    if gateway.edition is not None and gateway.edition not in editions:
        reason = (
            f"the plugin {name!r} is only in Kong's {' and '.join(sorted(editions))} edition, this is {gateway.edition}"
        )
        return Failure("name", reason)
    return None
