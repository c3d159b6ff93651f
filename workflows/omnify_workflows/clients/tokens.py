"""Service tokens: client credentials of the realm (RFC 6749, 4.4), kept until shortly before they end."""

import asyncio
import time
from collections.abc import Callable

import httpx
from pydantic import BaseModel, ValidationError

from omnify_workflows.failures import FailureKind, failure, kind_of

_MARGIN = 30.0
"""Seconds before its end when a token is not used any more: a request may wait as long in a queue."""


class _Granted(BaseModel):
    access_token: str
    expires_in: float = 60.0


class ServiceTokens:
    """The service's token, fetched by one when many need it."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        endpoint: str,
        client: str,
        secret: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http, self._endpoint, self._client, self._secret = http, endpoint, client, secret
        self._clock = clock
        self._token = ""
        self._until = float("-inf")
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """A token that holds for a while.

        Raises:
            ApplicationError: there is none to be had.
        """
        async with self._fetching:
            if self._clock() >= self._until:
                granted = await self._fetch()
                self._token = granted.access_token
                # A short token is used for half its time at least.
                lasts = max(granted.expires_in - _MARGIN, granted.expires_in / 2)
                self._until = self._clock() + lasts
            return self._token

    def forget(self, token: str) -> None:
        """Fetch another one next time, because this one was refused."""
        if token == self._token:
            self._until = float("-inf")

    async def _fetch(self) -> _Granted:
        form = {"grant_type": "client_credentials", "client_id": self._client, "client_secret": self._secret()}
        try:
            answer = await self._http.post(self._endpoint, data=form)
        except httpx.TransportError as error:
            raise failure(FailureKind.UNAVAILABLE, f"no token from the realm: {type(error).__name__}") from error
        if not answer.is_success:
            # 400 and 401 say that the secret is wrong: it may be just being rotated, so it is tried again.
            kind = FailureKind.UNAUTHORISED if answer.status_code in {400, 401} else kind_of(answer.status_code)
            raise failure(kind, f"no token from the realm: {answer.status_code}")
        try:
            return _Granted.model_validate_json(answer.content)
        except ValidationError as error:
            raise failure(FailureKind.UNEXPECTED, "the realm's answer has no token in it") from error
