"""The file for `pulumi import --file`: every entity that Kong has already, as the resource that stands for it.

Names, parents and the provider are those that the program registers: they are read off a run of it. The file brings the
component and the provider with it, so it can be imported into a stack without a state (pulumi:
pkg/resource/deploy/import.go; the CLI takes a provider among the resources from 3.254 on).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import JsonValue

from config.files import NAMESPACE
from entities.desired import desired_state
from entities.importing.proposal import Proposal
from entities.matching import matching
from entities.state import Owner
from gateway.recording import Registration, record
from provider.ownership import import_id
from provider.package import VERSION
from provider.resources import type_of_kind

_ENTITIES: Final = "kong:index/"
"""How the tokens of Kong's resource types begin."""


def import_ids(proposal: Proposal, stack: str) -> Mapping[tuple[str, str], str]:
    """The ids by which an import finds the entities, by their resources' types and names; none that was made up."""
    state = desired_state(proposal.settings, Owner(NAMESPACE, stack))
    ids: dict[tuple[str, str], str] = {}
    for match in matching(state, proposal.snapshot).matches:
        if match.live is not None and match.live["id"] not in proposal.invented:
            kind = type_of_kind(match.entity.kind)
            ids[kind.token, match.entity.key] = import_id(kind, match.live)
    return ids


def import_file(document: Mapping[str, JsonValue], stack: str, ids: Mapping[tuple[str, str], str]) -> str:
    """The file's text, for the stack that is configured with `document`."""
    registrations = record(document, stack, preview=True).registrations
    by_urn = {each.urn: each for each in registrations}
    imported = [each for each in registrations if (each.type, each.name) in ids and each.type.startswith(_ENTITIES)]
    around = {urn: by_urn[urn] for each in imported for urn in (each.provider, each.parent) if urn in by_urn}
    resources = [*_around(around.values()), *_resources(imported, around, ids)]
    return json.dumps({"resources": resources}, indent=2) + "\n"


def _around(registrations: Iterable[Registration]) -> Iterator[dict[str, Any]]:
    """The provider and the component, under names that no entity can have."""
    for each in registrations:
        resource: dict[str, Any] = {"type": each.type, "name": _called(each), "logicalName": each.name}
        provided = {"version": VERSION, "inputs": dict(each.properties.values)}
        yield resource | (provided if each.custom else {"component": True})


def _resources(
    imported: Sequence[Registration], around: Mapping[str, Registration], ids: Mapping[tuple[str, str], str]
) -> Iterator[dict[str, Any]]:
    for each in imported:
        yield {
            "type": each.type,
            "name": each.name,
            "id": ids[each.type, each.name],
            "parent": _called(around[each.parent]),
            "provider": _called(around[each.provider]),
        }


def _called(registration: Registration) -> str:
    return f"{'provider' if registration.custom else 'component'} {registration.name}"
