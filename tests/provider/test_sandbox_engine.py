"""The sandbox's engine brings Kong to the same as Pulumi's: through changes of a stack file, and after faults."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.recording import Recording, Registration
from provider.values import encode
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine import engine
from sandbox.engine.steps import Action, EngineError, Step
from tests.provider.gateway import TestGateway, after_writes, answers, killed_after_writes
from tests.provider.program import Document, desired, empty, ids, live, program
from tests.provider.stack_file import changed_stack_file, stack_file
from tests.provider.test_program import TAKING_OVER, named
from tests.provider.test_recovery import FILES, chance, writes

__all__ = ["chance"]

_NOWHERE = Cluster(Path(), "nowhere", None)


@dataclass
class Sandbox:
    """A stack's entities under the sandbox's engine, without its Kubernetes objects."""

    kong: TestGateway
    state: Path

    async def up(self, document: Document) -> list[Step]:
        """What was not as declared."""
        recording = Recording((_provider(self.kong.url), *(await program(document)).values()), {})
        steps: list[Step] = []
        await engine.apply(recording, _NOWHERE, self.state, steps.append, lambda _: None)
        return [step for step in steps if step.action is not Action.SAME]


def _provider(address: str) -> Registration:
    return Registration(
        urn="urn:pulumi:dev::omnify-gateway::pulumi:providers:kong::kong",
        type="pulumi:providers:kong",
        name="kong",
        custom=True,
        parent="",
        provider="",
        dependencies=(),
        wire=encode({"kongAdminUri": address}),
        ignore_changes=(),
        deleted_with="",
    )


@pytest.fixture
async def sandbox(kong: TestGateway, tmp_path: Path) -> Sandbox:
    """A stack that is applied."""
    sandbox = Sandbox(kong, tmp_path / "state.json")
    await sandbox.up(stack_file())
    return sandbox


async def is_as_declared(sandbox: Sandbox, document: Document) -> None:
    assert await live(sandbox.kong) == desired(document)
    assert await sandbox.up(document) == []


@pytest.mark.parametrize("change", TAKING_OVER, ids=named)
async def test_what_takes_an_entity_over_refers_to_it_by_the_id_it_has(
    sandbox: Sandbox, change: Callable[[Document], None]
) -> None:
    document = stack_file()
    change(document)

    await sandbox.up(document)

    await is_as_declared(sandbox, document)


@pytest.mark.recovers("A rehearsal was killed, or what it made was changed")
async def test_a_run_killed_at_any_of_ten_points_is_finished_by_the_next(
    sandbox: Sandbox, chance: random.Random
) -> None:
    for attempt in range(1, 11):
        file, point = FILES[attempt % 2], writes(chance)
        assert await killed_after_writes(sandbox.kong, point, sandbox.up(file()))

        await sandbox.up(file())

        assert await live(sandbox.kong) == desired(file()), f"killed after {point} writes, attempt {attempt}"


@pytest.mark.recovers("A rehearsal was killed, or what it made was changed")
async def test_a_lost_state_is_rebuilt_with_every_entity_as_it_is(sandbox: Sandbox) -> None:
    before = await ids(sandbox.kong)
    sandbox.state.unlink()

    assert await sandbox.up(stack_file()) == []

    assert await ids(sandbox.kong) == before


@pytest.mark.recovers("A rehearsal was killed, or what it made was changed")
async def test_an_emptied_database_is_filled_again(sandbox: Sandbox) -> None:
    await empty(sandbox.kong)

    await sandbox.up(changed_stack_file())

    await is_as_declared(sandbox, changed_stack_file())


async def test_a_refused_run_is_completed_by_the_next(sandbox: Sandbox, chance: random.Random) -> None:
    sandbox.kong.fault = after_writes(writes(chance), answers(400))
    with pytest.raises(EngineError):
        await sandbox.up(changed_stack_file())
    sandbox.kong.fault = None

    await sandbox.up(changed_stack_file())

    await is_as_declared(sandbox, changed_stack_file())
