"""A rehearsed stack with a known secret in every place that takes one: only Kong and Kubernetes Secrets have them."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.commands import app
from provider.settings import OVERRIDE
from sandbox.cluster.kubeconfig import CONTEXT, Cluster
from sandbox.cluster.objects import Objects
from tests.e2e.confidential import confidential_sections, configured, telling
from tests.e2e.engine.live import database_password
from tests.e2e.rehearsal.driver import Rehearsals, Run
from tests.leaks import leaks

pytestmark = pytest.mark.xdist_group("rehearsal")

ENVIRONMENT = {"KONG_ADMIN_TOKEN": "a-token-of-the-admin-api", "KONG_ADMIN_PASSWORD": "a-password-of-the-admin-api"}
SECTIONS = confidential_sections()
NAMES = {
    "acme-account_email",
    "aws-lambda-aws_assume_role_arn",
    "azure-functions-clientid",
    "http-log-http_endpoint",
}
"""What Kong keeps encrypted though it only names something: an import writes it as what it is."""


def variables(generation: str) -> dict[str, str]:
    """The environment that gives a rehearsal the values of its secrets."""
    names = {name: name.upper().replace("-", "_").replace(".", "_") for name in configured()}
    values = configured(generation)
    return ENVIRONMENT | {f"GATEWAY_SECRET_{variable}": values[name] for name, variable in names.items()}


@pytest.fixture(scope="module")
def secrets(begun: tuple[Rehearsals, Run]) -> dict[str, str]:
    """Everything that is secret in it, by name."""
    every = {
        f"{generation} {name}": value
        for generation in ("first", "second")
        for name, value in telling(configured(generation)).items()
    }
    return every | ENVIRONMENT


@pytest.fixture
def confidential(rehearsals: Rehearsals) -> Rehearsals:
    """The stack dev with all that is secret."""
    rehearsals.environment = variables("first")
    standing = ("dev", json.dumps(SECTIONS), json.dumps(dict(rehearsals.environment)))
    if rehearsals.standing != standing:
        brought = rehearsals.up(**SECTIONS)
        assert brought.code == 0, brought.text
    return rehearsals


def test_what_it_shows_logs_and_keeps_holds_none(confidential: Rehearsals, secrets: dict[str, str]) -> None:
    files = kept(confidential)
    password, _ = asyncio.run(bundled_password(confidential))

    assert confidential.layout.engine_state("dev") in files
    every = secrets | {"bundled database": password}
    found = {str(file): leaks(text, every) for file, text in files.items()}
    assert {file: names for file, names in found.items() if names} == {}
    assert leaks(confidential.latest.text, every) == []


def test_kongs_own_database_has_them_and_nobody_else_may_read_it(
    confidential: Rehearsals, secrets: dict[str, str]
) -> None:
    entities = confidential.layout.entities("dev", "database")

    found = {name.partition(" (")[0] for name in leaks(entities.read_text(), secrets)}

    assert found == {f"first {name}" for name in telling(configured())} - {"first basicauth_credentials-password"}
    assert entities.stat().st_mode & 0o077 == 0


def test_a_planted_leak_is_found(confidential: Rehearsals, secrets: dict[str, str]) -> None:
    planted = confidential.layout.logs / "planted.log"
    planted.write_text(f'{{"key": {json.dumps(configured()["keyauth_credentials-key"])}}}')
    try:
        leaking = [str(file) for file, text in kept(confidential).items() if leaks(text, secrets)]
    finally:
        planted.unlink()

    assert leaking == [str(planted)]


def test_what_kong_refuses_is_said_without_them(confidential: Rehearsals, secrets: dict[str, str]) -> None:
    confidential.environment = variables("second")
    confidential.fault("refuse", methods=["PUT", "POST", "PATCH"])

    refused = confidential.up(**SECTIONS)
    confidential.no_fault()

    assert refused.code == 1
    assert "refused: " in refused.text
    assert "[secret]" in refused.text
    assert leaks(refused.text + confidential.layout.log.read_text(), secrets) == []


def test_what_kongs_schema_refuses_is_said_without_them(confidential: Rehearsals, secrets: dict[str, str]) -> None:
    wrong = "no-address-but-a-secret-one"
    confidential.environment = variables("first") | {"GATEWAY_SECRET_ACME_ACCOUNT_EMAIL": wrong}

    refused = confidential.up(**SECTIONS)

    assert refused.code == 1
    assert "configJson.account_email: invalid value: [secret]" in refused.text
    assert leaks(refused.text + confidential.layout.log.read_text(), secrets | {"wrong": wrong}) == []


def test_what_is_compared_and_brought_in_is_told_without_them(
    confidential: Rehearsals, secrets: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entities with secrets that somebody has changed, one that nobody has declared, and all of them as an import."""
    monkeypatch.setenv(OVERRIDE, confidential.url("admin"))
    by_hand = {"undeclared key": "a-key-that-somebody-has-made"}
    confidential.standing = None
    for plugin in confidential.entities()["plugins"]:
        if not plugin["enabled"]:
            confidential.admin("PATCH", f"/plugins/{plugin['id']}", json={"enabled": True})
    confidential.admin("POST", "/consumers/partner/key-auth", json={"key": by_hand["undeclared key"]})
    of_stack = ["--stack", "dev", "--config-file", str(confidential.layout.stack_file("dev"))]
    files = {name: tmp_path / name for name in ("stack.yaml", "pulumi.json", "secrets.json")}

    shown = said(2, "drift", *of_stack, "--all") + said(2, "drift", *of_stack, "--json")
    brought = said(
        *(0, "import", "--stack", "imported", "--admin", confidential.url("admin"), "--context", "somewhere"),
        *("--to", str(files["stack.yaml"]), "--pulumi", str(files["pulumi.json"])),
        *("--secrets", str(files["secrets.json"])),
    )
    confidential.admin("DELETE", f"/key-auths/{key_id(confidential, by_hand['undeclared key'])}")

    assert "keyauth_credentials" in shown
    written = files["stack.yaml"].read_text() + files["pulumi.json"].read_text()
    assert leaks(shown, secrets | by_hand) == []
    taken_out = {name: value for name, value in secrets.items() if name.partition(" ")[2] not in NAMES}
    assert leaks(brought + written, taken_out | by_hand) == []
    assert files["secrets.json"].stat().st_mode & 0o077 == 0
    assert {"undeclared key (in the clear)"} <= set(leaks(files["secrets.json"].read_text(), secrets | by_hand))


def said(code: int, *arguments: str) -> str:
    """What a command prints."""
    ran = CliRunner().invoke(app, arguments, env={"COLUMNS": "500"})
    assert ran.exit_code == code, ran.output
    return ran.output


def key_id(rehearsals: Rehearsals, key: str) -> str:
    """The id of a key-auth credential."""
    (found,) = (each for each in rehearsals.admin("GET", "/key-auths?size=1000")["data"] if each["key"] == key)
    return found["id"]


def kept(rehearsals: Rehearsals) -> dict[Path, str]:
    """Everything that a rehearsal keeps, but for the control plane's database and Kong's, and the realm's own key."""
    layout = rehearsals.layout
    own = {layout.signing_key, layout.entities("dev", "database")}
    files = [file for file in layout.root.rglob("*") if file.is_file() and file not in own]
    return {
        file: file.read_bytes().decode(errors="replace")
        for file in files
        if layout.cluster not in file.parents or file.suffix == ".log"
    }


async def bundled_password(rehearsals: Rehearsals) -> tuple[str, str]:
    """The bundled database's password, as the cluster has it."""
    cluster = Cluster(rehearsals.layout.cluster / "kubeconfig", CONTEXT, None)
    return await database_password(await Objects.of(cluster, field_manager="tests"), "omnify-gateway-dev")
