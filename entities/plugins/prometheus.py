"""Kong's `prometheus`: metrics at `/metrics` (Kong: kong/plugins/prometheus/schema.lua)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from entities.plugins.base import PluginConfig


class Prometheus(PluginConfig):
    """Which groups of metrics a node keeps besides those of its own health; each costs memory."""

    plugin: ClassVar[str] = "prometheus"

    per_consumer: bool | None = Field(default=False, description="Whether requests and bytes are counted per consumer.")
    status_code_metrics: bool | None = Field(default=False, description="Requests by status code.")
    ai_metrics: bool | None = Field(default=False, description="Calls, tokens and costs of language models.")
    latency_metrics: bool | None = Field(default=False, description="Latencies, of Kong and of backends.")
    bandwidth_metrics: bool | None = Field(default=False, description="Bytes in and out.")
    upstream_health_metrics: bool | None = Field(default=False, description="Health of every target.")
