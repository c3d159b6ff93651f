"""What a stack costs by its size, without a network: is each step linear?"""

import gc
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rich.table import Table

from benchmarks.measuring import Took, best
from benchmarks.stacks import Document, modelled, raw
from config.stack import StackSettings
from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.drift import drift
from entities.lint import lint
from entities.snapshot import Snapshot
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.commands import COLLECTIONS
from gateway.rendering import by_kind

SIZES: Final = (10, 1_000, 10_000)
_SHAPES: Final[Mapping[str, Callable[[int], Document]]] = {"apis": modelled, "entities": raw}
_OWNER: Final = Owner("omnify-gateway", "bench")


@dataclass(frozen=True)
class _Stack:
    document: Document
    settings: StackSettings
    state: DesiredState
    live: Snapshot
    """What Kong holds, where somebody changed the tags of every hundredth entity."""
    entities: int


def scale(say: Callable[[str], None]) -> Iterator[Table]:
    """A table for each section of the stack file that can hold thousands; garbage is looked for as in the commands."""
    gc.set_threshold(*COLLECTIONS)
    for section, shape in _SHAPES.items():
        stacks = [_stack(shape(size)) for size in SIZES]
        table = Table(title=f"{section}: microseconds of CPU for each entity", caption=_caption(stacks))
        for column in ("", *(f"{size:,}" for size in SIZES), f"{SIZES[-1]:,} : {SIZES[-2]:,}"):
            table.add_column(column, justify="right" if column else "left")
        totals = [0.0] * len(stacks)
        for name, step in _STEPS.items():
            say(f"{section}: {name}")
            steps = [best(partial(step, stack), stack.entities) for stack in stacks]
            table.add_row(name, *_cells(steps))
            if name in _RENDERING:
                totals = [total + each.cpu for total, each in zip(totals, steps, strict=True)]
        whole = [Took(total, stack.entities) for total, stack in zip(totals, stacks, strict=True)]
        table.add_section()
        table.add_row("validated and rendered", *_cells(whole))
        table.add_row("the same in seconds", *(f"{total:.2f}" for total in totals), "")
        yield table


def _cells(steps: Sequence[Took]) -> Iterator[str]:
    yield from (f"{step.each:.0f}" for step in steps)
    yield f"{steps[-1].each / steps[-2].each:.2f}"


def _caption(stacks: Sequence[_Stack]) -> str:
    return f"of {', '.join(f'{stack.entities:,}' for stack in stacks)} entities"


def _stack(document: Document) -> _Stack:
    settings = validated(document)
    state = desired_state(settings, _OWNER)
    documents = by_kind(state)
    changed = [document for kind in documents.values() for document in kind][::100]
    for each in changed:
        each["tags"] = [*each["tags"], "by-hand"]
    live = Snapshot({kind: tuple(each) for kind, each in documents.items()})
    return _Stack(document, settings, state, live, len(list(state)))


_STEPS: Final[Mapping[str, Callable[[_Stack], object]]] = {
    "settings, validated": lambda stack: validated(stack.document),
    "desired state": lambda stack: desired_state(stack.settings, _OWNER),
    "kong.yml": lambda stack: declarative_yaml(stack.state),
    "desired state as JSON": lambda stack: json.dumps(by_kind(stack.state), indent=2),
    "drift, compared": lambda stack: drift(stack.state, stack.live),
    "lint": lambda stack: lint(stack.settings, stack.state),
}
_RENDERING: Final = frozenset({"settings, validated", "desired state", "kong.yml"})
"""What `gateway render` takes."""
