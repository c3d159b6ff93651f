"""What the stack's files declare, read again when they change."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from config.files import NAMESPACE, PROJECT_FILE, StackFileError, read_files
from config.problems import InvalidSettingsError, Problem
from config.project import PROJECT
from config.stack import StackSettings
from entities.desired import desired_state
from entities.lint import lint
from entities.masking import MASK, masked
from entities.model import Document
from entities.state import DesiredState, Owner
from entities.validation import validated
from management.workers import Workers


@dataclass(frozen=True)
class Declared:
    """A stack whose settings are right."""

    settings: StackSettings
    state: DesiredState
    documents: Mapping[str, tuple[Document, ...]]
    """Every entity as Kong would return it, by kind, secrets masked."""
    findings: int
    """How many things lint finds that the stack does not accept."""


@dataclass(frozen=True)
class Refused:
    """A stack that cannot be applied."""

    problems: tuple[Problem, ...]
    reason: str
    """All of it in words."""


class DeclaredReader:
    """Reads one stack."""

    def __init__(self, stack: str, file: Path, workers: Workers) -> None:
        self._stack, self._file, self._workers = stack, file, workers
        self._kept: tuple[object, Declared | Refused] | None = None
        self._reading = asyncio.Lock()

    @property
    def changed(self) -> object:
        """What differs once the files have changed."""
        return _marks(self._file), _marks(PROJECT / PROJECT_FILE)

    async def read(self) -> Declared | Refused:
        """What the files say now."""
        marks = self.changed
        if self._kept is None or self._kept[0] != marks:
            async with self._reading:
                marks = self.changed
                if self._kept is None or self._kept[0] != marks:
                    self._kept = marks, await self._workers.run(read_stack, self._stack, self._file)
        return self._kept[1]


def read_stack(stack: str, file: Path) -> Declared | Refused:
    """What a stack's files say."""
    try:
        return declared(stack, read_files(PROJECT, stack, file))
    except InvalidSettingsError as refusal:
        return Refused(refusal.problems, str(refusal))
    except StackFileError as error:
        return Refused((), str(error))


def declared(stack: str, document: Mapping[str, JsonValue]) -> Declared:
    """What a configuration comes to.

    Raises:
        InvalidSettingsError: it is wrong.
    """
    settings = validated(document)
    state = desired_state(settings, Owner(NAMESPACE, stack))
    kinds: dict[str, list[Document]] = {}
    for entity in state:
        kinds.setdefault(entity.kind, []).append(shown(entity.kind, state.document(entity)))
    documents = {kind: tuple(each) for kind, each in kinds.items()}
    return Declared(settings, state, documents, len(lint(settings, state).open))


def shown(kind: str, document: Document) -> Document:
    """An entity's document with `[secret]` in the place of each secret."""
    plugin = str(document.get("name")) if kind == "plugins" else ""
    hidden = {field: masked(kind, plugin, (field,), value) for field, value in document.items()}
    return json.loads(json.dumps(hidden, default=lambda _unknown: MASK))


def _marks(file: Path) -> tuple[int, ...] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
