"""What a change of a stack's file comes to: what is wrong with it, or what it changes. Runs in a worker."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import pulumi
from pydantic import JsonValue

from config.files import NAMESPACE, StackFileError, read_files, stack_file
from config.problems import InvalidSettingsError, Problem
from config.project import PROJECT
from entities.desired import desired_state
from entities.masking import MASK
from entities.snapshot import Snapshot
from entities.state import Owner
from entities.validation import validated
from gateway.changes.comparison import compared
from gateway.changes.declared import NOTHING, Declared
from gateway.changes.report import Report
from gateway.recording import record
from gateway.rendering import by_kind, manifests

_RECORDING: Final = threading.Lock()
"""Pulumi keeps a run's configuration for the whole process."""


@dataclass(frozen=True)
class Weighed:
    """What a change comes to."""

    problems: tuple[Problem, ...] = ()
    """What would be wrong with the settings."""
    reason: str = ""
    """Why they would be refused otherwise."""
    report: Report | None = None
    """What changes; None where something is wrong."""


@dataclass(frozen=True)
class Candidate:
    """A stack's file as it is and as it would be."""

    stack: str
    before: str
    after: str
    expected: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What the changed keys are meant to say."""


class MisreadError(Exception):
    """What was written would be read as something else. A fault of the editor, so nothing is done."""


def weigh(candidate: Candidate) -> Weighed:
    """What is wrong with a change, or what it changes."""
    try:
        document = read_text(candidate.stack, candidate.after)
        misread = [key for key, value in candidate.expected.items() if document.get(key) != value]
        if misread:
            raise MisreadError(f"{', '.join(misread)} would be read as something else than what was asked for")
        after = _declared(candidate.stack, _key(document))
    except InvalidSettingsError as refusal:
        return Weighed(problems=refusal.problems)
    except (StackFileError, pulumi.RunError) as error:
        return Weighed(reason=str(error))
    return Weighed(report=compared(candidate.stack, _before(candidate), after))


def _before(candidate: Candidate) -> Declared:
    """What the stack comes to as it is; nothing where its settings are wrong."""
    try:
        return _declared(candidate.stack, _key(read_text(candidate.stack, candidate.before)))
    except (InvalidSettingsError, StackFileError, pulumi.RunError):
        return NOTHING


def read_text(stack: str, text: str) -> dict[str, JsonValue]:
    """What a stack would say with this text for its file.

    Raises:
        StackFileError: it is no YAML.
        InvalidSettingsError: a value has a form that only the Pulumi CLI could read.
    """
    with TemporaryDirectory(prefix="omnify-gateway-") as scratch:
        file = Path(scratch) / stack_file(stack)
        file.write_text(text, "utf-8")
        return read_files(PROJECT, stack, file)


def _key(document: Mapping[str, JsonValue]) -> str:
    return json.dumps(document, sort_keys=False)


@lru_cache(maxsize=4)
def _declared(stack: str, text: str) -> Declared:
    """What a configuration comes to, in JSON so that it can be remembered: a change is often previewed before it is
    made, and what is now was just made.
    """
    document = cast("dict[str, JsonValue]", json.loads(text))
    state = desired_state(validated(document), Owner(NAMESPACE, stack))
    kinds: dict[str, Sequence[Any]] = json.loads(json.dumps(by_kind(state), default=lambda _unknown: MASK))
    with _RECORDING:
        registrations = record(document, stack, preview=True).registrations
    return Declared(Snapshot({kind: tuple(each) for kind, each in kinds.items()}), list(manifests(registrations)))


def patch(stack: str, before: str, after: str) -> str:
    """What changes in a stack's file, for `git apply`."""
    name = stack_file(stack)
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
