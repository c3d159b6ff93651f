"""The counters of rate limits: fixed windows in memory, standing for every policy's store."""

import calendar
import time
from collections.abc import Callable

WINDOWS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "month": 2_592_000,
    "year": 31_536_000,
}
"""Seconds in a window (Kong: kong/plugins/rate-limiting/expiration.lua)."""


class CountersUnavailableError(Exception):
    """The counter store does not answer."""


class Counters:
    """One count for each key and window. `now` is seconds since the epoch."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._counts: dict[tuple[str, str, int], int] = {}
        self.available = True
        """Turn it off and every call fails, as with Redis down."""

    @property
    def size(self) -> int:
        """How many counts are kept."""
        return len(self._counts)

    def usage(self, key: str, period: str) -> int:
        """The count in the window that runs."""
        self._check()
        return self._counts.get((key, period, self.window_start(period)), 0)

    def increment(self, key: str, period: str, by: int = 1) -> None:
        """Count in the window that runs."""
        self._check()
        self._forget()
        at = (key, period, self.window_start(period))
        self._counts[at] = self._counts.get(at, 0) + by

    def window_start(self, period: str) -> int:
        """When the running window began; windows follow the UTC calendar (Kong: kong/tools/timestamp.lua)."""
        now = time.gmtime(self._now())
        kept = list(WINDOWS)[::-1].index(period) + 1
        fields = [*now[:kept], *(1, 1, 1, 0, 0, 0)[kept:]]
        return calendar.timegm((fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]))

    def seconds_left(self, period: str) -> int:
        """Seconds until the running window ends, at least one."""
        return max(1, WINDOWS[period] - int(self._now() - self.window_start(period)))

    def _check(self) -> None:
        if not self.available:
            raise CountersUnavailableError("failed to get usage: the counter store is down")

    def _forget(self) -> None:
        """Keep memory bounded: drop windows that have ended."""
        if len(self._counts) > 10_000:
            now = self._now()
            self._counts = {at: n for at, n in self._counts.items() if at[2] + WINDOWS[at[1]] > now}
