"""The whole program, run once for each stack, mode, kind of authentication and operation that tests ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from pydantic import JsonValue

from components.platform import password
from config.cluster import Cluster
from config.stack import StackSettings
from entities.desired import desired_state
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.recording import Recording, Registration, record
from tests.program.resources import Resources
from tests.program.stacks import AUTH_KINDS, authenticated_by, stack_document

KEPT_PASSWORD = "the-password-that-the-cluster-keeps"
KONG_PROVIDER = "pulumi:providers:kong"


@dataclass(frozen=True)
class Case:
    """A stack of the repository in a mode, with a kind of authentication."""

    stack: str
    mode: str
    kind: str

    def __str__(self) -> str:
        return f"{self.stack}-{self.mode}-{self.kind}"

    @property
    def document(self) -> dict[str, JsonValue]:
        return stack_document(self.stack, mode=self.mode, **authenticated_by(self.kind, self.stack))

    @property
    def settings(self) -> StackSettings:
        return validated(self.document)

    @property
    def state(self) -> DesiredState:
        return desired_state(self.settings, Owner("omnify-gateway", self.stack))


CASES = [Case(stack, mode, kind) for stack in ("dev", "prod") for mode in ("database", "dbless") for kind in AUTH_KINDS]


@dataclass(frozen=True)
class Run:
    """One run of the program."""

    case: Case
    recording: Recording

    @property
    def resources(self) -> Resources:
        return Resources(self.recording.registrations)

    @property
    def tracked(self) -> list[Registration]:
        """Kong's entities."""
        return [each for each in self.recording.registrations if each.type.startswith("kong:")]


@cache
def run_of(case: Case, *, preview: bool) -> Run:
    return Run(case, run_program(case.document, case.stack, preview=preview))


def run_program(
    document: dict[str, JsonValue], stack: str, *, preview: bool, secrets: Mapping[str, str] | None = None
) -> Recording:
    """The program's registrations, with a cluster that keeps a password for each bundled store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "kept_password", _kept_password)
        return record(document, stack, preview=preview, secrets=secrets)


def _kept_password(_cluster: Cluster, _secret: str) -> str:
    return KEPT_PASSWORD


def _runs(mode: str) -> Iterator[object]:
    for case in CASES:
        for preview in (True, False):
            if mode in {case.mode, "any"}:
                yield pytest.param((case, preview), id=f"{case}-{'preview' if preview else 'up'}")


@pytest.fixture(params=_runs("any"))
def run(request: pytest.FixtureRequest) -> Run:
    """Each stack, mode, kind of authentication and operation."""
    case, preview = request.param
    return run_of(case, preview=preview)


@pytest.fixture(params=_runs("database"))
def database_run(request: pytest.FixtureRequest) -> Run:
    """Those in database mode."""
    case, preview = request.param
    return run_of(case, preview=preview)


@pytest.fixture(params=_runs("dbless"))
def dbless_run(request: pytest.FixtureRequest) -> Run:
    """Those in DB-less mode."""
    case, preview = request.param
    return run_of(case, preview=preview)
