"""docs/outputs.md is what the models say, and its examples name fields that there are."""

import re
from pathlib import Path

from typer.testing import CliRunner

from components.outputs import GatewayOutputs
from gateway.commands import app
from gateway.contract import contract, fields

ROOT = Path(__file__).parents[3]


def test_the_page_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(app, ["contract"])

    assert (ROOT / "docs" / "outputs.md").read_text() == printed.stdout == contract()


def test_every_field_is_in_the_table_with_its_type_and_meaning() -> None:
    rows = {path: (kind, meaning) for path, kind, meaning in fields(GatewayOutputs)}

    assert rows["routes[].maxBodyMegabytes"] == ("number or null", "The largest body; null when any is taken.")
    assert rows["tiers[].limits.minute"] == ("number", "Requests in a minute.")
    assert rows["versions.mode"][0] == "`database`, `dbless`"
    assert rows["podLabels"][0] == "mapping"
    assert rows["routes[].paths"][0] == "list of texts"
    assert all(kind and meaning.endswith(".") for kind, meaning in rows.values()), rows


def test_what_the_prose_names_is_in_the_table() -> None:
    prose = contract().partition("\n## Contract")[0]
    named = {path for path in re.findall(r"gateway\.([a-z]+(?:\.[a-z]+)*)", prose) if path not in {"read", "from"}}

    assert {"urls.gateway", "contract", "counters.policy"} <= named <= {path for path, _, _ in fields(GatewayOutputs)}
