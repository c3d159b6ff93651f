"""Names of certificates, which may stand in a list of their own; here a name is part of its certificate."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from entities.importing.findings import Findings
from entities.importing.flattening import Document, Found, Inside


def with_snis(found: Sequence[Found], findings: Findings) -> Iterator[Found]:
    """Certificates with all of their names, and every other entity but names."""
    listed: dict[str, list[str]] = {}
    for each in found:
        if each.kind == "snis":
            listed.setdefault(_certificate(each), []).append(_name(each.document))
    certificates = {_place(each): each for each in found if each.kind == "certificates"}
    for holder, names in listed.items():
        if holder not in certificates:
            for name in names:
                findings.leave_out("snis", name, "the certificate that it refers to is not there")
    for each in found:
        if each.kind == "certificates":
            own = [_name(item) for item in cast("list[object]", each.document.get("snis") or [])]
            yield replace(
                each, document=each.document | {"snis": [*dict.fromkeys([*own, *listed.get(_place(each), [])])]}
            )
        elif each.kind != "snis":
            yield each


def _place(certificate: Found) -> str:
    return str(certificate.document.get("id", certificate.place))


def _certificate(sni: Found) -> str:
    reference = sni.document.get("certificate")
    if isinstance(reference, Inside):
        return reference.place
    return str(cast("Document", reference).get("id")) if isinstance(reference, dict) else str(reference)


def _name(item: object) -> str:
    return str(cast("Document", item).get("name")) if isinstance(item, dict) else str(item)
