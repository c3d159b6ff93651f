"""What a stack comes to, as text for review: kong.yml, Kubernetes manifests, or the desired state as JSON."""

import json
from collections.abc import Iterator
from typing import Any, cast

import yaml

from config.files import read_files
from entities.declarative import declarative_yaml
from entities.masking import MASK
from entities.state import DesiredState
from gateway.recording import PROJECT, Registration, record
from gateway.stacks import stack_settings, stack_state

_FIRST = ("apiVersion", "kind", "metadata", "type")


def kong_file(stack: str) -> str:
    """Everything that Kong holds, as kong.yml."""
    return declarative_yaml(stack_state(stack))


def desired_json(stack: str) -> str:
    """Everything that Kong holds, complete, by kind; `[secret]` stands for what only the configuration has."""
    kinds = by_kind(stack_state(stack))
    return json.dumps(kinds, indent=2, ensure_ascii=False, default=lambda _unknown: MASK) + "\n"


def by_kind(state: DesiredState) -> dict[str, list[dict[str, Any]]]:
    """The complete documents of all entities."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for entity in state:
        kinds.setdefault(entity.kind, []).append(state.document(entity))
    return kinds


def kubernetes_manifests(stack: str) -> str:
    """Every Kubernetes object, in the order in which they are made. Values of Secrets are left out."""
    stack_settings(stack)
    registrations = record(read_files(PROJECT, stack), stack, preview=True).registrations
    return yaml.safe_dump_all(manifests(registrations), sort_keys=False, width=120, explicit_start=True)


def manifests(registrations: tuple[Registration, ...]) -> Iterator[dict[str, Any]]:
    """The Kubernetes objects among a program's resources, as manifests."""
    for registration in registrations:
        if registration.type.startswith("kubernetes:"):
            properties = registration.properties
            values = {
                key: "[secret]" if key in properties.secrets else value for key, value in properties.values.items()
            }
            ordered = _sorted(values)
            yield {key: ordered[key] for key in _FIRST if key in ordered} | ordered


def _sorted(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """JSON with the keys of its objects in order; they arrive in any."""
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in sorted(cast("dict[str, Any]", value).items())}
    if isinstance(value, list):
        return [_sorted(item) for item in cast("list[Any]", value)]
    return value
