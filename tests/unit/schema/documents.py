"""Documents as Hypothesis makes them from the facts: mostly what Kong would accept."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from entities.schema import kong_schema
from entities.schema.document import ABSENT
from entities.schema.facts import Field, Record, as_list

_SAMPLES: dict[str, list[str]] = {
    "certificate": ["{vault://env/cert}"],
    "cors_origin": ["*", "https://a.example"],
    "header_name": ["x-a", "X-B_c"],
    "header_pair": ["x-a:1", "x-b:$(headers.x)"],
    "header_rename": ["x-a:x-b"],
    "host": ["a.example", "10.0.0.1", "::1"],
    "host_with_optional_port": ["a.example:80", "b"],
    "ip_or_cidr": ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"],
    "key": ["{vault://env/key}"],
    "path": ["/", "/a/b%20c"],
    "route_host": ["*.a.example", "a.*", "b:8000"],
    "route_path": ["/a/", "~/b/(?<x>\\d+)$"],
    "sni": ["a.example"],
    "tag": ["one", "two words", "drei-ü"],
    "target": ["10.0.0.1:80", "a.example", "[::1]:1"],
    "upstream_name": ["u.example"],
    "url": ["https://a.example/x", "http://b:81"],
    "utf8_name": ["a", "b-ü", "c.d_e~f"],
    "wildcard_host": ["*.a.example", "b.example"],
}
_WHOLE_BY_ANOTHER_NAME = {"scan_count"}
"""A number whose deprecated shorthand is an integer: Kong gives 0.5 back and then refuses it."""
_MADE_BY_KONG = frozenset({"id", "created_at", "updated_at"})
_ID = "11111111-1111-4111-8111-111111111111"
_FIELDS_OF_THEIR_OWN = {"http_method": "POST", "methods": "GET", "path": "/x", "account_email": "a@b.example"}


@cache
def documents(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of an entity kind, without what only Kong makes."""
    return _records(kong_schema().record(kind, {}), leave_out=_MADE_BY_KONG)


@cache
def plugin_configs(plugin: str) -> st.SearchStrategy[dict[str, Any]]:
    """Configurations of a plugin."""
    record = kong_schema().plugin_config(plugin)
    assert record is not None
    return _records(record)


@st.composite
def entities(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A kind and a document of it; a plugin every other time."""
    if draw(st.booleans()):
        plugin = draw(st.sampled_from(sorted(kong_schema().plugin_names)))
        return "plugins", {"name": plugin, "config": draw(plugin_configs(plugin))}
    kind = draw(st.sampled_from(sorted(kong_schema().kinds - {"plugins"})))
    return kind, draw(documents(kind))


def _records(record: Record, leave_out: frozenset[str] = frozenset()) -> st.SearchStrategy[dict[str, Any]]:
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in record.fields.items():
        if name not in leave_out:
            needed = field.required and field.default is ABSENT and not field.auto and not field.record
            values = _present(name, field) if field.required else st.none() | _present(name, field)
            (required if needed else optional)[name] = values
    return st.fixed_dictionaries(required, optional=optional)


def _present(name: str, field: Field) -> st.SearchStrategy[Any]:
    rules = dict(field.rules)
    if "eq" in rules:
        return st.just(rules["eq"])
    if "one_of" in rules:
        return st.sampled_from(as_list(rules["one_of"]))
    if field.type in ("array", "set"):
        assert field.elements is not None
        return st.lists(_present(name, field.elements), min_size=1 if "len_min" in rules else 0, max_size=3)
    if field.type == "map":
        assert field.keys is not None
        assert field.values is not None
        return st.dictionaries(_present(name, field.keys), _present(name, field.values), max_size=2)
    if field.record:
        return _records(field.record)
    return _scalars(name, field, rules)


def _scalars(name: str, field: Field, rules: dict[str, Any]) -> st.SearchStrategy[Any]:
    if field.type == "boolean":
        return st.booleans()
    if field.type == "foreign":
        return st.just({"id": _ID})
    if field.type in ("integer", "number"):
        low, high = rules.get("between", [rules.get("gt", -1) + 1, 1_000_000])
        whole = st.integers(min_value=int(low) + (low > int(low)), max_value=int(high))
        only_whole = field.type == "integer" or name in _WHOLE_BY_ANOTHER_NAME
        return whole if only_whole else whole | st.floats(min_value=low, max_value=high)
    samples = _SAMPLES.get(str(rules.get("validator")), ["some text", "other"])
    if "match" in rules or "starts_with" in rules:
        samples = [_FIELDS_OF_THEIR_OWN.get(name, "x:1")]
    return st.just(_ID) if "uuid" in rules else st.sampled_from(samples)
