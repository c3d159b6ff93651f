"""What Kong changes in an entity when it stores it, beyond defaults (Kong: kong/db/dao)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from entities.schema.addresses import AddressError, target_as_stored
from entities.schema.certificates import certificate_digest
from entities.schema.document import Document, Json, look_up


def as_stored(kind: str, document: Document) -> Document:
    """A filled document in the form in which Kong gives it back."""
    change = _CHANGES.get(kind)
    return change(document) if change else document


def basic_auth_hash(consumer: Json, password: str) -> str | None:
    """The hash that Kong keeps of a basic-auth password (Kong: kong/plugins/basic-auth/crypto.lua).

    SHA-1 over the password and the consumer's id: good for comparing, not for keeping secrets.
    """
    identity = look_up(consumer, "id")
    if not isinstance(identity, str):
        return None
    return hashlib.sha1((password + identity).encode(), usedforsecurity=False).hexdigest()


def _target(document: Document) -> Document:
    target = document.get("target")
    try:
        return {**document, "target": target_as_stored(target)} if isinstance(target, str) else document
    except AddressError:
        return document


def _certificate(document: Document) -> Document:
    """SNIs are entities of their own, listed with their certificate by name."""
    snis = document.get("snis")
    names = sorted(name for name in snis if isinstance(name, str)) if isinstance(snis, list) else []
    return document if isinstance(snis, list) and len(names) != len(snis) else {**document, "snis": [*names]}


def _authority(document: Document) -> Document:
    cert = document.get("cert")
    digest = certificate_digest(cert) if isinstance(cert, str) else None
    return {**document, "cert_digest": digest} if digest else document


_CHANGES: Mapping[str, Callable[[Document], Document]] = {
    "ca_certificates": _authority,
    "certificates": _certificate,
    "targets": _target,
}
