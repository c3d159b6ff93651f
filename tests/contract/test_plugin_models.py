"""Every typed plugin model says what Kong's own schema says, and renders what Kong returns."""

from __future__ import annotations

from math import ceil
from typing import Any, NamedTuple

import pytest

from entities.plugins import MODELS
from entities.schema import kong_schema
from entities.schema.document import ABSENT
from entities.schema.facts import Field, Record, as_list, as_object
from tests.recordings import RECORDINGS, needs_recordings, recorded_json

_PEM_FREE_URL = "https://collector.example.com:4318/v1/traces"

LEAST: dict[str, dict[str, Any]] = {
    "acl": {"allow": ["gold"]},
    "basic-auth": {},
    "bot-detection": {},
    "correlation-id": {},
    "cors": {},
    "file-log": {"path": "/dev/stdout"},
    "http-log": {"http_endpoint": "http://logs.example.com/x"},
    "ip-restriction": {"allow": ["10.0.0.0/8"]},
    "jwt": {},
    "key-auth": {},
    "opentelemetry": {"traces_endpoint": _PEM_FREE_URL},
    "post-function": {"log": ["kong.log('b')"]},
    "pre-function": {"access": ["kong.log('a')"]},
    "prometheus": {},
    "rate-limiting": {"minute": 1000},
    "request-size-limiting": {},
    "request-termination": {},
    "request-transformer": {},
    "response-transformer": {},
}
"""What each plugin cannot do without."""

VARIED: dict[str, dict[str, Any]] = {
    "acl": {"deny": ["free", "trial"], "hide_groups_header": True, "always_use_authenticated_groups": True},
    "basic-auth": {"anonymous": "guest", "hide_credentials": True, "realm": "omnify"},
    "bot-detection": {"allow": ["good.*"], "deny": ["bad.*", "worse[0-9]"]},
    "correlation-id": {"header_name": "X-Request-ID", "generator": "tracker", "echo_downstream": True},
    "cors": {
        "origins": ["https://a.example.com", r"https://.*\.example\.org"],
        "methods": ["GET"],
        "headers": ["Authorization"],
        "exposed_headers": ["X-Total"],
        "max_age": 3600,
        "credentials": True,
        "private_network": True,
        "preflight_continue": True,
    },
    "file-log": {"path": "/tmp/access.log", "reopen": True, "custom_fields_by_lua": {"request.headers": "return nil"}},
    "http-log": {
        "http_endpoint": "{vault://env/http-log-endpoint}",
        "method": "PUT",
        "headers": {"Authorization": "{vault://env/http-log-token}"},
        "queue": {"max_batch_size": 50, "max_coalescing_delay": 0.5, "max_bytes": 1_000_000, "concurrency_limit": -1},
        "custom_fields_by_lua": {"a": "return 1"},
    },
    "ip-restriction": {"deny": ["::1", "192.0.2.7"], "status": 451, "message": "not here"},
    "jwt": {
        "uri_param_names": [],
        "cookie_names": ["session"],
        "header_names": ["x-token"],
        "key_claim_name": "tier",
        "claims_to_verify": ["exp"],
        "maximum_expiration": 300,
        "run_on_preflight": False,
        "anonymous": "guest",
        "realm": "omnify",
        "secret_is_base64": True,
    },
    "key-auth": {"key_names": ["x-key"], "hide_credentials": True, "key_in_query": False, "realm": "omnify"},
    "opentelemetry": {
        "logs_endpoint": "{vault://env/otlp}",
        "headers": {"X-Team": "gateway"},
        "resource_attributes": {"service.name": "gateway"},
        "queue": {"max_batch_size": 20},
        "sampling_rate": 0.25,
        "propagation": {"extract": ["w3c"], "inject": ["preserve"], "clear": ["x-b3"], "default_format": "b3"},
        "read_timeout": 100,
    },
    "post-function": {"log": ["kong.log('b')"], "header_filter": ["kong.log('c')"]},
    "pre-function": {"access": ["kong.log('a')", "kong.log('b')"], "rewrite": ["kong.log('r')"]},
    "prometheus": {"per_consumer": True, "status_code_metrics": True, "latency_metrics": True},
    "rate-limiting": {
        "second": 0.5,
        "hour": 60_000,
        "limit_by": "header",
        "header_name": "TokenSubject",
        "policy": "redis",
        "redis": {"host": "redis.example.com", "password": "{vault://env/redis-password}", "ssl": True},
        "sync_rate": 0.5,
        "fault_tolerant": False,
    },
    "request-size-limiting": {"allowed_payload_size": 10, "size_unit": "kilobytes", "require_content_length": True},
    "request-termination": {"status_code": 403, "body": "<p>no</p>", "content_type": "text/html", "trigger": "x-stop"},
    "request-transformer": {
        "http_method": "POST",
        "remove": {"headers": ["x-b"], "body": ["b"]},
        "rename": {"headers": ["x-a:x-c"], "querystring": ["a:b"]},
        "replace": {"uri": "/new", "headers": ["x-d:$(headers['x'])"]},
        "add": {"querystring": ["v:1"]},
        "append": {"body": ["k:v"]},
    },
    "response-transformer": {
        "remove": {"headers": ["server"], "json": ["secret"]},
        "rename": {"headers": ["x-a:x-b"], "json": ["a:b"]},
        "add": {"json": ["n:1"], "json_types": ["number"]},
        "append": {"headers": ["x-a:1"]},
        "replace": {"json": ["n:2"]},
    },
}


class Case(NamedTuple):
    """One plugin with what is said about it."""

    plugin: str
    config: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.plugin}-{'least' if self.config == LEAST[self.plugin] else 'varied'}"


CASES = [Case(plugin, config) for table in (LEAST, VARIED) for plugin, config in table.items()]


def test_every_plugin_with_a_known_schema_and_a_model_is_tried() -> None:
    assert LEAST.keys() == VARIED.keys() == MODELS.keys() & kong_schema().plugin_names


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_model_renders_what_kong_makes_of_the_same_configuration(case: Case) -> None:
    rendered = MODELS[case.plugin].model_validate(case.config).render()

    assert rendered == kong_schema().complete_plugin_config(case.plugin, case.config)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_kong_accepts_what_a_model_accepts(case: Case) -> None:
    rendered = MODELS[case.plugin].model_validate(case.config).render()

    assert kong_schema().check_plugin_config(case.plugin, rendered) == []


@needs_recordings
def test_a_model_reads_and_renders_the_recorded_configuration_unchanged() -> None:
    recorded: dict[str, Any] = recorded_json("full-plugin-configs.json")

    for plugin, config in recorded.items():
        echoes = {name for name in config if plugin == "rate-limiting" and name.startswith("redis_")}
        given = {name: value for name, value in config.items() if name not in echoes}
        assert MODELS[plugin].model_validate(given).render() == config, plugin


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="no recordings of Kong 3.9.1")
def test_the_schema_completes_the_recorded_configuration_to_itself() -> None:
    recorded: dict[str, Any] = recorded_json("full-plugin-configs.json")

    for plugin, config in recorded.items():
        assert kong_schema().complete_plugin_config(plugin, config) == config, plugin
        assert kong_schema().check_plugin_config(plugin, config) == [], plugin


@pytest.mark.parametrize("plugin", sorted(LEAST))
def test_a_model_has_the_schemas_fields_types_defaults_and_limits(plugin: str) -> None:
    record = kong_schema().plugin_config(plugin)
    model = MODELS[plugin].model_json_schema(by_alias=True, mode="validation")

    assert record is not None
    assert list(_disagreements(plugin, record, model, model.get("$defs", {}))) == []


def _disagreements(
    at: str, record: Record, model: dict[str, Any], defs: dict[str, Any], whole: dict[str, Any] | None = None
) -> list[str]:
    """What two records disagree on; fields in the default of the whole record are not compared."""
    properties: dict[str, Any] = model["properties"]
    found = [f"{at}.{name} is in only one of the two" for name in record.fields.keys() ^ properties.keys()]
    for name in record.fields.keys() & properties.keys():
        field, required = record.fields[name], name in model.get("required", [])
        found += _field_disagreements(f"{at}.{name}", field, properties[name], defs)
        if field.record is None and name not in (whole or {}):
            found += _presence_disagreements(f"{at}.{name}", field, properties[name], required)
    return found


def _presence_disagreements(at: str, field: Field, model: dict[str, Any], required: bool) -> list[str]:
    nullable = {"type": "null"} in model.get("anyOf", [])
    expected = (not field.required, field.required and field.default is ABSENT)
    found = [] if (nullable, required) == expected else [f"{at}: nullable, required is {nullable, required}"]
    default = None if field.default is ABSENT else field.default
    if not required and model.get("default") != default:
        found.append(f"{at}: default {model.get('default')}, not {default}")
    return found


def _field_disagreements(at: str, field: Field, model: dict[str, Any], defs: dict[str, Any]) -> list[str]:
    branches = _branches(model, defs)
    types = {branch.get("type") for branch in branches}
    found = [] if types == _TYPES[field.type] else [f"{at}: {types}, not {_TYPES[field.type]}"]
    rules = dict(field.rules)
    for branch in branches:
        choices = branch.get("enum", [branch["const"]] if "const" in branch else [])
        if sorted(map(str, choices)) != sorted(map(str, as_list(rules.get("one_of", [])))):
            found.append(f"{at}: choices {choices}, not {rules.get('one_of')}")
        low, high = as_list(rules.get("between", [None, None]))
        if branch["type"] == "integer" and isinstance(low, float):
            low = ceil(low)
        if "between" in rules and (branch.get("minimum"), branch.get("maximum")) != (low, high):
            found.append(f"{at}: not between {low} and {high}")
        if "gt" in rules and branch.get("exclusiveMinimum") != rules["gt"]:
            found.append(f"{at}: not above {rules['gt']}")
        if field.record:
            whole = None if field.default is ABSENT else as_object(field.default)
            found += _disagreements(at, field.record, branch, defs, whole)
        if field.elements:
            found += _field_disagreements(f"{at}.*", field.elements, branch["items"], defs)
    return found


_TYPES: dict[str, set[str]] = {
    "array": {"array"},
    "boolean": {"boolean"},
    "integer": {"integer"},
    "map": {"object"},
    "number": {"integer", "number"},
    "record": {"object"},
    "set": {"array"},
    "string": {"string"},
}


def _branches(model: dict[str, Any], defs: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a JSON schema but null, each with the limits that stand around them."""
    if "$ref" in model:
        return _branches(defs[model["$ref"].rpartition("/")[2]], defs)
    if "anyOf" not in model:
        return [model]
    around = {key: value for key, value in model.items() if key != "anyOf"}
    inside = [branch for branch in model["anyOf"] if branch != {"type": "null"}]
    return [{**around, **branch} for part in inside for branch in _branches(part, defs)]
