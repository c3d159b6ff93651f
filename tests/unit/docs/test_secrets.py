"""docs/secrets.md has every place that takes a secret, as the code knows them."""

import re
from collections.abc import Iterator
from typing import Any, cast

from components.platform.names import POSTGRES
from config.stack import StackSettings
from entities.secret import secret_reference
from provider.settings import CLIENT_KEY, CREDENTIALS
from tests.unit.docs.procedures import DOCS, anchor, procedures

TEXT = (DOCS / "secrets.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")][
    1:
]
NAMED = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[0])}


def test_every_setting_that_names_a_secret_is_in_the_table_and_no_other() -> None:
    schema: dict[str, Any] = StackSettings.model_json_schema()
    settings = set(_secret_settings(schema, schema["$defs"], "", frozenset()))

    assert settings >= {"database.credentialsSecret", "vault.*", "ingress.tls.secretName"}
    paths = {name for name in NAMED if re.fullmatch(r"[a-z]\w*(\[\]|\.[\w*]+)+|\w+\.\*", name)}
    assert paths - {"auth.jwksFile", "auth.signingKey"} == settings


def test_what_is_no_setting_is_in_the_table_too() -> None:
    assert {*CREDENTIALS.values(), CLIENT_KEY, "GATEWAY_TOKEN_<TIER>", "PULUMI_CONFIG_PASSPHRASE"} <= NAMED
    assert secret_reference("NAME") in NAMED
    assert {"database: {kind: bundled}", "counters: {kind: bundled}"} <= NAMED
    assert f"the Secret `{POSTGRES}`" in TEXT


def test_each_row_says_how_its_secret_changes() -> None:
    known = {anchor(name) for name in procedures()}

    for row in ROWS:
        assert len([cell for cell in row if cell]) == 5, row
        assert set(re.findall(r"operations\.md#([\w-]+)", row[4])) <= known
    assert sum("operations.md#" in row[4] for row in ROWS) > len(ROWS) // 2


def _secret_settings(node: dict[str, Any], defs: dict[str, Any], path: str, seen: frozenset[str]) -> Iterator[str]:
    """The key paths of settings that name a Secret, or one of its values; `*` is any name."""
    name = str(node.get("$ref", "")).rpartition("/")[2]
    if name == "SecretKey":
        yield path
    elif name and name not in seen:
        yield from _secret_settings(defs[name], defs, path, seen | {name})
    for branch in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _secret_settings(branch, defs, path, seen)
    if "items" in node:
        yield from _secret_settings(node["items"], defs, f"{path}[]", seen)
    for each in (node.get("additionalProperties"), *node.get("patternProperties", {}).values()):
        if isinstance(each, dict):
            yield from _secret_settings(cast("dict[str, Any]", each), defs, f"{path}.*", seen)
    for key, value in node.get("properties", {}).items():
        here = f"{path}.{key}" if path else key
        if "secret" in key.lower() and "$ref" not in str(value):
            yield here
        yield from _secret_settings(value, defs, here, seen)
