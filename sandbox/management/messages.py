"""What the process that applies a stack tells the one that asked for it: a line of JSON each."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from gateway.changes.report import Report


class Message(BaseModel):
    """Something that is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DoneMessage(Message):
    """A resource is done."""

    told: Literal["done"] = "done"
    action: str
    kind: str
    name: str
    changes: tuple[str, ...] = ()


class AtMessage(Message):
    """Something is under way."""

    told: Literal["at"] = "at"
    text: str


class FailedMessage(Message):
    """It did not work."""

    told: Literal["failed"] = "failed"
    reason: str


class PlannedMessage(Message):
    """What would be done."""

    told: Literal["planned"] = "planned"
    report: Report


Any_ = Annotated[DoneMessage | AtMessage | FailedMessage | PlannedMessage, Field(discriminator="told")]
_ANY: TypeAdapter[Any_] = TypeAdapter(Any_)


def read_message(line: bytes) -> Any_:
    """What a line says."""
    return _ANY.validate_json(line)


def tell(message: Message) -> None:
    """Say something to the process that asked."""
    print(message.model_dump_json(), flush=True)  # noqa: T201 (what this process is for)
