"""Violations become the 400 body that Kong answers with."""

from __future__ import annotations

from entities.schema import Violation, refusal


def test_one_violation_is_named_in_the_message() -> None:
    assert refusal([Violation(("host",), "required field missing")]) == {
        "name": "schema violation",
        "code": 2,
        "message": "schema violation (host: required field missing)",
        "fields": {"host": "required field missing"},
    }


def test_several_violations_are_counted_rules_between_fields_first() -> None:
    body = refusal([Violation(("@entity",), "no"), Violation(("@entity",), "never"), Violation(("path",), "bad")])

    assert body["message"] == "3 schema violations (no; never; path: bad)"
    assert body["fields"] == {"@entity": ["no", "never"], "path": "bad"}


def test_what_is_wrong_in_lists_and_records_keeps_its_place() -> None:
    body = refusal(
        [
            Violation(("config", "redis", "host"), "missing"),
            Violation(("config", "sources", 1, "@entity"), "empty"),
            Violation(("paths", 2), "bad"),
        ]
    )

    assert body["fields"] == {
        "config": {"redis": {"host": "missing"}, "sources": [None, {"@entity": ["empty"]}]},
        "paths": [None, None, "bad"],
    }


def test_the_message_names_two_levels_and_counts_from_one() -> None:
    body = refusal([Violation(("config", "bogus"), "unknown field"), Violation(("paths", 2), "bad")])

    assert body["message"] == "2 schema violations (config.bogus: unknown field; paths.3: bad)"


def test_a_violation_prints_where_it_is() -> None:
    assert str(Violation(("config", "allow", 0), "bad")) == "config.allow.0: bad"
