"""What was found, for people and for machines to be written: nodes that run the same are one."""

from collections.abc import Sequence
from dataclasses import dataclass

from entities.drift import Drift


@dataclass(frozen=True)
class NodeDrift:
    """Nodes that differ from what is declared in the same way."""

    names: tuple[str, ...]
    """Their pods; none where one Admin API speaks for the whole gateway."""
    drift: Drift


@dataclass(frozen=True)
class Report:
    """What a comparison of a stack found."""

    stack: str
    mode: str
    admin: str
    """Where the Admin API was reached."""
    nodes: tuple[NodeDrift, ...]

    @property
    def clean(self) -> bool:
        """Whether every node is as declared."""
        return all(node.drift.clean for node in self.nodes)


def together(drifts: Sequence[tuple[str | None, Drift]]) -> tuple[NodeDrift, ...]:
    """The drifts of nodes by name, those that are the same as one."""
    groups: list[NodeDrift] = []
    for name, drift in drifts:
        names = (name,) if name is not None else ()
        same = next((index for index, group in enumerate(groups) if group.drift == drift), None)
        if same is None:
            groups.append(NodeDrift(names, drift))
        else:
            groups[same] = NodeDrift((*groups[same].names, *names), drift)
    return tuple(groups)
