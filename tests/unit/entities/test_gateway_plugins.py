"""What holds for every request, and the further plugins that a stack asks for."""

from typing import Any

import pytest

from entities.places import places
from tests.unit.config.documents import ABSENT, put
from tests.unit.entities.states import configurations, desired, documents, settings


def test_cors_is_what_the_stack_allows() -> None:
    cors = {
        "origins": ["https://app.example"],
        "methods": ["GET"],
        "headers": ["X-One"],
        "exposedHeaders": ["X-Two"],
        "credentials": False,
        "maxAge": 60,
    }

    config = configurations(desired(put("cors", cors)))["global/cors"]

    assert config == {
        "origins": ["https://app.example"],
        "methods": ["GET"],
        "headers": ["X-One"],
        "exposed_headers": ["X-Two"],
        "credentials": False,
        "max_age": 60,
        "preflight_continue": False,
        "private_network": False,
    }


def test_without_cors_there_is_no_plugin_for_it() -> None:
    assert "global/cors" not in configurations(desired(put("cors", ABSENT)))
    assert "global/cors" not in configurations(desired(put("cors", None)))


def test_each_request_has_an_id_that_the_client_sees() -> None:
    config = configurations(desired(put("traffic.correlationHeader", "X-Request-Mark")))["global/correlation-id"]

    assert config == {"header_name": "X-Request-Mark", "generator": "uuid", "echo_downstream": True}


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ("perConsumer", "per_consumer"),
        ("latency", "latency_metrics"),
        ("bandwidth", "bandwidth_metrics"),
        ("statusCodes", "status_code_metrics"),
        ("upstreamHealth", "upstream_health_metrics"),
    ],
)
def test_metrics_are_all_counted_unless_the_stack_says_otherwise(setting: str, field: str) -> None:
    fields = ("per_consumer", "latency_metrics", "bandwidth_metrics", "status_code_metrics", "upstream_health_metrics")
    counted = configurations(desired())["global/prometheus"]
    without = configurations(desired(put(f"observability.prometheus.{setting}", False)))["global/prometheus"]

    assert {counted[name] for name in fields} == {True}
    assert {name for name in fields if not without[name]} == {field}


def test_observability_may_be_off() -> None:
    off = put("observability", {"prometheus": None, "accessLog": False})

    assert configurations(desired()).keys() - configurations(desired(off)).keys() == {
        "global/prometheus",
        "global/file-log",
    }


def test_requests_are_logged_on_standard_output() -> None:
    config = configurations(desired(put("traffic.correlationHeader", "X-Request-Mark")))["global/file-log"]

    assert config["path"] == "/dev/stdout"
    assert '"x-request-mark"' in config["custom_fields_by_lua"]["request.headers"]
    assert "authorization" not in config["custom_fields_by_lua"]["request.headers"]
    assert config["custom_fields_by_lua"]["request.querystring"] == "return nil"
    assert config["custom_fields_by_lua"]["response.headers.set-cookie"] == "return nil"


@pytest.mark.parametrize(
    ("on", "key", "references"),
    [
        (None, "global", {}),
        ({"service": "omnify-api"}, "service/omnify-api", {"service": "services"}),
        ({"route": "omnify-auth"}, "route/omnify-auth", {"route": "routes"}),
        ({"tier": "pro"}, "consumer/pro", {"consumer": "consumers"}),
        (
            {"service": "omnify-api", "tier": "pro"},
            "service/omnify-api/consumer/pro",
            {"service": "services", "consumer": "consumers"},
        ),
        (
            {"service": "omnify-api", "route": "omnify-auth", "tier": "pro"},
            "service/omnify-api/route/omnify-auth/consumer/pro",
            {"service": "services", "route": "routes", "consumer": "consumers"},
        ),
    ],
)
def test_a_further_plugin_works_on_what_it_names(on: Any, key: str, references: dict[str, Any]) -> None:
    wanted: dict[str, Any] = {"name": "ip-restriction", "config": {"deny": ["10.0.0.0/8"]}}
    state = desired(put("plugins", [wanted if on is None else wanted | {"on": on}]))

    plugin = documents(state, "plugins")[f"{key}/ip-restriction"]

    keys = {"service": "omnify-api", "route": "omnify-auth", "consumer": "pro"}
    for field in ("service", "route", "consumer"):
        kind = references.get(field)
        assert plugin[field] == ({"id": state.owner.id(kind, keys[field])} if kind else None)


def test_a_further_plugins_configuration_is_whole() -> None:
    state = desired(put("plugins", [{"name": "ip-restriction", "config": {"deny": ["10.0.0.0/8"]}, "enabled": False}]))

    plugin = documents(state, "plugins")["global/ip-restriction"]

    assert plugin["enabled"] is False
    assert plugin["config"] == {"allow": None, "deny": ["10.0.0.0/8"], "message": None, "status": None}
    assert state.plugins[-1].config == plugin["config"]


def test_further_plugins_come_after_the_gateways_own_in_the_order_written() -> None:
    plugins = [{"name": "ip-restriction", "config": {"deny": ["10.0.0.1"]}}, {"name": "bot-detection"}]

    keys = [plugin.key for plugin in desired(put("plugins", plugins)).plugins]

    assert keys[-2:] == ["global/ip-restriction", "global/bot-detection"]
    assert keys[:-2] == [plugin.key for plugin in desired().plugins]


ENDPOINT = "http://collector.monitoring.svc:4318/v1/traces"


def test_traces_go_to_the_stacks_collector() -> None:
    tracing = {"endpoint": ENDPOINT, "serviceName": "shop-gateway", "samplingRate": 0.5}
    config = configurations(desired(put("observability.tracing", tracing)))["global/opentelemetry"]

    assert "global/opentelemetry" not in configurations(desired())
    assert config["traces_endpoint"] == ENDPOINT
    assert config["logs_endpoint"] is None
    assert config["resource_attributes"] == {"service.name": "shop-gateway"}
    assert config["sampling_rate"] is None, "the node's own, which is the stack's"


@pytest.mark.parametrize(
    ("propagation", "rendered"),
    [
        ({}, {"extract": ["w3c"], "inject": ["w3c"], "clear": None, "default_format": "w3c"}),
        (
            {"extract": [], "inject": ["b3", "w3c"], "clear": ["baggage"]},
            {"extract": [], "inject": ["b3", "w3c"], "clear": ["baggage"], "default_format": "b3"},
        ),
    ],
)
def test_tracing_headers_are_those_of_the_stack(propagation: Any, rendered: Any) -> None:
    tracing = {"endpoint": ENDPOINT, "propagation": propagation}
    config = configurations(desired(put("observability.tracing", tracing)))["global/opentelemetry"]

    assert config["propagation"] == rendered


def test_the_stacks_own_tracing_has_a_place_in_its_file() -> None:
    traced = put("observability.tracing", {"endpoint": ENDPOINT})

    assert places(settings(traced), desired(traced))["plugins", "global/opentelemetry"] == ("observability", "tracing")
