"""Every place of a patch, named by what stands there rather than by its number in a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import JsonValue

from config.kubernetes.fields import Field, kubernetes_types
from config.kubernetes.merging import DIRECTIVE
from config.problems import Location


@dataclass(frozen=True)
class Node:
    """A place of a patch."""

    steps: tuple[str, ...]
    """The way to it; a list's item is called by the key by which its list merges."""
    at: Location
    """The same way, with the items' numbers."""
    value: JsonValue

    @property
    def removes(self) -> bool:
        """Whether it takes away what stands there."""
        return self.value is None or (isinstance(self.value, dict) and self.value.get(DIRECTIVE) == "delete")

    def fits(self, pattern: str) -> bool:
        """Whether this is a place of the pattern, whose steps have spaces between them: `spec ports * name`."""
        wanted = pattern.split()
        return len(self.steps) == len(wanted) and self._agrees(wanted)

    def above(self, pattern: str) -> bool:
        """Whether a place of the pattern is below this one."""
        wanted = pattern.split()
        return len(self.steps) < len(wanted) and self._agrees(wanted)

    def _agrees(self, wanted: list[str]) -> bool:
        return all(fnmatchcase(step, each) for step, each in zip(self.steps, wanted, strict=False))


def nodes(kind: str, patch: JsonValue, at: Location = ()) -> Iterator[Node]:
    """The places of a patch that has no mistakes, from the outside in; `at` is where the patch stands."""
    yield from _nodes(Field(type=kind), Node((), at, patch))


def _nodes(field: Field, node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node.value, dict):
        known = kubernetes_types().get(field.type)
        for key, value in node.value.items():
            inner = field.of if known is None else known.get(key)
            if key != DIRECTIVE:
                yield from _nodes(inner or field, Node((*node.steps, key), (*node.at, key), value))
    elif isinstance(node.value, list) and field.of is not None:
        for index, value in enumerate(node.value):
            name = value.get(field.key) if field.key and isinstance(value, dict) else index
            yield from _nodes(field.of, Node((*node.steps, str(name)), (*node.at, index), value))
