"""The steps of an update that Temporal itself must do: `python -m omnify_temporal`, in the workers' image."""

from collections.abc import Sequence

from workflows.components.names import frontend_address
from workflows.components.once import Step
from workflows.components.workers import PYTHON, WORKERS_USER
from workflows.settings.stack import WorkflowsSettings

_MODULE = "omnify_temporal"


def namespace_step(settings: WorkflowsSettings) -> Step:
    """Make the Temporal namespace, or bring it to what the settings say."""
    executions = settings.executions
    attributes = [f"--attribute={name}={type_}" for name, type_ in sorted(executions.search_attributes.items())]
    arguments = (f"--retention-days={executions.retention_days}", *attributes)
    return _step(settings, "temporal-namespace", "namespace", arguments)


def promotion_step(settings: WorkflowsSettings) -> Step:
    """Begin new workflows on the current version, as soon as its workers poll."""
    workers = settings.workers
    arguments = (f"--deployment={workers.deployment}", f"--build-id={workers.current.build_id}")
    return _step(settings, "workers-promotion", "promote", arguments)


def drained_step(settings: WorkflowsSettings) -> Step:
    """Refuse to go on while a version that the stack does not have any more has workflows that only it can finish.

    It fails before anything is taken away: the engine deletes when everything else is done.
    """
    workers = settings.workers
    kept = [f"--keep={version.build_id}" for version in workers.versions]
    return _step(settings, "workers-drained", "drained", (f"--deployment={workers.deployment}", *kept))


def _step(settings: WorkflowsSettings, name: str, command: str, arguments: Sequence[str]) -> Step:
    where = (f"--address={frontend_address()}", f"--namespace={settings.executions.name}")
    return Step(
        name=name,
        component="temporal-step",
        image=settings.workers.current.image,
        command=(*PYTHON, _MODULE, command, *where, *arguments),
        user=WORKERS_USER,
        deadline_seconds=600,
    )
