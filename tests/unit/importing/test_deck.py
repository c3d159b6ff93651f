"""What decK's files have beside entities: tags for all, defaults, named configurations, variables, workspaces."""

from typing import Any

import pytest

from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import imported, reasons


def test_the_tags_that_decK_selects_by_are_on_every_entity() -> None:  # noqa: N802 (its name)
    found = imported("""
    _format_version: "3.0"
    _info: {select_tags: [team-a]}
    services: [{name: a, host: a.svc, tags: [own], plugins: [{name: cors}]}]
    consumers: [{username: partner, acls: [{group: g}]}]
    """)

    assert found.raw["services"][0]["tags"] == ["own", "team-a"]
    for kind in ("plugins", "consumers", "acls"):
        assert found.raw[kind][0]["tags"] == ["team-a"]
    assert unsaid(found.proposal) == []


def test_defaults_fill_what_an_entity_does_not_say() -> None:
    found = imported("""
    _format_version: "3.0"
    _info:
      defaults:
        service: {retries: 7, port: 9000, protocol: https}
        upstream: {healthchecks: {active: {timeout: 4}}}
    services: [{name: a, host: a.svc, retries: 1}, {name: b, url: "http://b.svc"}]
    upstreams: [{name: u, healthchecks: {active: {concurrency: 3}}}]
    """)

    (a, b), (u,) = found.proposal.snapshot.of("services"), found.proposal.snapshot.of("upstreams")
    assert (a["retries"], a["port"], a["protocol"]) == (1, 9000, "https")
    assert (b["retries"], b["port"], b["protocol"]) == (7, 80, "http")
    checks: Any = u["healthchecks"]
    assert (checks["active"]["timeout"], checks["active"]["concurrency"]) == (4, 3)


def test_a_named_configuration_is_under_the_plugins_own() -> None:
    found = imported("""
    _format_version: "3.0"
    _plugin_configs: {strict: {minute: 5, hour: 50, limit_by: ip}}
    services: [{name: a, host: a.svc, plugins: [{name: rate-limiting, _config: strict, config: {hour: 60}}]}]
    """)

    assert found.raw["plugins"][0]["config"] == {"minute": 5, "hour": 60, "limit_by": "ip"}


TEXT = """
_format_version: "3.0"
services: [{name: a, host: "%s", port: 80}]
consumers:
- username: partner
  keyauth_credentials: [{key: %s}]
"""


@pytest.mark.parametrize(
    "key", ['${{ env "DECK_PARTNER_KEY" }}', '"${{ env \\"DECK_PARTNER_KEY\\" }}"', "'${{env \"DECK_PARTNER_KEY\"}}'"]
)
def test_a_variable_that_is_not_set_becomes_a_secret_to_be_set(key: str) -> None:
    found = imported(TEXT % ("a.svc", key))

    assert found.raw["keyauth_credentials"] == [{"consumer": "partner", "key": "{secret://partner-key}"}]
    assert found.secrets.values == {}
    assert found.secrets.wanted == {"partner-key": "the source has a variable in its place"}
    assert unsaid(found.proposal) == []


def test_a_variable_that_is_set_is_filled_in_as_decK_does_and_a_secret_does_not_show() -> None:  # noqa: N802
    environment = {"DECK_PARTNER_KEY": "s3cr3t", "DECK_HOST": "a.svc"}

    found = imported(TEXT % ('${{ env \\"DECK_HOST\\" }}', '${{ env "DECK_PARTNER_KEY" }}'), environment=environment)

    assert found.secrets.values == {"partner-api-key": "s3cr3t"}
    assert found.proposal.snapshot.of("services")[0]["host"] == "a.svc"
    assert "s3cr3t" not in str(found.raw)


def test_a_variable_in_the_middle_of_a_text_must_be_set() -> None:
    found = imported(TEXT % ('${{ env \\"DECK_ZONE\\" }}.svc', "k"))

    assert reasons(found.left_out) == {("services", "a"): "it needs DECK_ZONE, which is not set here"}


@pytest.mark.parametrize("value", ["$PARTNER_KEY", "${PARTNER_KEY}"])
def test_what_a_shell_would_fill_in_is_no_secret_yet(value: str) -> None:
    found = imported(TEXT % ("a.svc", f"'{value}'"))

    assert found.secrets.values == {}
    assert found.secrets.wanted == {"partner-api-key": "the source has a variable in its place"}


def test_a_workspace_is_told_of_unless_it_is_the_default() -> None:
    assert imported('{_format_version: "3.0", _workspace: default}').left_out == ()
    assert ("workspaces", "team") in reasons(imported('{_format_version: "3.0", _workspace: team}').left_out)


def test_comments_say_nothing() -> None:
    found = imported(
        '{_format_version: "3.0", _comment: x, services: [{name: a, host: a.svc, _comment: y, _ignore: [z]}]}'
    )

    assert found.left_out == ()
    assert found.raw["services"] == [{"name": "a", "host": "a.svc"}]
