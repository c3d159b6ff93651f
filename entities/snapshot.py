"""What a Kong holds, whoever reads it and from wherever: the live gateway, a file of decK, a declarative file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from entities.model import Document


@dataclass(frozen=True)
class Snapshot:
    """Every entity that was found, by Kong's name of its kind ("services", "jwt_secrets", "ca_certificates", …).

    Documents are as the Admin API gives them: whole, with their id, and `{"id": …}` where they refer to another.
    """

    documents: Mapping[str, tuple[Document, ...]] = field(default_factory=dict[str, tuple[Document, ...]])

    def of(self, kind: str) -> tuple[Document, ...]:
        """The documents of one kind; none where it was not found."""
        return self.documents.get(kind, ())

    def __len__(self) -> int:
        """How many entities there are."""
        return sum(len(each) for each in self.documents.values())
