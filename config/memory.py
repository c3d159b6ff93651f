"""What Kong does with a pod's memory: what it takes in any case, and how much is left for its caches.

Sources: Kong 3.9's nginx_kong.lua (shared dictionaries) and kong.conf.default (`mem_cache_size`), and what a node of
3.9.1 said of itself under `/status`: 51 MiB of Lua heap in an idle worker.
"""

from dataclasses import dataclass

_SHARED = 74
"""The dictionaries that all workers share, full, without the two caches: locks, health, counters, misses, metrics…"""
_WORKER = 128
"""A worker process: LuaJIT lets a heap of 51 MiB grow to twice that before it collects, and nginx has its buffers."""
_AROUND = 64
"""The master process, and `kong quit`, which runs beside it while a pod drains."""
SMALLEST_CACHE = 16
"""Kong: "a minimum recommended value of a few MBs"."""
_LARGEST_CACHE = 1024
"""Enough for some hundred thousand entities; more would only be memory that lies idle."""


@dataclass(frozen=True)
class KongMemory:
    """A pod's memory. All amounts are mebibytes, which nginx writes as `m`."""

    limit: int
    """What the pod may use."""
    workers: int
    """How many processes answer requests."""

    @property
    def spare(self) -> int:
        """What Kong leaves when it runs without a cache."""
        return self.limit - _SHARED - _AROUND - _WORKER * self.workers

    @property
    def cache(self) -> int:
        """The size of each of Kong's two caches. Together they take half of what is left; the other half is for heaps
        that grow with the number of routes and plugins, and for requests."""
        return min(self.spare // 4, _LARGEST_CACHE)

    @property
    def largest_cache(self) -> int:
        """The size of each cache with which Kong still fits, if nothing grows."""
        return self.spare // 2

    @property
    def least(self) -> int:
        """The smallest limit with which so many workers have caches at all."""
        return self.limit - self.spare + 4 * SMALLEST_CACHE
