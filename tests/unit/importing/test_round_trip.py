"""What this program renders, imported again: the same desired state, whatever the settings were."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.files import read_files
from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.importing.findings import Findings
from entities.importing.live import declared
from entities.snapshot import Snapshot
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.recording import PROJECT
from tests.unit.config.documents import edited, put
from tests.unit.entities.catalogues import stack_files
from tests.unit.entities.raw_catalogue import without_secrets
from tests.unit.importing.faithful import OWNER, unsaid
from tests.unit.importing.imports import Imported, imported, imported_entities

often = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def from_a_gateway(state: DesiredState) -> Imported:
    """An import of a gateway that holds exactly this state."""
    documents: dict[str, list[dict[str, Any]]] = {}
    for entity in state:
        documents.setdefault(entity.kind, []).append(state.document(entity))
    findings = Findings()
    snapshot = Snapshot({kind: tuple(each) for kind, each in documents.items()})
    return imported_entities(tuple(declared(snapshot, "kong", findings)), findings)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_our_own_kong_yml_comes_back_whole(stack: str) -> None:
    state = desired_state(validated(read_files(PROJECT, stack)), Owner("omnify-gateway", stack))

    found = imported(declarative_yaml(state))

    assert len(found.proposal.snapshot) == len(list(state))
    assert found.left_out == ()
    assert unsaid(found.proposal) == []
    assert "stack:" not in str(found.proposal.sections)
    sections = found.proposal.sections
    assert sections["cors"]["origins"]
    assert (sections["traffic"]["maxBody"], sections["traffic"]["correlationHeader"]) == (10, "X-Correlation-ID")
    assert sections["observability"] == {
        "prometheus": {
            "perConsumer": True,
            "latency": True,
            "bandwidth": True,
            "statusCodes": True,
            "upstreamHealth": True,
        },
        "accessLog": True,
    }


@often
@given(stack_files(kinds=["jwt"]))
def test_whatever_a_stack_says_its_gateway_imports_as_the_same(file: dict[str, Any]) -> None:
    state = desired_state(validated(file), OWNER)

    found = from_a_gateway(state)

    assert found.left_out == ()
    assert len(found.proposal.snapshot) == len(list(state))
    assert unsaid(found.proposal) == []


@often
@given(stack_files(kinds=["jwt"]), st.data())
def test_an_import_of_an_import_changes_nothing(file: dict[str, Any], data: st.DataObject) -> None:
    first = from_a_gateway(desired_state(validated(file), OWNER))

    second = from_a_gateway(desired_state(first.proposal.settings, OWNER))

    assert second.proposal.sections["apis"] == first.proposal.sections["apis"]
    assert second.proposal.recognised != frozenset() or first.proposal.recognised == frozenset()
    assert unsaid(second.proposal) == []


def test_entities_in_kongs_own_terms_come_back_as_they_were() -> None:
    state = desired_state(validated(edited("dev", put("entities", without_secrets()))), OWNER)

    found = from_a_gateway(state)

    assert found.left_out == ()
    assert unsaid(found.proposal) == []
    legacy = next(each for each in found.raw["services"] if each["name"] == "legacy")
    assert legacy["tags"] == ["team-a"]
