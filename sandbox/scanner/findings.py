"""What kube-score finds in manifests, and what of it stays, for a reason."""

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

_PERFECT = 10
"""The grade of what is as it should be."""
_DIGITS = re.compile(r"-[0-9a-f]{10}$")
"""The hash at the end of names that follow from content."""


@dataclass(frozen=True, order=True)
class Finding:
    """One check that an object fails."""

    object: str
    """Such as `Deployment/kong`; without the hash of names that follow from content."""
    check: str
    """The check's id (`kube-score list`)."""
    said: str

    def __str__(self) -> str:
        return f"{self.object}: {self.check}: {self.said}"


class Allowance(BaseModel):
    """What a check finds and stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    objects: tuple[str, ...]
    """Patterns of `Kind/name`."""
    reason: str = Field(min_length=20)

    def covers(self, finding: Finding) -> set[str]:
        """The patterns that a finding of this check fits."""
        if finding.check != self.check:
            return set()
        return {pattern for pattern in self.objects if fnmatchcase(finding.object, pattern)}


def allowances() -> tuple[Allowance, ...]:
    """Those of `exceptions.yaml`."""
    text = Path(__file__).with_name("exceptions.yaml").read_text("utf-8")
    return TypeAdapter(tuple[Allowance, ...]).validate_python(yaml.safe_load(text))


def scan(binary: Path, manifests: Sequence[object], kubernetes: str) -> list[Finding]:
    """Everything that the scanner finds in objects that belong together; `kubernetes` is a release, such as `v1.36`."""
    command = [str(binary), "score", "--output-format=json", f"--kubernetes-version={kubernetes}", "-"]
    said = subprocess.run(  # noqa: S603 - our own binary
        command, input=yaml.safe_dump_all(manifests), capture_output=True, text=True, check=False
    )
    if not said.stdout.startswith("["):
        raise RuntimeError(f"kube-score did not scan: {said.stderr.strip() or said.stdout.strip()}")
    return sorted(set(_findings(json.loads(said.stdout))))


def unexplained(findings: Iterable[Finding], known: Iterable[Allowance]) -> list[Finding]:
    """The findings for which there is no reason."""
    reasons = tuple(known)
    return [finding for finding in findings if not any(each.covers(finding) for each in reasons)]


def stale(findings: Iterable[Finding], known: Iterable[Allowance]) -> list[str]:
    """The exceptions' patterns that no finding needs."""
    found = tuple(findings)
    return [
        f"{each.check}: {pattern}"
        for each in known
        for pattern in each.objects
        if not any(pattern in each.covers(finding) for finding in found)
    ]


def _findings(report: Sequence[dict[str, object]]) -> Iterable[Finding]:
    for scored in TypeAdapter(list[_Scored]).validate_python(report):
        name = f"{scored.type_meta.kind}/{_DIGITS.sub('', scored.object_meta.name)}"
        for check in scored.checks:
            if not check.skipped and check.grade < _PERFECT:
                said = "; ".join(f"{each.path} {each.summary}".strip() for each in check.comments or ())
                yield Finding(name, check.check.id, said)


class _Comment(BaseModel):
    path: str
    summary: str


class _Check(BaseModel):
    id: str


class _Checked(BaseModel):
    check: _Check
    grade: int
    skipped: bool
    comments: tuple[_Comment, ...] | None


class _Kind(BaseModel):
    kind: str


class _Named(BaseModel):
    name: str


class _Scored(BaseModel):
    type_meta: _Kind
    object_meta: _Named
    checks: tuple[_Checked, ...]
