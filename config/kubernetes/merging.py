"""Strategic merge: a patch laid over an object, as kubectl does it.

Mappings merge key by key, and null removes one. Lists whose items have a name of sorts (containers, volumes, env,
ports) merge item by item; an item with `$patch: delete` is removed. All other lists are replaced.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from config.kubernetes.fields import Field, kubernetes_types

DIRECTIVE = "$patch"
"""What an item says of itself: `delete` is all that there is."""

Document = Mapping[str, Any]


def merged(kind: str, document: Document, patch: Document) -> dict[str, Any]:
    """A document of this kind (or any type of Kubernetes) with the patch laid over it; neither is changed."""
    fields = kubernetes_types()[kind]
    result = dict(document)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(fields[key], result.get(key), value)
    return result


def _merged(field: Field, value: object, patch: object) -> object:
    if isinstance(patch, Mapping):
        return _mapping(field, _mapping_of(value), cast("Document", patch))
    if isinstance(patch, Sequence) and not isinstance(patch, str):
        return _list(field, _list_of(value), cast("Sequence[Any]", patch))
    return patch


def _mapping_of(value: object) -> Document:
    return cast("Document", value) if isinstance(value, Mapping) else {}


def _list_of(value: object) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, Sequence) else ()


def _mapping(field: Field, there: Document, patch: Document) -> dict[str, Any]:
    if field.type in kubernetes_types():
        return merged(field.type, there, patch)
    return {key: item for key, item in {**there, **patch}.items() if item is not None}


def _list(field: Field, there: Sequence[Any], patch: Sequence[Any]) -> list[Any]:
    if field.key is not None and field.of is not None:
        return _items(field.of.type, field.key, there, patch)
    return [*there, *(item for item in patch if item not in there)] if field.union else list(patch)


def _items(type_: str, key: str, there: Sequence[Document], patches: Sequence[Document]) -> list[dict[str, Any]]:
    """Items in the order in which they stand, and what is new behind them."""
    by_key = {item[key]: dict(item) for item in there}
    for patch in patches:
        name = patch[key]
        if patch.get(DIRECTIVE) == "delete":
            by_key.pop(name, None)
        else:
            by_key[name] = merged(type_, by_key.get(name, {}), patch)
    return list(by_key.values())
