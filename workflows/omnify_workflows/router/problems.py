"""What keeps a request from being done, as problem details (RFC 9457): the same form as the management API's."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi.responses import JSONResponse

MEDIA_TYPE: Final = "application/problem+json"
"""The media type of problem details."""


class RefusedError(Exception):
    """A request is not done."""

    def __init__(self, status: HTTPStatus, title: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail
        self.headers = dict(headers or {})

    def answer(self) -> JSONResponse:
        """What is answered."""
        content = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        return JSONResponse(content, self.status, self.headers, media_type=MEDIA_TYPE)


def not_found(detail: str) -> RefusedError:
    """What is asked for is not there."""
    return RefusedError(HTTPStatus.NOT_FOUND, "not found", detail)


def conflict(detail: str) -> RefusedError:
    """Something is in the way."""
    return RefusedError(HTTPStatus.CONFLICT, "conflict", detail)


def unavailable(detail: str) -> RefusedError:
    """Something that is needed does not answer."""
    return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, {"Retry-After": "5"})
