"""Kong's `request-termination`: a fixed answer (Kong: kong/plugins/request-termination/schema.lua)."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import HeaderName, StatusCode, Text


class RequestTermination(PluginConfig):
    """Answers without asking the backend: a message as JSON, a body of any type, or an echo of the request."""

    plugin: ClassVar[str] = "request-termination"

    status_code: StatusCode = 503
    message: Text | None = None
    content_type: Text | None = Field(default=None, description="The type of the body; application/json unless given.")
    body: Text | None = None
    echo: bool = Field(default=False, description="Whether to answer with the request itself, for finding faults.")
    trigger: HeaderName | None = Field(
        default=None, description="A header or query parameter without which requests pass as usual."
    )

    @model_validator(mode="after")
    def _answers_in_one_way(self) -> Self:
        if self.message and (self.content_type or self.body):
            message = "message is for plain answers: write either message, or body with content_type"
            raise ValueError(message)
        if self.content_type and not self.body:
            message = "content_type needs something of that type: write body"
            raise ValueError(message)
        if self.echo and self.body:
            message = "echo answers with the request: leave out body and content_type"
            raise ValueError(message)
        return self
