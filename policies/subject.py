"""What policies look at: a stack's settings, and what its program registers, in Kong's and Kubernetes' own terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast

import yaml

from config.stack import StackSettings
from entities.importing.kinds import children, references
from entities.model import Document
from entities.snapshot import Snapshot
from provider.documents import to_document
from provider.resources import TYPES, resource_type

_TOKENS: Final = frozenset(kind.token for kind in TYPES)
_DECLARATIVE_FILE: Final = "kong.yml"
_TEMPLATED: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job"})


@dataclass(frozen=True)
class Resource:
    """A resource as the engine knows it."""

    urn: str
    type: str
    name: str
    properties: Mapping[str, Any]
    """Its inputs; `UNKNOWN` where a preview does not know one."""
    dependencies: Sequence[str] = ()
    """The URNs of what it depends on."""


@dataclass(frozen=True)
class KubernetesObject:
    """A Kubernetes object of the stack."""

    urn: str
    kind: str
    name: str
    manifest: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.kind} {self.name}"

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its specification; empty where it has none."""
        return mapping(self.manifest.get("spec"))

    @property
    def containers(self) -> Sequence[Mapping[str, Any]]:
        """The containers of its pods; those that only prepare are not among them."""
        return self._of_pods("containers")

    @property
    def all_containers(self) -> Sequence[Mapping[str, Any]]:
        """The containers of its pods, with those that only prepare."""
        return (*self._of_pods("initContainers"), *self.containers)

    def _of_pods(self, key: str) -> Sequence[Mapping[str, Any]]:
        return listed(mapping(mapping(self.spec.get("template")).get("spec")).get(key))


@dataclass(frozen=True)
class Subject:
    """A stack under policies."""

    settings: StackSettings
    resources: Sequence[Resource] = field(default_factory=tuple[Resource, ...])

    @cached_property
    def objects(self) -> Sequence[KubernetesObject]:
        """The Kubernetes objects."""
        return tuple(self._objects())

    @property
    def workloads(self) -> Iterator[KubernetesObject]:
        """The objects that run pods."""
        return (each for each in self.objects if each.kind in _TEMPLATED)

    @cached_property
    def kong(self) -> Snapshot:
        """What Kong holds. URNs stand for the ids of entities that are resources, as previews know no others."""
        kinds: dict[str, list[Document]] = {}
        for kind, document in (*self._tracked(), *self._declared()):
            kinds.setdefault(kind, []).append(document)
        return Snapshot({kind: tuple(documents) for kind, documents in kinds.items()})

    def _objects(self) -> Iterator[KubernetesObject]:
        for resource in self.resources:
            kind, metadata = resource.properties.get("kind"), mapping(resource.properties.get("metadata"))
            if resource.type.startswith("kubernetes:") and isinstance(kind, str):
                name = metadata.get("name")
                yield KubernetesObject(
                    resource.urn, kind, name if isinstance(name, str) else resource.name, resource.properties
                )

    def _tracked(self) -> Iterator[tuple[str, Document]]:
        """The entities that are resources of their own."""
        types = {each.urn: each.type for each in self.resources}
        for resource in self.resources:
            if resource.type in _TOKENS:
                kind = resource_type(resource.type)
                document = to_document(kind, resource.properties) | {"id": resource.urn}
                for name, target in references(kind.kind).items():
                    holders = [urn for urn in resource.dependencies if types.get(urn) in _TOKENS]
                    holder = next((urn for urn in holders if resource_type(types[urn]).kind == target), None)
                    if holder is not None and name in document:
                        document[name] = {"id": holder}
                yield kind.kind, document

    def _declared(self) -> Iterator[tuple[str, Document]]:
        """The entities of a Kong without a database."""
        for each in self.objects:
            text = mapping(each.manifest.get("data")).get(_DECLARATIVE_FILE)
            if each.kind == "ConfigMap" and isinstance(text, str):
                content = cast("object", yaml.safe_load(text))
                for kind, documents in mapping(content).items():
                    for document in listed(documents):
                        yield from _nested(kind, document, {})


def _nested(kind: str, written: Mapping[str, Any], owner: Document) -> Iterator[tuple[str, Document]]:
    """An entity of a declarative file, and those that stand inside it."""
    inside = children(kind)
    own = {key: value for key, value in written.items() if key not in inside}
    yield kind, own | owner
    for child, reference in inside.items():
        for document in listed(written.get(child)):
            yield from _nested(child, document, {reference: {"id": written.get("id")}})


def mapping(value: object) -> Mapping[str, Any]:
    """A value that should be a mapping; empty when it is none, or not known yet."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def listed(value: object) -> Sequence[Mapping[str, Any]]:
    """The mappings of a value that should be a list of them."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(mapping(item) for item in cast("Sequence[object]", value))
