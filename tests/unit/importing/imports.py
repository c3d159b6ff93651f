"""Imports of texts, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entities.importing.findings import Finding, Findings
from entities.importing.flattening import Found, flattened
from entities.importing.gathering import gathered
from entities.importing.kinds import MANAGED
from entities.importing.proposal import Proposal, proposed
from entities.importing.reading import read_file
from entities.importing.secrets import Secrets
from entities.importing.upgrading import upgraded

CLUSTER = {"cluster": {"context": "kind-omnify"}}


@dataclass(frozen=True)
class Imported:
    """What came of an import."""

    found: Sequence[Found]
    """Every entity of the source."""
    proposal: Proposal
    findings: Findings
    secrets: Secrets

    @property
    def raw(self) -> Mapping[str, list[dict[str, Any]]]:
        """The section `entities:`."""
        return self.proposal.sections["entities"]

    @property
    def left_out(self) -> tuple[Finding, ...]:
        return tuple(self.findings.left_out)

    @property
    def converted(self) -> tuple[Finding, ...]:
        return tuple(self.findings.converted)


def imported(*texts: str, environment: Mapping[str, str] | None = None, **around: Any) -> Imported:
    """Import the texts of files, in the order given."""
    findings = Findings()
    found: list[Found] = []
    for index, text in enumerate(texts):
        file = read_file(text, f"file-{index}.yaml", environment or {})
        found += [upgraded(each, file.format, findings) for each in flattened(file, findings)]
    return imported_entities(found, findings, **around)


def imported_entities(found: Sequence[Found], findings: Findings, **around: Any) -> Imported:
    """Import entities that somebody has found already."""
    secrets = Secrets()
    proposal = proposed(gathered(found, findings, secrets), {**CLUSTER, **around}, findings)
    return Imported(found, proposal, findings, secrets)


def unaccounted(imported: Imported) -> int:
    """How many entities of the source are neither in the settings nor told of."""
    there = [each for each in imported.found if each.kind in MANAGED]
    fields = [each for each in imported.left_out if each.reason.startswith("its field ")]
    told = [each for each in imported.left_out if each.kind in MANAGED and each not in fields]
    return len(there) - len(imported.proposal.snapshot) - len(told)


def reasons(findings: Sequence[Finding]) -> dict[tuple[str, str], str]:
    """What was found, by kind and name."""
    return {(each.kind, each.name): each.reason for each in findings}
