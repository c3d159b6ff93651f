"""The names of a certificate: entities of their own, written through the certificate's `snis`.

Kong: kong/db/dao/snis.lua and certificates.lua.
"""

from entities.schema.document import strings
from sandbox.kong.errors import schema_violation
from sandbox.kong.kinds import Document
from sandbox.kong.store import Store


def names_of(store: Store, certificate: str) -> list[str]:
    """The names that lead to a certificate, sorted."""
    return sorted(sni["name"] for sni in store.children("snis", "certificate", certificate))


def requested(store: Store, sent: Document, certificate: str | None) -> list[str] | None:
    """The names a request gives a certificate; None when it says nothing about them.

    Raises KongError when one is given twice or leads to another certificate. What is no name is the schema's to refuse.
    """
    if "snis" not in sent:
        return None
    names = sorted(strings(sent["snis"]))
    for name in names:
        if names.count(name) > 1:
            raise schema_violation("snis", f"{name} is duplicated")
        taken = store.find("snis", ("name",), (name,))
        if taken and taken["certificate"]["id"] != certificate:
            owner = taken["certificate"]["id"]
            raise schema_violation("snis", f"{name} already associated with existing certificate '{owner}'")
    return names
