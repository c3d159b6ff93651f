"""What the proxy needs of the stand-in's store."""

from typing import Any, Protocol

Document = dict[str, Any]
"""An entity as Kong's Admin API returns it."""


class EntityStore(Protocol):
    """A source of entities; `version` changes with every write."""

    @property
    def version(self) -> int:
        """A number that is different after each write."""
        ...

    def all(self, kind: str) -> list[Document]:
        """Every entity of a kind: `services`, `routes`, `plugins`, …."""
        ...
