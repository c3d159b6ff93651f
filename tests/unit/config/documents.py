"""Stack documents for tests: a whole, right one, and edits of it by key path."""

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from config.files import read_files
from gateway.recording import PROJECT

Document = dict[str, Any]
Edit = Callable[[Document], None]

ABSENT = object()


def stack_document(stack: str) -> Document:
    """What a stack of the repository says."""
    return copy.deepcopy(_read(stack))


@cache
def _read(stack: str) -> Document:
    return read_files(PROJECT, stack)


def put(path: str, value: object) -> Edit:
    """Write a value at a key path; ABSENT removes the key; an index one past the end appends."""
    steps = [int(step[1:-1]) if step.startswith("[") else step for step in re.findall(r"\[\d+\]|[^.\[\]]+", path)]

    def edit(document: Document) -> None:
        here: Any = document
        for step in steps[:-1]:
            here = here[step] if isinstance(step, int) else cast("Document", here).setdefault(step, {})
        last = steps[-1]
        if value is ABSENT:
            del here[last]
        elif isinstance(last, int):
            cast("list[object]", here)[last : last + 1] = [value]
        else:
            here[last] = value

    return edit


def edited(stack: str, *edits: Edit) -> Document:
    """A stack of the repository with edits."""
    document = stack_document(stack)
    for edit in edits:
        edit(document)
    return document
