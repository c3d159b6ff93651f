"""Requests of activities: with the service's token and an idempotency key, failures classed, answers typed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

import httpx
from pydantic import TypeAdapter, ValidationError
from temporalio.exceptions import ApplicationError

from omnify_workflows.clients.tokens import ServiceTokens
from omnify_workflows.failures import FailureKind, failure, kind_of, retry_after

_Answer = TypeVar("_Answer")
_LONGEST_DETAIL: Final = 300
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""The header by which OmniFy's API knows a request that comes again, and gives the answer it gave."""


class Service:
    """Something that is called over HTTP."""

    def __init__(self, name: str, http: httpx.AsyncClient, url: str, tokens: ServiceTokens) -> None:
        self._name, self._http, self._url, self._tokens = name, http, url, tokens

    async def ask(
        self,
        answer: type[_Answer],
        method: str,
        path: str,
        *,
        key: str | None = None,
        body: object = None,
        query: Mapping[str, str | int | bool] | None = None,
    ) -> _Answer:
        """Send a request and read its answer.

        Raises:
            ApplicationError: it failed, classed as `omnify_workflows.failures` says.
        """
        said = await self.send(method, path, key=key, body=body, query=query)
        try:
            return TypeAdapter(answer).validate_json(said.content)
        except ValidationError as error:
            what = f"{self._name}: {method} {path} answered in another form than agreed"
            raise failure(FailureKind.UNEXPECTED, what) from error

    async def send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        body: object = None,
        query: Mapping[str, str | int | bool] | None = None,
    ) -> httpx.Response:
        """Send a request whose answer is of no matter, or read otherwise. Raises as `ask`."""
        token = await self._tokens.token()
        headers = {"Authorization": f"Bearer {token}"} | ({IDEMPOTENCY_KEY: key} if key else {})
        try:
            said = await self._http.request(method, self._url + path, headers=headers, json=body, params=query)
        except httpx.TransportError as error:
            what = f"{self._name}: {method} {path} was not answered: {type(error).__name__}"
            raise failure(FailureKind.UNAVAILABLE, what) from error
        if said.is_success:
            return said
        if said.status_code == HTTPStatus.UNAUTHORIZED:
            self._tokens.forget(token)
        wait = retry_after(said.headers.get("Retry-After"), datetime.now(UTC))
        what = f"{self._name}: {method} {path} was answered {said.status_code}{_detail(said)}"
        raise failure(kind_of(said.status_code), what, wait=wait)

    async def remove(self, path: str, *, key: str | None = None, query: Mapping[str, str] | None = None) -> None:
        """Remove something; that it is gone already is as good. Raises as `ask`."""
        try:
            await self.send("DELETE", path, key=key, query=query)
        except ApplicationError as error:
            if error.type != FailureKind.MISSING:
                raise


def _detail(said: httpx.Response) -> str:
    """What an answer says of itself, where it is short and of a known form."""
    try:
        document = said.json()
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return ""
    fields = cast("dict[str, Any]", document)
    for field in ("detail", "errorMessage", "message", "error"):
        if isinstance(text := fields.get(field), str):
            return f": {text[:_LONGEST_DETAIL]}"
    return ""
