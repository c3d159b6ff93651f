"""Reading a JSON web token as Kong does (Kong: kong/plugins/jwt/jwt_parser.lua)."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, cast

from sandbox.kong.proxy.plugins.signatures import ALGORITHMS


class BadTokenError(Exception):
    """The text is no token; the message is Kong's."""


@dataclass(frozen=True)
class Token:
    """A token whose signature was not checked yet."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    """The part that the signature covers."""
    signature: bytes


def read_token(text: str) -> Token:
    """Take a token apart.

    Raises:
        BadTokenError: it is none, or names an algorithm that Kong does not know.
        TypeError: its header or claims are JSON but no objects (Kong answers 500).
    """
    header64, _, rest = text.partition(".")
    claims64, _, signature64 = rest.partition(".")
    header, claims = _json(header64), _json(claims64)
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TypeError("attempt to index a value that is no table")
    header = cast("dict[str, Any]", header)
    if header.get("alg") not in ALGORITHMS:
        raise BadTokenError("invalid alg")
    signature = decode_base64url(signature64)
    if signature is None:
        raise BadTokenError("invalid signature")
    signed = f"{header64}.{claims64}".encode("latin-1")
    return Token(text, header, cast("dict[str, Any]", claims), signed, signature)


def decode_base64url(text: str) -> bytes | None:
    """Bytes, or None when the text has other characters. Padding is optional."""
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded.encode("latin-1"), altchars=b"-_", validate=True)
    except binascii.Error:
        return None


def _json(part: str) -> object:
    decoded = decode_base64url(part)
    try:
        return json.loads((decoded or b"").decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as problem:
        raise BadTokenError("invalid JSON") from problem
