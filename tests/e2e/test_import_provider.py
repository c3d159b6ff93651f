"""An import and the provider: what one wrote, the other imports; what the other reads, the one wrote."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from config.files import NAMESPACE, read_files
from entities.desired import desired_state
from entities.drift import drift
from entities.importing.findings import Findings
from entities.importing.live import declared
from entities.state import Owner
from gateway.importing.pulumi_file import import_ids
from gateway.live import admin_api, read_snapshot
from gateway.recording import PROJECT, Registration, recorded, run_program
from provider.operations import Operations, State, open_operations
from provider.settings import Settings, read_settings
from provider.urns import parse_urn
from provider.values import Properties
from sandbox.engine.kong import KongEntities
from tests.e2e.grown import SECRETS, grow
from tests.standin import RunningStandin, running_standin
from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import Imported, imported_entities


@pytest.fixture
def gateway() -> Iterator[RunningStandin]:
    """An empty one."""
    with running_standin() as running:
        yield running


def admin(running: RunningStandin) -> Settings:
    return read_settings({"kongAdminUri": running.admin_url}, {})


async def imported(running: RunningStandin) -> Imported:
    """An import of a running gateway."""
    async with admin_api(admin(running)) as api:
        snapshot = await read_snapshot(api)
    findings = Findings()
    return imported_entities(tuple(declared(snapshot, running.admin_url, findings)), findings)


async def registered(document: Any, stack: str) -> list[Registration]:
    """Kong's entities as the program registers them."""
    recording = await recorded(lambda: run_program(document, SECRETS), stack, preview=True)
    return [each for each in recording.registrations if each.type.startswith("kong:index/")]


@pytest.mark.parametrize("stack", ["dev", "prod"])
async def test_what_our_provider_wrote_is_imported_whole_and_without_drift(stack: str, gateway: RunningStandin) -> None:
    written = await registered(read_files(PROJECT, stack), stack)
    entities = KongEntities.reached({"kongAdminUri": gateway.admin_url}, lambda waiting: None)
    for each in written:
        await entities.apply(each, None)
    await entities.close()

    found = await imported(gateway)

    assert found.left_out == ()
    assert len(found.proposal.snapshot) == len(written)
    assert unsaid(found.proposal) == []
    async with admin_api(admin(gateway)) as api:
        assert drift(desired_state(found.proposal.settings, Owner(NAMESPACE, stack)), await read_snapshot(api)).clean


async def test_what_an_import_names_the_provider_reads_and_would_only_tag(gateway: RunningStandin) -> None:
    grow(gateway.admin_url)
    found = await imported(gateway)
    document = {"cluster": {"context": "kind-omnify"}, **found.proposal.sections}
    ids = import_ids(found.proposal, "adopting")
    resources = await registered(document, "adopting")
    operations = open_operations(admin(gateway))
    read = {each.urn: await _read(operations, each, ids[each.type, each.name]) for each in resources}
    live_ids = {parse_urn(urn).derived_id: state.id for urn, state in read.items() if state is not None}

    changed: set[str] = set()
    for each in resources:
        urn, state = parse_urn(each.urn), read[each.urn]
        assert state is not None, each.urn
        wanted = operations.check(urn, _with_ids(each.properties, live_ids))
        assert wanted.failures == ()
        changed |= {change.path for change in operations.diff(urn, state.id, state.inputs, wanted.inputs)}
    await operations.close()

    assert ids.keys() == {(each.type, each.name) for each in resources}
    assert changed == {"tags"}


async def _read(operations: Operations, resource: Registration, identity: str) -> State | None:
    """What the provider finds when the engine imports."""
    nothing = Properties({})
    return await operations.read(parse_urn(resource.urn), identity, nothing, nothing)


def _with_ids(properties: Properties, ids: dict[str, str]) -> Properties:
    """Properties in which the ids that Kong has stand for those that follow from names."""
    text = json.dumps(properties.values)
    for derived, live in ids.items():
        text = text.replace(derived, live)
    return Properties(json.loads(text), properties.secrets)
