"""The fields of Kubernetes' objects, from what a real API server says of itself, as `config/kubernetes` keeps them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.cluster.objects import Objects

GROUPS = (
    "api/v1",
    "apis/apps/v1",
    "apis/autoscaling/v2",
    "apis/batch/v1",
    "apis/networking.k8s.io/v1",
    "apis/policy/v1",
)
KINDS: Mapping[str, str] = {
    "Deployment": "io.k8s.api.apps.v1",
    "HorizontalPodAutoscaler": "io.k8s.api.autoscaling.v2",
    "Ingress": "io.k8s.api.networking.v1",
    "Job": "io.k8s.api.batch.v1",
    "Namespace": "io.k8s.api.core.v1",
    "NetworkPolicy": "io.k8s.api.networking.v1",
    "PodDisruptionBudget": "io.k8s.api.policy.v1",
    "Service": "io.k8s.api.core.v1",
    "ServiceAccount": "io.k8s.api.core.v1",
    "StatefulSet": "io.k8s.api.apps.v1",
}
"""The kinds of objects that a stack makes and may patch, by their API group."""

_SCALARS: Mapping[str, str] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "object",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "string",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "integer or string",
}

Document = dict[str, Any]


async def openapi(objects: Objects) -> str:
    """The fields of all kinds, as the text of `config/kubernetes/fields.json`."""
    definitions: Document = {}
    for group in GROUPS:
        definitions |= (await objects.document(f"/openapi/v3/{group}"))["components"]["schemas"]
    lines = (
        f"{json.dumps(name)}: {json.dumps(known, sort_keys=True)}"
        for name, known in sorted(fields(definitions).items())
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def fields(definitions: Document) -> Document:
    """The fields of each type that an object of these kinds has anywhere, without what the server alone writes."""
    types: Document = {}
    wanted = [f"{group}.{kind}" for kind, group in KINDS.items()]
    while wanted:
        definition = wanted.pop()
        name = _short(definition)
        if name not in types:
            properties = definitions[definition]["properties"]
            types[name] = {field: _field(schema) for field, schema in properties.items() if field != "status"}
            wanted += _references([schema for field, schema in properties.items() if field != "status"])
    return types


def _field(schema: Document) -> Document:
    if reference := _reference(schema):
        return {"type": _SCALARS.get(reference) or _short(reference)}
    if schema.get("type") == "array":
        merged = {"key": schema["x-kubernetes-patch-merge-key"]} if "x-kubernetes-patch-merge-key" in schema else {}
        union = {"union": True} if schema.get("x-kubernetes-list-type") == "set" else {}
        return {"type": "list", "of": _field(schema["items"]), **merged, **union}
    if isinstance(schema.get("additionalProperties"), dict):
        return {"type": "map", "of": _field(schema["additionalProperties"])}
    return {"type": schema.get("type", "object")} | ({"values": schema["enum"]} if "enum" in schema else {})


def _references(schemas: list[Document]) -> Iterator[str]:
    for schema in schemas:
        inner = [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
        yield from _references(inner)
        if (reference := _reference(schema)) and reference not in _SCALARS:
            yield reference


def _reference(schema: Document) -> str | None:
    """The definition that a schema refers to, which stands in `allOf` beside a default."""
    (whole, *_) = schema.get("allOf", [schema])
    path: str | None = whole.get("$ref")
    return path.rpartition("/")[2] if path else None


def _short(definition: str) -> str:
    return definition.rpartition(".")[2]
