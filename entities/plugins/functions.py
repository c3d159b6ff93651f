"""What Kong's `pre-function` and `post-function` share (Kong: kong/plugins/pre-function/_schema.lua)."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.vocabulary import Texts

_PHASES = ("certificate", "rewrite", "access", "header_filter", "body_filter", "log")


class PhaseFunctions(PluginConfig):
    """Chunks of Lua for each phase of a request, run in the order written."""

    certificate: Texts = Field(default=(), description="While the TLS handshake asks for a certificate.")
    rewrite: Texts = Field(default=(), description="Before the route is known; global plugins only.")
    access: Texts = Field(default=(), description="Before the request goes to the backend.")
    header_filter: Texts = Field(default=(), description="When the response's headers are there.")
    body_filter: Texts = Field(default=(), description="For each part of the response's body.")
    log: Texts = Field(default=(), description="After the response is sent.")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not any(getattr(self, phase) for phase in _PHASES):
            message = f"no Lua is given: write it under at least one of {', '.join(_PHASES)}"
            raise ValueError(message)
        return self
