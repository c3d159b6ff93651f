"""Whether settings say exactly what a source holds, found out by other code than that which writes them."""

from collections.abc import Iterator
from typing import Any

from entities.desired import desired_state
from entities.importing.kinds import MANAGED, references
from entities.importing.ownership import own_tags
from entities.importing.proposal import Proposal
from entities.schema import kong_schema
from entities.secret import hidden
from entities.state import Owner

OWNER = Owner("omnify-gateway", "imported")
NATURAL = {
    "services": ("name",),
    "routes": ("name",),
    "upstreams": ("name",),
    "consumers": ("username", "custom_id"),
    "certificates": ("snis",),
    "targets": ("upstream", "target"),
    "acls": ("consumer", "group"),
    "jwt_secrets": ("key",),
    "keyauth_credentials": ("consumer", "key"),
    "basicauth_credentials": ("username",),
    "oauth2_credentials": ("consumer", "name"),
    "plugins": ("name", "service", "route", "consumer"),
}
"""What tells an entity from the others of its kind."""


def unsaid(proposal: Proposal) -> list[str]:
    """Where the desired state is not what the source has, but for the owner's tags and for ids."""
    state = desired_state(proposal.settings, OWNER)
    desired: dict[str, list[dict[str, Any]]] = {}
    for entity in state:
        desired.setdefault(entity.kind, []).append(state.document(entity))
    return list(_differences(proposal, desired))


def _differences(proposal: Proposal, desired: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    ids: dict[str, str] = {}
    for kind in MANAGED:
        left = list(desired.get(kind, []))
        for source in proposal.snapshot.of(kind):
            document = hidden(source)
            mark = _mark(kind, document)
            match = next((each for each in left if each["id"] == document["id"]), None)
            match = match or next((each for each in left if _mark(kind, _translated(kind, each, ids)) == mark), None)
            if match is None:
                yield f"{kind} {mark}: not there"
                continue
            left.remove(match)
            ids[match["id"]] = document["id"]
            yield from _fields(kind, _translated(kind, match, ids), document)
        yield from (f"{kind} {_mark(kind, each)}: in no source" for each in left)


def _fields(kind: str, desired: dict[str, Any], source: dict[str, Any]) -> Iterator[str]:
    tags = [tag for tag in desired.pop("tags") if tag not in OWNER.tags]
    if sorted(tags) != sorted(own_tags(source)):
        yield f"{kind} {_mark(kind, source)}: tags {tags}"
    apart = {"id", "tags", "created_at", "updated_at"}
    wanted = {name: value for name, value in source.items() if name not in apart}
    given = {name: value for name, value in desired.items() if name not in apart}
    schema = kong_schema()
    for difference in (*schema.differences(kind, wanted, given), *schema.differences(kind, given, wanted)):
        yield f"{kind} {_mark(kind, source)}: {difference.path}"


def _translated(kind: str, document: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """A desired document with the source's ids in its references."""
    translated = dict(document)
    for field in references(kind):
        reference = document.get(field)
        if reference is not None:
            translated[field] = {"id": ids.get(reference["id"], reference["id"])}
    return translated


def _mark(kind: str, document: dict[str, Any]) -> str:
    return str([document.get(field) for field in NATURAL[kind]])
