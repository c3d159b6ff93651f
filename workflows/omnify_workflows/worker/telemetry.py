"""What a worker tells of itself: metrics for Prometheus, traces for a collector."""

from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig


def metrics_runtime(host: str, port: int) -> Runtime:
    """The SDK's core, which answers `/metrics`: its own and what workflows and activities count, `temporal_…`.

    Durations are in seconds and counters end in `_total`, as Prometheus has it.
    """
    return Runtime(
        telemetry=TelemetryConfig(
            metrics=PrometheusConfig(
                bind_address=f"{host}:{port}",
                counters_total_suffix=True,
                unit_suffix=True,
                durations_as_seconds=True,
            )
        )
    )


class Tracing:
    """Spans of workflows and activities, from whoever starts one to what it calls."""

    def __init__(self, service: str, version: str, exporter: SpanExporter) -> None:
        resource = Resource.create({SERVICE_NAME: service, SERVICE_VERSION: version})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self.interceptors: Sequence[Interceptor] = (TracingInterceptor(self._provider.get_tracer(service)),)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def tracing_to(endpoint: str, service: str, version: str) -> Tracing:
    """Traces for a collector, OTLP over HTTP."""
    return Tracing(service, version, OTLPSpanExporter(endpoint=endpoint))
