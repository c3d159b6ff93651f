"""Kong's `http-log`: request logs to a server (Kong: kong/plugins/http-log/schema.lua)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.queue import Queue
from entities.plugins.vocabulary import HeaderName, LuaFields, Number, ReferenceableUrl, Text
from entities.schema.paths import parse_url


def _free_header(name: str) -> str:
    if name.lower() in ("host", "content-length", "content-type"):
        message = f"the plugin sets {name} itself: leave it out"
        raise ValueError(message)
    return name


class HttpLog(PluginConfig):
    """Entries as JSON, in batches. Endpoint and header values may be vault references."""

    plugin: ClassVar[str] = "http-log"

    http_endpoint: ReferenceableUrl = Field(repr=False)
    method: Literal["POST", "PUT", "PATCH"] | None = "POST"
    content_type: Literal["application/json", "application/json; charset=utf-8"] | None = "application/json"
    timeout: Number | None = Field(default=10_000, description="In milliseconds.")
    keepalive: Number | None = Field(default=60_000, description="Milliseconds for which idle connections are kept.")
    retry_count: int | None = Field(default=None, description="Deprecated, without effect: queue.max_retry_time.")
    queue_size: int | None = Field(default=None, description="Deprecated: queue.max_batch_size.")
    flush_timeout: Number | None = Field(default=None, description="Deprecated: queue.max_coalescing_delay.")
    headers: Mapping[Annotated[HeaderName, AfterValidator(_free_header)], Text] | None = Field(default=None, repr=False)
    queue: Queue = Queue()
    custom_fields_by_lua: LuaFields | None = None

    @model_validator(mode="after")
    def _authenticates_in_one_way(self) -> Self:
        authorized = any(name.lower() == "authorization" for name in self.headers or ())
        if authorized and parse_url(self.http_endpoint).userinfo is not None:
            message = "http_endpoint has user info and headers have Authorization: keep one of the two"
            raise ValueError(message)
        return self
