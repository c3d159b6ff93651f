"""Reading a stack for a command: its files, its settings, its desired state."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from config.files import NAMESPACE, environments, read_files
from config.problems import InvalidSettingsError, Problem
from config.stack import StackSettings
from entities.desired import desired_state
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.recording import PROJECT


def stack_document(stack: str, file: Path | None = None) -> dict[str, JsonValue]:
    """What a stack's files say; `file` stands in the place of its own.

    Raises:
        StackFileError: they cannot be read.
    """
    return read_files(PROJECT, stack, file)


def stack_settings(stack: str, file: Path | None = None) -> StackSettings:
    """The settings of a stack, checked; `file` stands in the place of its own.

    Raises:
        StackFileError: its files cannot be read.
        InvalidSettingsError: its settings are wrong.
    """
    try:
        return validated(stack_document(stack, file))
    except InvalidSettingsError as refusal:
        raise InvalidSettingsError([*refusal.problems, *_unopened(refusal, stack, file)]) from None


def _unopened(refusal: InvalidSettingsError, stack: str, file: Path | None) -> Iterator[Problem]:
    """Where settings may be that are missing in the stack's files."""
    named = environments(PROJECT, stack, file)
    if named and any(problem.message.startswith("is missing") for problem in refusal.problems):
        yield Problem(
            ("environment",),
            f"{', '.join(named)} may have what is missing, but only the engine opens it; "
            "write settings into the stack file, and keep only secrets there",
        )


def stack_state(stack: str) -> DesiredState:
    """What Kong should hold for a stack. Raises as `stack_settings` does."""
    return desired_state(stack_settings(stack), Owner(NAMESPACE, stack))
