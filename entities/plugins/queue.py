"""How plugins hold back and send on what they log (Kong: kong/tools/queue_schema.lua)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from entities.plugins.base import ConfigRecord
from entities.plugins.vocabulary import Number

_Entries: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000)]
_RetrySeconds: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000)] | Annotated[float, Field(ge=0.001, le=1_000_000)]
_Delay: TypeAlias = Annotated[int, Field(ge=0, le=3600)] | Annotated[float, Field(ge=0, le=3600)]


class Queue(ConfigRecord):
    """A queue in the memory of each worker; what is over its capacity drops its oldest entries."""

    max_batch_size: _Entries | None = Field(default=1, description="Entries sent at once.")
    max_coalescing_delay: _Delay | None = Field(default=1, description="Seconds to wait for a batch to fill.")
    max_entries: _Entries | None = Field(default=10_000, description="Entries that may wait.")
    max_bytes: int | None = Field(default=None, description="Bytes that may wait, for plugins that log text.")
    max_retry_time: Number | None = Field(
        default=60, description="Seconds after which a batch is given up; -1 is never."
    )
    initial_retry_delay: _RetrySeconds | None = Field(default=0.01, description="Seconds before the first retry.")
    max_retry_delay: _RetrySeconds | None = Field(default=60, description="Seconds between retries, at most.")
    concurrency_limit: Literal[-1, 1] | None = Field(
        default=1, description="Batches in flight: 1, or -1 for one at once for each entry."
    )
