"""A request to the Admin API and its answer, apart from HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from sandbox.kong.kinds import Document


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose path was found."""

    params: Mapping[str, str]
    """The variable parts of the path, still percent-encoded."""
    query: Mapping[str, str]
    body: Document
    """The arguments in the body; empty without one."""
    raw_body: bytes = b""

    def param(self, name: str) -> str:
        """A variable part of the path, decoded."""
        return unquote(self.params[name])


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what goes with it."""

    status: int
    body: Any = None
    """A JSON value, or text as it is; None for no body at all."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Handler = Callable[[Call], Answer]
Methods = Mapping[str, Handler]
"""What a path answers, by HTTP method."""


def ok(body: Any) -> Answer:  # noqa: ANN401 -- any JSON value
    """200."""
    return Answer(200, body)


def created(body: Document) -> Answer:
    """201."""
    return Answer(201, body)


def no_content() -> Answer:
    """204."""
    return Answer(204)
