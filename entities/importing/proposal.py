"""A stack's settings that say what a Kong holds.

What the sections of their own can say is recognised where rendering gives exactly that entity again; the rest stands in
Kong's own terms under `entities:`. What this program refuses is left out and told of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from config.problems import InvalidSettingsError, Problem, key_path
from config.stack import StackSettings
from entities.importing.catalogue import recognised_apis
from entities.importing.everywhere import Sections, recognised_everywhere
from entities.importing.findings import Findings
from entities.importing.flattening import Document
from entities.importing.gathering import Gathered
from entities.importing.kinds import MANAGED, called, references, title
from entities.importing.raw import Writer
from entities.schema import kong_schema
from entities.snapshot import Snapshot
from entities.validation import validated


@dataclass(frozen=True)
class Proposal:
    """Settings that this program accepts, and what of the source they say."""

    sections: Sections
    """The sections of the stack file about Kong's entities, by their keys."""
    settings: StackSettings
    snapshot: Snapshot
    """The entities that the settings say, as the source has them."""
    recognised: frozenset[str]
    """The ids of those that a section of their own says."""
    invented: frozenset[str]
    """Ids that the source does not have."""


@dataclass
class _Refused:
    """What the program does not accept, by ids."""

    entities: set[str] = field(default_factory=set[str])
    """Left out altogether."""
    apis: set[str] = field(default_factory=set[str])
    """Services that must stand in Kong's own terms."""

    def __len__(self) -> int:
        return len(self.entities) + len(self.apis)


@dataclass(frozen=True)
class _Attempt:
    """Sections that may still be refused, and which entity stands where in them."""

    snapshot: Snapshot
    sections: Sections
    recognised: frozenset[str]
    raw: Mapping[str, Sequence[Document]]


def proposed(gathered: Gathered, around: Mapping[str, Any], findings: Findings) -> Proposal:
    """The settings for what was gathered. `around` are the other sections: cluster, mode, edition and so on.

    Raises:
        InvalidSettingsError: the sections around are wrong by themselves.
    """
    refused = _Refused()
    _withdraw_other_editions(gathered.snapshot, str(around.get("edition", "oss")), refused, findings)
    while True:
        attempt = _attempt(gathered, refused)
        try:
            settings = validated({**around, **attempt.sections})
        except InvalidSettingsError as refusal:
            before = len(refused)
            for problem in refusal.problems:
                _withdraw(problem, attempt, refused, findings)
            if len(refused) == before:
                raise
        else:
            recognised, invented = attempt.recognised, gathered.invented
            return Proposal(attempt.sections, settings, attempt.snapshot, recognised, invented)


def _attempt(gathered: Gathered, refused: _Refused) -> _Attempt:
    snapshot = _without(gathered.snapshot, refused.entities)
    sections, everywhere = recognised_everywhere(snapshot)
    preflights = sections["cors"] is not None
    catalogue = recognised_apis(snapshot, preflights=preflights, refused=frozenset(refused.apis))
    recognised = everywhere | catalogue.ids
    raw = _raw(snapshot, recognised)
    writer = Writer(snapshot, gathered.invented)
    sections |= {
        "apis": list(catalogue.apis),
        "backends": dict(catalogue.backends),
        "entities": {kind: [writer.written(kind, each) for each in documents] for kind, documents in raw.items()},
    }
    # The CLI hands a key without a value over as an empty text, which is no section.
    said = {key: value for key, value in sections.items() if value is not None}
    return _Attempt(snapshot, said, recognised, raw)


def _without(snapshot: Snapshot, ids: set[str]) -> Snapshot:
    return Snapshot(
        {
            kind: tuple(document for document in documents if str(document["id"]) not in ids)
            for kind, documents in snapshot.documents.items()
        }
    )


def _raw(snapshot: Snapshot, recognised: frozenset[str]) -> dict[str, list[Document]]:
    """The entities that no section of their own says."""
    raw = {
        kind: [cast("Document", each) for each in snapshot.of(kind) if str(each["id"]) not in recognised]
        for kind in MANAGED
    }
    return {kind: documents for kind, documents in raw.items() if documents}


def _withdraw_other_editions(snapshot: Snapshot, edition: str, refused: _Refused, findings: Findings) -> None:
    """Take back the plugins that this edition of Kong cannot run."""
    for plugin in snapshot.of("plugins"):
        name = str(plugin["name"])
        if edition not in kong_schema().editions(name):
            what = _title(snapshot, "plugins", plugin)
            findings.leave_out("plugins", what, "it is in Kong Enterprise only; --edition enterprise takes it")
            refused.entities.add(str(plugin["id"]))


def _withdraw(problem: Problem, attempt: _Attempt, refused: _Refused, findings: Findings) -> None:
    """Take back what the program refuses; nothing when it is not of this import."""
    services = {service["name"]: str(service["id"]) for service in attempt.snapshot.of("services")}
    match problem.location:
        case ("entities", str() as kind, int() as index, *_):
            document = attempt.raw[kind][index]
            if str(document["id"]) not in refused.entities:
                refused.entities.add(str(document["id"]))
                findings.leave_out(kind, _title(attempt.snapshot, kind, document), _reason(problem))
                _withdraw_dependents(attempt.snapshot, kind, document, refused, findings)
        case ("apis", int() as index, *_):
            refused.apis.add(services[attempt.sections["apis"][index]["name"]])
        case ("backends", str() as name, *_):
            refused.apis.add(services[name])
        case _:
            pass


def _title(snapshot: Snapshot, kind: str, document: Mapping[str, Any]) -> str:
    """What an entity is called when something is told of it."""
    holders: list[str] = []
    for name, other in references(kind).items():
        reference = document.get(name)
        found = (each for each in snapshot.of(other) if reference == {"id": each["id"]})
        holders += [called(other, each) for each in found]
    return title(kind, document, holders)


def _reason(problem: Problem) -> str:
    where = key_path(problem.location[3:])
    return f"{where}: {problem.message}" if where else problem.message


def _withdraw_dependents(
    snapshot: Snapshot, kind: str, document: Mapping[str, Any], refused: _Refused, findings: Findings
) -> None:
    """Take back the entities that refer to one that is left out, directly or through others."""
    for other in MANAGED:
        fields = [name for name, target in references(other).items() if target == kind]
        for each in snapshot.of(other) if fields else ():
            refers = any(each.get(name) == {"id": document["id"]} for name in fields)
            if refers and str(each["id"]) not in refused.entities:
                refused.entities.add(str(each["id"]))
                what = f"the {kind.removesuffix('s')} that it refers to is left out"
                findings.leave_out(other, _title(snapshot, other, each), what)
                _withdraw_dependents(snapshot, other, each, refused, findings)
