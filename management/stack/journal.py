"""What is about to be done to a stack's file, kept until it is done: a killed process is finished by the next one."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from management.stack.writing import remove_whole, write_whole


class Entry(BaseModel):
    """A change that has begun."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: str
    """The operation's id."""
    before: str
    """The stack's file as it was."""
    after: str
    """The stack's file as it is to be."""


class Journal:
    """The journal of one stack. Only who holds the stack's lock may write it."""

    def __init__(self, folder: Path, stack: str) -> None:
        self._file = folder / f"{stack}.journal.json"

    def read(self) -> Entry | None:
        """What has begun and has not ended; None when there is nothing."""
        try:
            return Entry.model_validate_json(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return None

    def begin(self, entry: Entry) -> None:
        """Keep what begins."""
        write_whole(self._file, entry.model_dump_json())

    def end(self) -> None:
        """Forget it: it is done, or undone."""
        remove_whole(self._file)
