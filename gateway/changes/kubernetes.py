"""Two sets of Kubernetes objects beside one another, and what the change costs: restarts, replacements, lost data."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from entities.masking import MASK
from gateway.changes.declared import Manifest
from gateway.changes.report import Action, Change, Cost, Effect, FieldChange
from gateway.changes.trees import differences

Name = tuple[str, str, str]
"""Kind, namespace and name of an object."""

_ROLLED: Final = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
"""Kinds whose pods are made anew when their template changes."""
_KEEPS_DATA: Final = frozenset({"Namespace", "PersistentVolume", "PersistentVolumeClaim", "StatefulSet"})
"""Kinds with which data may go."""
_IMMUTABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "ClusterRoleBinding": ("roleRef",),
    "ConfigMap": ("binaryData", "data"),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "Job": ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
    "RoleBinding": ("roleRef",),
    "Secret": ("data", "stringData", "type"),
    "Service": ("spec.clusterIP",),
    "StatefulSet": (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "StorageClass": ("parameters", "provisioner"),
}
"""Fields of which a change makes the object anew (pulumi-kubernetes: provider/pkg/provider/diff.go, `forceNew`)."""
_CONTENT: Final = re.compile(r"-[0-9a-f]{10}$")
"""The end of a name that follows from what the object contains."""


def object_changes(before: Iterable[Manifest], after: Iterable[Manifest]) -> Iterator[Change]:
    """Every object that differs, by kind and name. What is named by its content is replaced by what it is named now."""
    old, new = ({name_of(each): each for each in objects} for objects in (before, after))
    heirs = dict(_heirs(sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())))
    made = new.keys() - old.keys() - set(heirs.values())
    for name in sorted(old.keys() | made):
        if name in made:
            yield changed_object(None, new[name], Action.CREATE)
        elif name in heirs:
            yield changed_object(old[name], new[heirs[name]], Action.REPLACE)
        elif name not in new:
            yield changed_object(old[name], None, Action.DELETE)
        elif fields := tuple(_fields(old[name], new[name])):
            immutable = any(_is_immutable(name[0], field) for field in fields)
            yield changed_object(old[name], new[name], Action.REPLACE if immutable else Action.UPDATE)


def changed_object(before: Manifest | None, after: Manifest | None, action: Action) -> Change:
    """The change of an object; one that is replaced may have another name afterwards."""
    kind, namespace, own = name_of(before or after or {})
    fields = tuple(_fields(before, after)) if before and after else ()
    heir = name_of(after)[2] if after else own
    return Change(
        system="kubernetes",
        kind=kind,
        key="/".join(filter(None, (namespace, own))),
        action=action,
        fields=tuple(field for field in fields if heir == own or field.path != ("metadata", "name")),
        renamed=None if heir == own else heir,
    )


def _fields(before: Manifest, after: Manifest) -> Iterator[FieldChange]:
    """The fields of an object that differ. Values of Secrets are not told."""
    secret = before.get("kind") == "Secret"
    for path, old, new in differences(before, after):
        hidden = secret and str(path[0]) in {"data", "stringData"}
        yield FieldChange(path=path, before=MASK if hidden else old, after=MASK if hidden else new)


def name_of(manifest: Manifest) -> Name:
    """What an object is called."""
    metadata = cast("Mapping[str, Any]", manifest.get("metadata") or {})
    return str(manifest.get("kind")), str(metadata.get("namespace", "")), str(metadata.get("name", ""))


def costs(changes: Iterable[Change], after: Iterable[Manifest]) -> Iterator[Cost]:
    """What the changes of objects cost beyond a write."""
    objects = {name_of(each)[::2]: each for each in after}
    for change in changes:
        if change.system == "kubernetes":
            yield from _costs(change, objects.get((change.kind, change.renamed or _name(change.key))))


def _costs(change: Change, after: Manifest | None) -> Iterator[Cost]:
    name = _name(change.key)
    if change.action in {Action.DELETE, Action.REPLACE} and change.kind in _KEEPS_DATA:
        yield Cost(effect=Effect.LOSES, kind=change.kind, name=name)
    if change.kind == "Job" and change.action in {Action.CREATE, Action.REPLACE}:
        yield Cost(effect=Effect.RUNS, kind=change.kind, name=change.renamed or name)
    elif change.action is Action.REPLACE:
        yield Cost(effect=Effect.REPLACED, kind=change.kind, name=name, detail=change.renamed or "")
    elif change.action is Action.DELETE and change.kind in _ROLLED:
        yield Cost(effect=Effect.STOPS, kind=change.kind, name=name)
    elif change.kind in _ROLLED and any(_path(field).startswith("spec.template") for field in change.fields):
        yield Cost(effect=Effect.RESTARTS, kind=change.kind, name=name, detail=_how(after or {}))


def _how(workload: Manifest) -> str:
    """How the pods of a workload are made anew."""
    spec = cast("Mapping[str, Any]", workload.get("spec") or {})
    strategy = cast("Mapping[str, Any]", spec.get("strategy") or spec.get("updateStrategy") or {})
    if strategy.get("type") == "Recreate":
        return "all of them at once: nothing answers meanwhile"
    return "one after the other" if workload.get("kind") in {"Deployment", "StatefulSet"} else "node by node"


def _heirs(gone: Sequence[Name], made: Sequence[Name]) -> Iterator[tuple[Name, Name]]:
    """Objects named by their content, and those that take their place."""
    stems = {_stem(name): name for name in made if _CONTENT.search(name[2])}
    for name in gone:
        if _CONTENT.search(name[2]) and _stem(name) in stems:
            yield name, stems.pop(_stem(name))


def _stem(name: Name) -> Name:
    return (*name[:2], _CONTENT.sub("", name[2]))


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _is_immutable(kind: str, field: FieldChange) -> bool:
    path = _path(field)
    if path in {"metadata.name", "metadata.namespace"}:
        return True
    return any(
        path == part or path.startswith((f"{part}.", f"{part}[")) or part.startswith(f"{path}.")
        for part in _IMMUTABLE.get(kind, ())
    )


def _path(field: FieldChange) -> str:
    return ".".join(map(str, field.path))
