"""Entities as a running Kong gives them, in the words in which a client would have said them."""

from collections.abc import Iterator
from typing import Final

from entities.administration import is_loopbacks
from entities.importing.findings import Findings
from entities.importing.flattening import Found
from entities.importing.kinds import called
from entities.snapshot import Snapshot

_SIGNED_WITH_SECRET: Final = ("HS256", "HS384", "HS512")


def declared(snapshot: Snapshot, source: str, findings: Findings) -> Iterator[Found]:
    """What a client would have to say for Kong to hold this; what passes by itself is left out."""
    for kind, documents in snapshot.documents.items():
        for index, live in enumerate(documents):
            document = dict(live)
            if is_loopbacks(document):
                findings.leave_out(kind, called(kind, live), "the loopback to the Admin API is seeded, not declared")
                continue
            if kind == "keyauth_credentials" and document.pop("ttl", None) is not None:
                findings.leave_out(kind, called(kind, live), "it expires by itself; a declared one would stay")
                continue
            if kind == "jwt_secrets" and document.get("algorithm") not in _SIGNED_WITH_SECRET:
                # Kong makes one up and never uses it.
                document["secret"] = None
            yield Found(kind, document, f"{source}: {kind}[{index}]", hashed=True)
