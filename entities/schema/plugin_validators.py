"""Kong's own functions over a plugin's configuration or a part of it, each from that plugin's schema.lua."""

from __future__ import annotations

from entities.schema.document import Document, Json, is_nonempty, is_number, look_up
from entities.schema.names import header_name_error
from entities.schema.paths import parse_url
from entities.schema.regexes import regex_error

_PERIODS = ("second", "minute", "hour", "day", "month", "year")
_SYNCHRONOUS = -1
_ACME_RESERVED = ("kong_acme:renew_config:", "kong_acme:renew_last_run", "kong_acme:cert_key:")
_OAUTH2_FLOWS = (
    "enable_authorization_code",
    "enable_implicit_grant",
    "enable_client_credentials",
    "enable_password_grant",
)


def rate_limiting_error(config: Document) -> str | None:
    """A longer period's limit is no lower than a shorter one's; counters are synchronised with Redis only."""
    disorder = _period_disorder(config)
    if disorder:
        return f"The {disorder}"
    rate = config.get("sync_rate")
    if rate == _SYNCHRONOUS:
        return None
    if config.get("policy") != "redis":
        return "sync_rate can only be used with the redis policy"
    if isinstance(rate, int | float) and rate < 0.02:
        return "sync_rate must be greater than 0.02, or -1 to disable"
    return None


def response_limit_error(limit: Document) -> str | None:
    """The same order of periods, for one limit of response-ratelimiting."""
    disorder = _period_disorder(limit)
    return f"the {disorder}" if disorder else None


def _period_disorder(limits: Document) -> str | None:
    given = [(period, limits.get(period)) for period in _PERIODS]
    numbers = [(period, limit) for period, limit in given if isinstance(limit, int | float) and is_number(limit)]
    for position, (shorter, low) in enumerate(numbers):
        for longer, high in numbers[position + 1 :]:
            if high < low:
                return f"limit for {longer}({high:.1f}) cannot be lower than the limit for {shorter}({low:.1f})"
    return None


def http_log_error(config: Document) -> str | None:
    """One way of authentication: user info in the URL or an Authorization header."""
    endpoint, headers = config.get("http_endpoint"), config.get("headers")
    if not isinstance(endpoint, str) or not isinstance(headers, dict) or parse_url(endpoint).userinfo is None:
        return None
    if any(name.lower() == "authorization" for name in headers):
        return "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
    return None


def request_termination_error(config: Document) -> str | None:
    """A message, or a body of some content type, or an echo of the request."""
    message, content_type, body = (is_nonempty(config.get(name)) for name in ("message", "content_type", "body"))
    if message and (content_type or body):
        return "message cannot be used with content_type or body"
    if content_type and not body:
        return "content_type requires a body"
    if config.get("echo") and (content_type or body):
        return "echo cannot be used with content_type and body"
    return None


def oauth2_flows_error(config: Document) -> str | None:
    """At least one way to get a token."""
    if any(config.get(flow) for flow in _OAUTH2_FLOWS):
        return None
    return f"at least one of these fields must be true: {', '.join(_OAUTH2_FLOWS)}"


def ai_statistics_error(config: Document) -> str | None:
    """Which providers tell how many tokens a request took (Kong: kong/llm/schemas/init.lua)."""
    route_type, provider = config.get("route_type"), look_up(config, "model.provider")
    unsupported = route_type == "llm/v1/completions" and provider == "anthropic"
    if look_up(config, "logging.log_statistics") is True and unsupported:
        return f"{provider} does not support statistics when route_type is {route_type}"
    return None


def cors_origin_error(origin: str) -> str | None:
    """`*` or a regular expression."""
    return None if origin == "*" or not regex_error(origin) else f"'{origin}' is not a valid regex"


def header_pair_error(pair: str) -> str | None:
    """`name` or `name:value`, with a name that a header can have."""
    name = pair.partition(":")[0]
    return f"'{name}' is not a valid header" if header_name_error(name) else None


def header_rename_error(pair: str) -> str | None:
    """`old:new`, both names that a header can have."""
    value = pair.partition(":")[2].lstrip(":")
    return header_pair_error(pair) or (f"'{value}' is not a valid header" if header_name_error(value) else None)


def assignment_error(pair: str) -> str | None:
    """`name:value` with a value; whether the value is a template that compiles is left to Kong."""
    name, _, value = pair.partition(":")
    return None if value.lstrip(":") else f"key '{name}' has no value"


def acme_namespace_error(namespace: str) -> str | None:
    """A prefix of keys in Redis that does not meet the plugin's own."""
    reserved = next((word for word in _ACME_RESERVED if namespace.startswith(word)), None)
    return f"namespace can't be prefixed with reserved word: {reserved}" if reserved else None


def resource_attributes_error(attributes: Document) -> str | None:
    """Attributes of OpenTelemetry resources have values that say something."""
    return "required field missing" if "" in attributes.values() else None


def static_tags_error(tags: list[Json]) -> str | None:
    """Zipkin's static tags have different names."""
    found: set[Json] = set()
    for tag in tags:
        name = tag.get("name") if isinstance(tag, dict) else None
        if isinstance(name, str) and name in found:
            return f"repeated tags are not allowed: {name}"
        if isinstance(name, str):
            found.add(name)
    return None
