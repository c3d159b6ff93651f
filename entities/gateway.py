"""What holds for every request, each as one global plugin: body size, CORS, correlation id, metrics, log, traces."""

from collections.abc import Iterator

from config.observability import Tracing
from config.stack import StackSettings
from config.traffic import Cors as CorsSettings
from entities.access_log import access_log
from entities.model import Document, Plugin, Scope, plugin
from entities.plugins.correlation_id import CorrelationId
from entities.plugins.cors import Cors
from entities.plugins.opentelemetry import Opentelemetry, Propagation
from entities.plugins.prometheus import Prometheus
from entities.plugins.request_size_limiting import RequestSizeLimiting

EVERYWHERE = Scope()


def gateway_plugins(settings: StackSettings) -> Iterator[Plugin]:
    """The plugins of the whole gateway."""
    if settings.traffic.correlation_header is not None:
        yield plugin("correlation-id", EVERYWHERE, _correlation(settings.traffic.correlation_header))
    if settings.traffic.max_body is not None:
        yield body_limit(EVERYWHERE, settings.traffic.max_body)
    if settings.cors is not None:
        yield plugin("cors", EVERYWHERE, _cors(settings.cors))
    if settings.observability.prometheus is not None:
        wanted = settings.observability.prometheus
        config = Prometheus(
            per_consumer=wanted.per_consumer,
            latency_metrics=wanted.latency,
            bandwidth_metrics=wanted.bandwidth,
            status_code_metrics=wanted.status_codes,
            upstream_health_metrics=wanted.upstream_health,
        )
        yield plugin("prometheus", EVERYWHERE, config.render())
    if settings.observability.access_log:
        yield access_log(EVERYWHERE, settings.traffic)
    if settings.observability.tracing is not None:
        yield plugin("opentelemetry", EVERYWHERE, _tracing(settings.observability.tracing))


def body_limit(scope: Scope, megabytes: int) -> Plugin:
    """The largest request body on a scope, counted with and without Content-Length."""
    config = RequestSizeLimiting(allowed_payload_size=megabytes, size_unit="megabytes", require_content_length=False)
    return plugin("request-size-limiting", scope, config.render())


def _correlation(header: str) -> Document:
    return CorrelationId(header_name=header, generator="uuid", echo_downstream=True).render()


def _tracing(tracing: Tracing) -> Document:
    """What is sampled, and what gets spans, each node knows from its own configuration."""
    propagation = Propagation(
        extract=tracing.propagation.extract,
        inject=tracing.propagation.inject,
        clear=tracing.propagation.clear or None,
        default_format=tracing.propagation.inject[0],
    )
    config = Opentelemetry(
        traces_endpoint=tracing.endpoint,
        resource_attributes={"service.name": tracing.service_name},
        propagation=propagation,
    )
    return config.render()


def _cors(cors: CorsSettings) -> Document:
    config = Cors(
        origins=cors.origins,
        methods=cors.methods,
        headers=cors.headers,
        exposed_headers=cors.exposed_headers,
        credentials=cors.credentials,
        max_age=cors.max_age,
    )
    return config.render()
