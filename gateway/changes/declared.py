"""What a commit declares for a stack, read from what its own `python -m gateway render` prints."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from entities.snapshot import Snapshot

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Declared:
    """Everything that a stack comes to."""

    kong: Snapshot = field(default_factory=Snapshot)
    """Kong's entities, complete."""
    objects: Sequence[Manifest] = ()
    """Kubernetes's objects."""


NOTHING = Declared()
"""What a stack comes to that is not there."""


def declared(kong: str, kubernetes: str) -> Declared:
    """Read `render --format json` and `render --format kubernetes`.

    Raises:
        ValueError: one of them is not what a render of any version prints.
    """
    try:
        by_kind: Any = json.loads(kong)
        objects: Any = list(yaml.load_all(kubernetes, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise ValueError(f"no YAML: {error}") from error
    if not isinstance(by_kind, dict) or not all(isinstance(item, dict) for item in objects):
        raise ValueError("no entities by kind, or no manifests")
    kinds = cast("dict[str, list[dict[str, Any]]]", by_kind)
    return Declared(
        Snapshot({kind: tuple(documents) for kind, documents in kinds.items()}), cast("list[Manifest]", objects)
    )
