"""What Kong does to credentials on their way in, so that what comes back can be compared with what was said.

A basic-auth password comes back as a hash, an OAuth2 client secret too when `hash_secret` is set, and fields that
a client leaves out (`key`, `secret`, `client_id`, `client_secret`) are invented by Kong.
"""

from collections.abc import Mapping
from typing import Any

from entities.schema.stored import basic_auth_hash
from provider.documents import Document
from provider.resources import ResourceType


def same_password(said: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Tell whether a kept basic-auth credential has the password that a client said, hashed or not."""
    password = said.get("password")
    if not isinstance(password, str):
        return False
    return kept.get("password") in (password, basic_auth_hash(kept.get("consumer"), password))


def as_declared(kind: ResourceType, live: Document, declared: Mapping[str, Any] | None) -> Document:
    """Write a live credential as its inputs would be: what Kong hashed or invented as it was declared, or left out.

    `declared` is None for an import. A secret that the algorithm never uses is left out there too.
    """
    document = dict(live)
    if kind.kind == "basicauth_credentials" and declared and same_password(declared, live):
        document["password"] = declared["password"]
    if kind.kind == "oauth2_credentials" and declared and live.get("hash_secret"):
        document["client_secret"] = declared.get("client_secret")
    for field in kind.generated:
        if declared is not None and declared.get(field) is None:
            document[field] = None
    if kind.kind == "jwt_secrets" and declared is None and not str(live.get("algorithm")).startswith("HS"):
        document["secret"] = None
    return document


def kept_values(kind: ResourceType, document: Document, live: Mapping[str, Any] | None) -> Document:
    """Prepare a document for a write: what a client did not say but Kong has invented once stays as it is."""
    kept = {name: value for name, value in document.items() if name not in kind.generated or value is not None}
    if live is not None and not live.get("hash_secret"):
        kept.update({name: live[name] for name in kind.generated - kept.keys() if live.get(name) is not None})
    return kept
