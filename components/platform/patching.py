"""A stack's patches, laid over the objects as they are registered."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi._types import input_type_to_dict, is_input_type  # Pulumi has no public way to read its own input types
from pydantic.alias_generators import to_camel, to_snake

from components.platform.content import named_by_content
from components.platform.hardening import container_security
from config.kubernetes.merging import merged
from config.patches import Patch

_DIGITS = re.compile(r"-[0-9a-f]{10}$")
"""What a Job's name ends with (see content.py)."""


class Patching:
    """The patches of a stack, and which of them have found their object."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self._patches = patches
        self._seen: dict[str, list[str]] = {}

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Pulumi's own signature of a transformation: the resource that is about to be registered."""
        if not args.type_.startswith("kubernetes:"):
            return None
        properties = cast("Mapping[str, Any]", args.props)
        kind, name = args.type_.rpartition(":")[2], _DIGITS.sub("", str(plain(properties["metadata"])["name"]))
        self._seen.setdefault(kind, []).append(name)
        patches = [each.patch for each in self._patches if (each.kind, each.name) == (kind, name)]
        if not patches:
            return None
        document = {to_camel(key): plain(value) for key, value in properties.items() if value is not None}
        for patch in patches:
            document = hardened(merged(kind, document, patch))
        if kind == "Job":  # what a Job runs cannot change: another patch is another Job
            document["metadata"]["name"] = named_by_content(name, document["metadata"]["name"], patches)
        return pulumi.ResourceTransformationResult({to_snake(key): value for key, value in document.items()}, args.opts)

    def refuse_unused(self) -> None:
        """Say which patch has no object in this stack.

        Raises:
            pulumi.RunError: one has none.
        """
        for index, patch in enumerate(self._patches):
            names = sorted(self._seen.get(patch.kind, ()))
            if patch.name not in names:
                advice = f"write one of {', '.join(names)}" if names else "remove the patch"
                raise pulumi.RunError(
                    f"platform.patches[{index}].name: this stack has no {patch.kind} {patch.name!r}; {advice}"
                )


def plain(value: object) -> Any:  # noqa: ANN401 (JSON, with Pulumi's outputs as leaves)
    """Pulumi's typed inputs as JSON with Kubernetes' names; outputs stay what they are."""
    if is_input_type(type(value)):
        value = input_type_to_dict(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value)
        return {key: plain(item) for key, item in entries.items() if item is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in cast("Sequence[object]", value)]
    return value


def hardened(document: dict[str, Any]) -> dict[str, Any]:
    """The object with every container hardened as far as it says nothing of that itself."""
    pod = document.get("spec", {}).get("template", {}).get("spec")
    if pod is None:
        return document
    base = plain(container_security())
    lists = {
        key: [{**each, "securityContext": {**base, **each.get("securityContext", {})}} for each in pod[key]]
        for key in ("containers", "initContainers")
        if key in pod
    }
    spec = document["spec"]
    return {**document, "spec": {**spec, "template": {**spec["template"], "spec": {**pod, **lists}}}}
