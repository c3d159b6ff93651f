"""The arguments in a request's body (Kong: kong/api/api_helpers.lua and arguments.lua)."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.kong.errors import KongError
from sandbox.kong.kinds import Document

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_YAML = ("application/yaml", "text/yaml")

_UNSUPPORTED = (
    "<html>\r\n<head><title>415 Unsupported Media Type</title></head>\r\n<body>\r\n"
    "<center><h1>415 Unsupported Media Type</h1></center>\r\n</body>\r\n</html>\r\n"
)


class UnsupportedMediaTypeError(Exception):
    """A body that is neither JSON nor a form; answered by nginx, in HTML."""

    html = _UNSUPPORTED


def arguments(body: bytes, content_type: str, *, yaml_allowed: bool) -> Document:
    """The arguments of a POST, PUT or PATCH; raises what Kong answers when it cannot read them."""
    media_type = content_type.lower()
    if media_type.startswith(_JSON):
        return _json_arguments(body)
    if media_type.startswith(_FORM):
        return _form_arguments(body.decode())
    if (not body and not media_type) or (yaml_allowed and media_type.startswith(_YAML)):
        return {}
    raise UnsupportedMediaTypeError


def _json_arguments(body: bytes) -> Document:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise KongError(400, {"message": "Cannot parse JSON body"}) from None
    if not isinstance(value, dict):
        raise KongError(500, {"message": "An unexpected error occurred"})
    return value  # pyright: ignore[reportUnknownVariableType] -- JSON


def _form_arguments(body: str) -> Document:
    """`tags[]=a&config.minute=5`: lists and nested fields; every value stays the text it is."""
    result: Document = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *parents, last = re.split(r"\.", name)
        target: Document = result
        for parent in parents:
            target = target.setdefault(parent, {})
        if last.endswith("[]"):
            values: list[Any] = target.setdefault(last.removesuffix("[]"), [])
            values.append(value)
        else:
            target[last] = value
    return result
