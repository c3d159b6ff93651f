"""Secrets in what people and programs read: in the clear, or written as something else would write them."""

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""The fewest characters of a secret by which it can be told from other text."""


def leaks(text: str, secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that stand in a text, in any form, each with the form in which it does."""
    found = (
        f"{name} ({form})"
        for name, value in secrets.items()
        for form, written in _forms(value)
        if len(written) >= SHORTEST and written in text
    )
    return list(dict.fromkeys(found))


def _forms(value: str) -> Iterator[tuple[str, str]]:
    """A secret as it may be written. Of one with several lines each line that tells it is looked for by itself."""
    for line in _telling_lines(value):
        yield "in the clear", line
        yield from (("as JSON", written) for written in _as_json(line))
        yield from (("as JSON in JSON", twice) for once in _as_json(line) for twice in _as_json(once))
        yield "URL-quoted", quote(line, safe="")
        yield "as a form", quote_plus(line)
        yield "backwards", line[::-1]
        yield "in hexadecimal", line.encode().hex()
        yield from (("in base64", inside) for inside in _base64_inside(line))


def _as_json(text: str) -> Iterator[str]:
    """A text as JSON has it: Python's, Lua's with its slashes escaped, and Go's, which escapes HTML's characters."""
    yield json.dumps(text)[1:-1]
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    yield plain
    yield plain.replace("/", "\\/")
    yield plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _telling_lines(value: str) -> list[str]:
    """The lines of a text; of a PEM those that no other has."""
    lines = [line for line in value.splitlines() if line and not line.startswith("-----")]
    # The first characters of a private key in PEM say what kind it is.
    return lines[1:] if "PRIVATE KEY" in value and len(lines) > 1 else lines


def _base64_inside(text: str) -> Iterator[str]:
    """The parts of base64 that a text makes wherever it begins: encoded alone, or with something around it."""
    content = text.encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + content).decode().rstrip("=")
        # At either end a character may hold bits of its neighbours.
        inside = encoded[(0, 2, 3)[offset] : len(encoded) - 1]
        yield inside
        yield inside.translate(str.maketrans("+/", "-_"))
