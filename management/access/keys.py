"""Where the realm's public keys come from: a file, the stack's settings, or the realm itself."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import httpx

from config.keys import signing_keys

_KEPT: Final = 300.0
"""Seconds for which fetched keys are believed to be all that the realm has."""
_PAUSE: Final = 10.0
"""Seconds between two fetches for keys that are not known: strangers may send any name."""


class KeysUnavailableError(Exception):
    """The realm's keys cannot be had; says why."""


Fetch = Callable[[], Awaitable[Mapping[str, str]]]
"""Gets the keys, in PEM by their names. Raises KeysUnavailableError."""


class KeptKeys:
    """Keys that are fetched when they are needed, again when they are old, and when one is asked for that is new."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: Mapping[str, str] = {}
        self._fetched = float("-inf")
        self._tried = float("-inf")

    async def find(self, kid: str) -> str | None:
        """The key of a name, in PEM; None when the realm has none.

        Raises:
            KeysUnavailableError: they were never had.
        """
        now = self._clock()
        old, unknown = now - self._fetched > _KEPT, kid not in self._keys
        if (old or unknown) and now - self._tried > _PAUSE:
            self._tried = now
            try:
                self._keys = await self._fetch()
                self._fetched = self._clock()
            except KeysUnavailableError:
                if not self._keys:
                    self._tried = float("-inf")
                    raise
        elif not self._keys:
            raise KeysUnavailableError("the realm's keys are not there yet; ask again")
        return self._keys.get(kid)

    def forget_when_fetched(self) -> None:
        """Let the next key that is not known be looked for at once."""
        self._tried = float("-inf")


def fetched_from(client: httpx.AsyncClient, url: str) -> Fetch:
    """Keys that the realm publishes as a JSON Web Key Set."""

    async def fetch() -> Mapping[str, str]:
        try:
            answer = await client.get(url)
            return signing_keys(answer.raise_for_status().text)
        except (httpx.HTTPError, ValueError) as error:
            raise KeysUnavailableError(f"the realm's keys cannot be read from {url}: {error or type(error)}") from error

    return fetch
