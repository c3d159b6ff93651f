"""What the sandbox's engine applied last: the little of Pulumi's state that it needs to find what is to be removed."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from provider.values import Properties


class Resource(BaseModel):
    """A resource as it was applied."""

    model_config = ConfigDict(frozen=True)

    urn: str
    type: str
    name: str
    id: str
    inputs: dict[str, Any]
    """Secrets only as digests, with which a change can be seen."""
    deleted_with: str = ""

    @property
    def title(self) -> str:
        """What people call it: an entity by its name in the program, an object by namespace and name."""
        return self.name if self.type.startswith("kong:") else self.id


_RESOURCES = TypeAdapter(list[Resource])


class State:
    """The resources of a stack, in the order in which they were made, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        held = _RESOURCES.validate_json(file.read_bytes()) if file.is_file() else []
        self._resources = {resource.urn: resource for resource in held}

    def get(self, urn: str) -> Resource | None:
        """A resource that was applied, if it was."""
        return self._resources.get(urn)

    def newest_first(self) -> list[Resource]:
        """The resources in the order in which they can be removed."""
        return list(reversed(self._resources.values()))

    def put(self, resource: Resource) -> None:
        """Remember a resource."""
        if self._resources.get(resource.urn) != resource:
            self._resources[resource.urn] = resource
            self._save()

    def remove(self, urn: str) -> None:
        """Forget a resource."""
        del self._resources[urn]
        self._save()

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps([resource.model_dump() for resource in self._resources.values()], indent=1))
        partial.replace(self._file)


def without_secrets(properties: Properties) -> dict[str, Any]:
    """Properties as they may be kept: the values of secrets are replaced by digests."""
    return {
        name: {"sha256": _digest(value)} if name in properties.secrets else value
        for name, value in properties.values.items()
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
