"""What was sent: read after it is known who asks, and judged by the stack's own rules."""

import json
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import Request
from pydantic import BaseModel

from management.declaring.kind import Body
from management.openapi import inlined_schema
from management.problems import RefusedError

LARGEST: Final = 1_048_576
"""Bytes of a body."""
_DEEPEST: Final = 64
"""Levels of a body: deeper ones are nobody's settings."""


async def read_body(request: Request) -> Body:
    """A JSON object.

    Raises:
        RefusedError: it is none, or too large.
    """
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large", f"the body has more than {LARGEST} bytes"
            )
    try:
        document: Any = json.loads(bytes(received), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"the body is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise _unreadable("the body is no JSON object; write keys with their values")
    _check(cast("object", document))
    return cast("dict[str, Any]", document)


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number of JSON")


def _check(value: object, depth: int = 0) -> None:
    """What JSON can say and a stack's file cannot."""
    if depth > _DEEPEST:
        raise _unreadable(f"the body has more than {_DEEPEST} levels")
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            _check(key, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _check(item, depth + 1)
    elif isinstance(value, str):
        if any(not _writable(character) for character in value):
            raise _unreadable("the body has characters that no YAML file can have")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        raise _unreadable("the body has a number of more than 64 bits")


def _writable(character: str) -> bool:
    """Whether YAML allows a character (YAML 1.2, section 5.1)."""
    return (
        character in "\t\n\r\x85"
        or " " <= character <= "~"
        or (character >= "\xa0" and not "\ud800" <= character <= "\udfff" and character not in "\ufeff\ufffe\uffff")
    )


def _unreadable(detail: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the request is wrong", detail)


def body_note(model: type[BaseModel], *, partial: bool = False) -> dict[str, Any]:
    """What an endpoint's OpenAPI says of its body; of a `partial` one nothing is required."""
    whole = inlined_schema(model, mode="validation")
    if partial:
        whole.pop("required", None)
    examples = whole.pop("examples", [])
    content: dict[str, Any] = {"schema": whole}
    if examples:
        content["example"] = examples[0]
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
