"""Where the stand-in takes the time and random values from; tests give their own."""

import secrets
import string
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.kong.kinds import Document

_ALPHANUMERIC = string.ascii_letters + string.digits


def _random_text() -> str:
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(32))


def _random_id(_kind: str, _document: Document) -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Sources:
    """What a gateway does not compute."""

    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    new_id: Callable[[str, Document], str] = _random_id
    """An id for an entity of a kind that was sent without one."""
    new_secret: Callable[[], str] = _random_text
    """32 random letters and digits, as Kong makes keys and secrets."""
