"""The program applied without the Pulumi CLI: what it registers is made, changed, and removed when it is gone.

Every write is an upsert, and what was done is remembered after each resource, so a run that was killed is finished by
the next one.
"""

from pathlib import Path
from typing import Any

from filelock import AsyncFileLock

from gateway.recording import Recording, Registration
from provider.admin import AdminError, AdminUnavailableError
from provider.ownership import OwnershipError
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import NotReadyError, Objects, RefusedError
from sandbox.engine.kong import KongEntities
from sandbox.engine.kubernetes import KubernetesObjects
from sandbox.engine.state import Resource, State, without_secrets
from sandbox.engine.steps import Action, At, EngineError, Report, Step, kind

FIELD_MANAGER = "omnify-sandbox"
_PROVIDERS = "pulumi:providers:"
_KONG_PROVIDER = f"{_PROVIDERS}kong"
_REFUSALS = (AdminError, AdminUnavailableError, OwnershipError, NotReadyError, RefusedError)


async def apply(recording: Recording, cluster: Cluster | None, state_file: Path, report: Report, at: At) -> None:
    """Bring cluster and gateway to what the program registered. Two runs at once wait for one another.

    Without a cluster, only Kong's entities can be among it. `report` gets each resource that is done, `at` what is
    under way.

    Raises:
        EngineError: a resource was refused or did not become ready; what was done before stays, and is remembered.
    """
    state_file.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncFileLock(state_file.with_suffix(".lock")):
        run = _Run(State(state_file), cluster, report, at)
        try:
            await run.make(recording)
            await run.remove_what_is_gone(recording)
        finally:
            await run.close()


async def destroy(cluster: Cluster, state_file: Path, report: Report, at: At) -> None:
    """Remove everything that was applied, the newest first. Raises as `apply` does."""
    await apply(Recording((), {}), cluster, state_file, report, at)


class _Run:
    """One run of the engine."""

    def __init__(self, state: State, cluster: Cluster | None, report: Report, at: At) -> None:
        self._state = state
        self._cluster = cluster
        self._report = report
        self._at = at
        self._kong: KongEntities | None = None
        self._kubernetes: KubernetesObjects | None = None

    async def make(self, recording: Recording) -> None:
        """Make and change what the program registered."""
        total = sum(registration.custom for registration in recording.registrations)
        for number, registration in enumerate((each for each in recording.registrations if each.custom), start=1):
            self._at(f"{number} of {total}, {kind(registration.type)} {registration.name}")
            if registration.type.startswith(_PROVIDERS):
                self._state.put(_provider(registration))
            else:
                await self._make(registration)

    async def remove_what_is_gone(self, recording: Recording) -> None:
        """Remove what the program does not register any more."""
        wanted = {registration.urn for registration in recording.registrations}
        gone = [resource for resource in self._state.newest_first() if resource.urn not in wanted]
        going = {resource.urn for resource in gone}
        for resource in gone:
            is_provider = resource.type.startswith(_PROVIDERS)
            # What goes with another is deleted by that one's deletion.
            if not is_provider and resource.deleted_with not in going:
                self._at(f"removing {kind(resource.type)} {resource.title}")
                await self._delete(resource)
            self._state.remove(resource.urn)
            if not is_provider:
                self._report(Step(Action.DELETED, resource.type, resource.title))

    async def close(self) -> None:
        """Close what was opened."""
        if self._kong is not None:
            await self._kong.close()

    async def _make(self, registration: Registration) -> None:
        before = self._state.get(registration.urn)
        target = await self._target(registration.type)
        try:
            resource, step = await target.apply(registration, before)
        except _REFUSALS as error:
            raise EngineError(f"{kind(registration.type)} {registration.name}: {error}") from error
        if step.action is Action.REPLACED and before is not None:
            # Under a URN that nothing registers, so it is removed at the end, or by the next run.
            self._state.put(before.model_copy(update={"urn": f"{before.urn}::{before.id}"}))
        self._state.put(resource)
        self._report(step)

    async def _delete(self, resource: Resource) -> None:
        target = await self._target(resource.type)
        try:
            await target.delete(resource)
        except _REFUSALS as error:
            raise EngineError(f"{kind(resource.type)} {resource.title}: {error}") from error

    async def _target(self, type_: str) -> KongEntities | KubernetesObjects:
        if type_.startswith("kong:"):
            if self._kong is None:
                self._kong = KongEntities.reached(self._kong_provider(), self._at)
            return self._kong
        if self._cluster is None:
            raise EngineError(f"{kind(type_)} is Kubernetes', and this run has no cluster")
        if self._kubernetes is None:
            self._kubernetes = KubernetesObjects(await Objects.of(self._cluster, field_manager=FIELD_MANAGER))
        return self._kubernetes

    def _kong_provider(self) -> dict[str, Any]:
        providers = [resource for resource in self._state.newest_first() if resource.type == _KONG_PROVIDER]
        return providers[0].inputs


def _provider(registration: Registration) -> Resource:
    return Resource(
        urn=registration.urn,
        type=registration.type,
        name=registration.name,
        id=registration.name,
        inputs=without_secrets(registration.properties),
    )
