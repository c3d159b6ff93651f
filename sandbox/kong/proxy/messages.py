"""The bodies of answers that Kong makes itself (Kong: kong/tools/http.lua, kong/pdk/response.lua)."""

from dataclasses import dataclass

_MESSAGES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timeout",
    411: "Length required",
    413: "Payload too large",
    417: "Expectation failed",
    426: "Upgrade required",
    429: "Too many requests",
    500: "An unexpected error occurred",
    502: "An invalid response was received from the upstream server",
    503: "The upstream server is currently unavailable",
    504: "The upstream server is timing out",
}

_JSON = "application/json; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"

_TYPES = {
    "application/json": _JSON,
    "application/*": _JSON,
    "*/*": _JSON,
    "text/plain": _PLAIN,
    "text/*": _PLAIN,
    "text/html": _HTML,
    "application/xml": _XML,
}

_TEMPLATES = {
    _JSON: '{{\n  "message":"{message}",\n  "request_id":"{request_id}"\n}}',
    _PLAIN: "{message}\nrequest_id: {request_id}\n",
    _HTML: (
        '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n'
        "  </head>\n  <body>\n    <h1>Error</h1>\n    <p>{message}.</p>\n"
        "    <p>request_id: {request_id}</p>\n  </body>\n</html>\n"
    ),
    _XML: (
        '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>{message}</message>\n'
        "  <requestid>{request_id}</requestid>\n</error>\n"
    ),
}


@dataclass(frozen=True)
class ErrorBody:
    """A rendered error and its `Content-Type`."""

    content_type: str
    text: str


def error_message(status: int) -> str:
    """What Kong says when a plugin names only a status."""
    return _MESSAGES.get(status, f"The upstream server responded with {status}")


def error_body(status: int, message: str | None, request_id: str, accept: str | None) -> ErrorBody:
    """An error in the form that the client accepts; JSON when it does not say."""
    content_type = _accepted_type(accept)
    text = _TEMPLATES[content_type].format(message=message or error_message(status), request_id=request_id)
    return ErrorBody(content_type, text)


def _accepted_type(accept: str | None) -> str:
    chosen, best = _JSON, 0.0
    for value in (accept or "").split(","):
        media_type, *parameters = (part.strip() for part in value.lower().split(";"))
        quality = next((_quality(p) for p in parameters if p.startswith("q=")), 1.0)
        if "/" in media_type and quality > best:
            best = quality
            chosen = _TYPES.get(media_type, _JSON)
    return chosen


def _quality(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
