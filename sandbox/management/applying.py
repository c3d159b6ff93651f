"""`python -m sandbox.management.applying apply|plan …`: the process that applies a stack for the management API."""

import asyncio
import os
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pulumi
from pydantic import JsonValue

from config.files import NAMESPACE, StackFileError, read_files
from config.problems import InvalidSettingsError
from config.project import PROJECT
from config.stack import StackSettings
from entities.desired import desired_state
from entities.masking import MASK
from entities.model import Document
from entities.snapshot import Snapshot
from entities.state import Owner
from entities.validation import validated
from gateway.changes.comparison import compared
from gateway.changes.declared import Declared, Manifest
from gateway.live import admin_api, admin_settings, read_snapshot
from gateway.recording import Recording, record
from gateway.rendering import by_kind, manifests
from provider.admin import AdminError, AdminUnavailableError
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine import engine
from sandbox.engine.state import Resource, State
from sandbox.engine.steps import Action, EngineError, Step, kind
from sandbox.management.messages import AtMessage, DoneMessage, FailedMessage, PlannedMessage, tell
from sandbox.rehearsal.secrets import rehearsed_secrets

_FAILURES: Final = (
    pulumi.RunError,
    EngineError,
    InvalidSettingsError,
    StackFileError,
    AdminError,
    AdminUnavailableError,
)
_KONG: Final = ("kong:", "pulumi:providers:kong")


def main(arguments: Sequence[str]) -> int:
    """Apply or plan a stack, telling how it goes on; the exit code is 1 when it failed."""
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    what, stack, file, state_file, *place = arguments
    cluster = Cluster(Path(place[0]), place[1], None) if place else None
    try:
        document = read_files(PROJECT, stack, Path(file))
        work = _applied if what == "apply" else _planned
        asyncio.run(work(document, stack, State(Path(state_file)), Path(state_file), cluster))
    except _FAILURES as error:
        tell(FailedMessage(reason=str(error)))
        return 1
    return 0


def _end_with_the_other() -> None:
    """Nothing is ever sent: the end of the input is the end of the process that asked."""
    while os.read(0, 1):
        continue
    os._exit(1)


async def _applied(
    document: Mapping[str, JsonValue], stack: str, _state: State, state_file: Path, cluster: Cluster | None
) -> None:
    recording = await asyncio.to_thread(_recording, document, stack, cluster)
    await engine.apply(recording, cluster, state_file, _done, lambda text: tell(AtMessage(text=text)))


def _recording(document: Mapping[str, JsonValue], stack: str, cluster: Cluster | None) -> Recording:
    """What the program registers; without a cluster, what of it is Kong's."""
    # In a preview the program asks the cluster nothing, and Kong's entities are the same.
    whole = record(document, stack, preview=cluster is None, secrets=rehearsed_secrets(document, os.environ))
    if cluster is not None:
        return whole
    return Recording(tuple(each for each in whole.registrations if each.type.startswith(_KONG)), whole.outputs)


def _done(step: Step) -> None:
    if step.action is not Action.SAME:
        tell(DoneMessage(action=step.action.value, kind=kind(step.type), name=step.name, changes=step.changes))


async def _planned(
    document: Mapping[str, JsonValue], stack: str, state: State, _file: Path, cluster: Cluster | None
) -> None:
    """Tell how what the stack says differs from what is there."""
    settings, owner = validated(document), Owner(NAMESPACE, stack)
    desired = {kind_: tuple(each) for kind_, each in by_kind(desired_state(settings, owner)).items()}
    objects = await asyncio.to_thread(_objects, document, stack) if cluster is not None else []
    fields = {str(each["id"]): each.keys() for documents in desired.values() for each in documents}
    before = Declared(await _live(settings, owner, fields), list(_known(state)) if cluster is not None else [])
    report = compared(stack, before, Declared(Snapshot(desired), objects))
    tell(PlannedMessage(report=report.model_copy(update={"source": "engine"})))


def _objects(document: Mapping[str, JsonValue], stack: str) -> list[dict[str, Any]]:
    return list(manifests(record(document, stack, preview=True).registrations))


async def _live(settings: StackSettings, owner: Owner, fields: Mapping[str, Collection[str]]) -> Snapshot:
    """What Kong holds of this stack; of what is declared no more than its `fields`, because Kong makes up the rest."""
    async with admin_api(admin_settings(settings)) as admin:
        found = await read_snapshot(admin)
    return Snapshot(
        {
            kind_: tuple(_only(each, fields.get(str(each["id"]))) for each in documents if _is_of(each, owner))
            for kind_, documents in found.documents.items()
        }
    )


def _only(document: Document, fields: Collection[str] | None) -> Document:
    return document if fields is None else {name: value for name, value in document.items() if name in fields}


def _is_of(document: Document, owner: Owner) -> bool:
    tags = document.get("tags")
    return isinstance(tags, list) and set(owner.tags) <= set(map(str, tags))


def _known(state: State) -> Iterator[Manifest]:
    """The Kubernetes objects that were applied last."""
    for resource in state.newest_first():
        if resource.type.startswith("kubernetes:"):
            yield _manifest(resource)


def _manifest(resource: Resource) -> Manifest:
    """An object's inputs, without the digests that stand for its secrets."""
    digests = {"sha256"}
    return {
        name: MASK if isinstance(value, dict) and value.keys() == digests else value
        for name, value in resource.inputs.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
