"""Kubernetes objects in the sandbox's engine: server-side apply, and waiting until they are ready, as Pulumi does."""

from collections.abc import Mapping
from typing import Any

from gateway.recording import Registration
from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest, failure
from sandbox.engine.changes import changes
from sandbox.engine.state import Resource, without_secrets
from sandbox.engine.steps import Action, Step

_SKIP_AWAIT = "pulumi.com/skipAwait"
"""The annotation of objects whose readiness nobody waits for (pulumi-kubernetes)."""
_PATCH = "Patch"
"""How the types of patches end (pulumi-kubernetes): resources of their own, on objects that others have made."""
_REPLACE_UNREADY = "pulumi.com/replaceUnready"
"""With this annotation the next run makes anew what failed (pulumi-kubernetes: metadata/annotations.go)."""


class KubernetesObjects:
    """The objects of one cluster."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def apply(self, registration: Registration, before: Resource | None) -> tuple[Resource, Step]:
        """Make an object what the program says, and wait until it is ready."""
        properties = registration.properties
        manifest: Manifest = dict(properties.values)
        live = await self._without_what_failed(manifest)
        inputs = without_secrets(properties)
        for path in registration.ignore_changes:
            inputs = _with_value_of(before.inputs if before else None, inputs, path)
            manifest = _with_value_of(live, manifest, path)
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

    async def _without_what_failed(self, manifest: Manifest) -> Manifest | None:
        """The object as it is; one that failed and is to be made anew is removed."""
        live = await self._objects.get(manifest)
        if live is None or not failure(live) or _annotations(manifest).get(_REPLACE_UNREADY) != "true":
            return live
        await self._objects.delete(manifest)
        await self._objects.wait_until_gone(manifest)
        return None

    async def delete(self, resource: Resource) -> None:
        """Delete an object and wait until it is gone."""
        manifest: Manifest = resource.inputs
        await self._objects.delete(manifest)
        await self._objects.wait_until_gone(manifest)


def _action(resource: Resource, before: Resource | None, live: Manifest | None) -> Action:
    if before is not None and before.id != resource.id:
        return Action.REPLACED
    if live is None or (before is None and resource.type.endswith(_PATCH)):
        return Action.CREATED
    if before is not None and before.inputs == resource.inputs:
        return Action.SAME
    return Action.UPDATED


def _annotations(manifest: Manifest) -> Mapping[str, str]:
    return manifest["metadata"].get("annotations", {})


def _with_value_of(source: Mapping[str, Any] | None, document: Manifest, path: str) -> Manifest:
    """The document with another one's value at a dotted path, where the other has one."""
    key, _, rest = path.partition(".")
    if source is None or key not in source:
        return document
    value = _with_value_of(source[key], document.get(key, {}), rest) if rest else source[key]
    return {**document, key: value}


def _identity(manifest: Manifest) -> str:
    metadata: Mapping[str, str] = manifest["metadata"]
    return "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
