"""Kubernetes objects in the sandbox's engine: server-side apply, and waiting until they are ready, as Pulumi does."""

from collections.abc import Mapping

from gateway.recording import Registration
from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest
from sandbox.engine.changes import changes
from sandbox.engine.state import Resource, without_secrets
from sandbox.engine.steps import Action, Step

_SKIP_AWAIT = "pulumi.com/skipAwait"
"""The annotation of objects whose readiness nobody waits for (pulumi-kubernetes)."""


class KubernetesObjects:
    """The objects of one cluster."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def apply(self, registration: Registration, before: Resource | None) -> tuple[Resource, Step]:
        """Make an object what the program says, and wait until it is ready."""
        properties = registration.properties
        manifest: Manifest = dict(properties.values)
        live = await self._objects.get(manifest)
        inputs = without_secrets(properties)
        if before is not None:
            inputs |= {key: before.inputs[key] for key in registration.ignore_changes if key in before.inputs}
        if live is not None:
            manifest = {key: value for key, value in manifest.items() if key not in registration.ignore_changes}
        resource = Resource(
            urn=registration.urn,
            type=registration.type,
            name=registration.name,
            id=_identity(manifest),
            inputs=inputs,
            deleted_with=registration.deleted_with,
        )
        action = _action(resource, before, live)
        if action is not Action.SAME:
            await self._objects.apply(manifest)
        if manifest["metadata"].get("annotations", {}).get(_SKIP_AWAIT) != "true":
            await self._objects.wait_until_ready(manifest)
        changed = tuple(changes(before.inputs, inputs)) if before and action is Action.UPDATED else ()
        return resource, Step(action, registration.type, _identity(manifest), changed)

    async def delete(self, resource: Resource) -> None:
        """Delete an object and wait until it is gone."""
        manifest: Manifest = resource.inputs
        await self._objects.delete(manifest)
        await self._objects.wait_until_gone(manifest)


def _action(resource: Resource, before: Resource | None, live: Manifest | None) -> Action:
    if before is not None and before.id != resource.id:
        return Action.REPLACED
    if live is None:
        return Action.CREATED
    if before is not None and before.inputs == resource.inputs:
        return Action.SAME
    return Action.UPDATED


def _identity(manifest: Manifest) -> str:
    metadata: Mapping[str, str] = manifest["metadata"]
    return "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
