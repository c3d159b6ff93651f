"""Kong's `opentelemetry`: traces and logs over OTLP/HTTP (Kong: kong/plugins/opentelemetry/schema.lua)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from entities.plugins.base import ConfigRecord, PluginConfig
from entities.plugins.queue import Queue
from entities.plugins.vocabulary import (
    HeaderName,
    HeaderNames,
    Milliseconds,
    ReferenceableUrl,
    Text,
)

_Share: TypeAlias = Annotated[int, Field(ge=0, le=1)] | Annotated[float, Field(ge=0, le=1)]
_Extracted: TypeAlias = Literal["w3c", "datadog", "b3", "gcp", "jaeger", "aws", "ot"]
_Format: TypeAlias = Literal["w3c", "datadog", "b3", "gcp", "b3-single", "jaeger", "aws", "ot"]
_Injected: TypeAlias = Literal["preserve", "w3c", "datadog", "b3", "gcp", "b3-single", "jaeger", "aws", "ot"]
_HeaderType: TypeAlias = Literal[
    "preserve", "ignore", "b3", "b3-single", "w3c", "jaeger", "ot", "aws", "gcp", "datadog"
]


class Propagation(ConfigRecord):
    """Which tracing headers are read, removed and written."""

    extract: Annotated[tuple[_Extracted, ...], Field(strict=False)] | None = Field(
        default=None, description="Formats to look for, in this order."
    )
    clear: HeaderNames | None = Field(default=None, description="Headers taken out after reading.")
    inject: Annotated[tuple[_Injected, ...], Field(strict=False)] | None = Field(
        default=None, description="Formats to write; preserve is the one that came."
    )
    default_format: _Format = Field(default="w3c", description="What is written where nothing came.")


class Opentelemetry(PluginConfig):
    """Needs the node's `tracing_instrumentations` for traces. Endpoints and header values may be vault references."""

    plugin: ClassVar[str] = "opentelemetry"

    traces_endpoint: ReferenceableUrl | None = None
    logs_endpoint: ReferenceableUrl | None = None
    headers: Mapping[HeaderName, Text] | None = Field(default=None, repr=False)
    resource_attributes: Mapping[Text, Text] | None = Field(
        default=None, description="Attributes of the resource, such as service.name."
    )
    queue: Queue = Queue(max_batch_size=200)
    batch_span_count: int | None = Field(default=None, description="Deprecated: queue.max_batch_size.")
    batch_flush_delay: int | None = Field(default=None, description="Deprecated: queue.max_coalescing_delay.")
    connect_timeout: Milliseconds | None = 1000
    send_timeout: Milliseconds | None = 5000
    read_timeout: Milliseconds | None = 5000
    http_response_header_for_traceid: Text | None = None
    header_type: _HeaderType | None = Field(default="preserve", description="Deprecated: propagation.")
    sampling_rate: _Share | None = Field(
        default=None, description="Part of the requests that is traced; the node's tracing_sampling_rate unless given."
    )
    propagation: Propagation = Propagation()

    @model_validator(mode="after")
    def _sends_something(self) -> Self:
        if not self.traces_endpoint and not self.logs_endpoint:
            message = "nothing is sent anywhere: write traces_endpoint or logs_endpoint"
            raise ValueError(message)
        return self
