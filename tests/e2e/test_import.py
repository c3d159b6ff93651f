"""`python -m gateway import`, as people run it: a running gateway or files in, a stack file and its companions out."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from config.files import NAMESPACE, PROJECT_FILE, StackFileError, read_files
from entities.desired import desired_state
from entities.schema import UNKNOWN
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.commands import app
from gateway.recording import PROJECT, record
from tests.e2e.grown import SECRETS, grow
from tests.standin import RunningStandin, running_standin

DECK = """
_format_version: "1.1"
services:
- {name: orders, host: orders.svc, routes: [{name: v1, paths: ["/v1/\\\\d+"]}]}
vaults: [{prefix: my-env, name: env}]
"""


@dataclass(frozen=True)
class Ran:
    """What an import printed, and the folder it wrote to."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def text(self) -> str:
        """The stack file."""
        return (self.folder / "stack.yaml").read_text()

    @property
    def sections(self) -> dict[str, Any]:
        """What the stack file says under this project's keys."""
        return {key.removeprefix(f"{NAMESPACE}:"): value for key, value in yaml.safe_load(self.text)["config"].items()}

    @property
    def state(self) -> DesiredState:
        """What Kong should hold by the stack file."""
        return desired_state(validated(self.sections), Owner(NAMESPACE, "imported"))

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())


def run(folder: Path, *arguments: str) -> Ran:
    """Import into a stack without files of its own, on a wide terminal and with no cluster at hand."""
    files = ["--to", str(folder / "stack.yaml")]
    environment = {"COLUMNS": "140", "KUBECONFIG": "/nowhere"}
    done = CliRunner().invoke(app, ["import", "--stack", "imported", *arguments, *files], env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr, folder)


@pytest.fixture(scope="module")
def grown() -> Iterator[RunningStandin]:
    """A gateway that people made by hand."""
    with running_standin() as running:
        grow(running.admin_url)
        yield running


@pytest.fixture(scope="module")
def adopted(grown: RunningStandin, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All of it imported."""
    folder = tmp_path_factory.mktemp("imported")
    files = ("--secrets", str(folder / "secrets.json"), "--pulumi", str(folder / "import.json"))
    return run(folder, "--admin", grown.admin_url, *files, "--context", "kind-here")


def live(running: RunningStandin) -> dict[str, dict[str, Any]]:
    """What a gateway holds, by id."""
    kinds = ("services", "routes", "plugins", "consumers", "upstreams", "targets", "certificates", "acls")
    credentials = ("keyauth_credentials", "basicauth_credentials", "jwt_secrets", "oauth2_credentials")
    return {each["id"]: {"kind": kind, **each} for kind in (*kinds, *credentials) for each in running.store.all(kind)}


@pytest.mark.operates("Back up")
def test_everything_a_gateway_holds_is_in_the_settings_with_its_id(adopted: Ran, grown: RunningStandin) -> None:
    assert adopted.code == 0, adopted.err
    held = live(grown)
    api = {entity.key for entity in adopted.state if entity.key in {"open", "open-all"}}
    named = {str(adopted.state.document(entity)["id"]) for entity in adopted.state}
    recognised = [each["id"] for each in held.values() if each.get("name") in {"open", "open-all", "prometheus"}]

    assert len(list(adopted.state)) == len(held)
    assert api == {"open", "open-all"}
    assert held.keys() - set(recognised) <= named


def test_the_stack_file_is_accepted_beside_what_every_stack_shares(adopted: Ran, tmp_path: Path) -> None:
    shutil.copy(PROJECT / PROJECT_FILE, tmp_path)
    (tmp_path / "Pulumi.imported.yaml").write_text(adopted.text)

    settings = validated(read_files(tmp_path, "imported"))

    owner = Owner(NAMESPACE, "imported")
    documents = [[state.document(each) for each in state] for state in (desired_state(settings, owner), adopted.state)]
    assert documents[0] == documents[1]


def test_the_settings_name_the_gateway_and_the_cluster(adopted: Ran, grown: RunningStandin) -> None:
    assert adopted.sections["admin"] == {"access": "url", "url": grown.admin_url}
    assert adopted.sections["cluster"] == {"context": "kind-here"}


def test_no_secret_is_in_the_settings_on_the_terminal_or_in_pulumis_file(adopted: Ran) -> None:
    files = (adopted.folder / "import.json").read_text() + adopted.text
    for secret in SECRETS.values():
        lines = [line for line in secret.splitlines() if len(line) > 10 and "-----" not in line]
        assert lines
        assert not [line for line in lines if line in adopted.out + adopted.err + files]


def test_secrets_are_in_a_file_for_their_owner_alone_and_those_that_kong_hashes_are_asked_for(adopted: Ran) -> None:
    file = adopted.folder / "secrets.json"
    hashed = "partner-basic-auth-password"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert adopted.json("secrets.json") == {name: value for name, value in SECRETS.items() if name != hashed}
    assert f"pulumi config set --secret omnify-gateway-secrets:{hashed} --stack imported" in adopted.out
    assert "Kong keeps only a hash of it" in adopted.out


def test_the_commands_that_set_secrets_pass_each_value_on_unchanged(adopted: Ran, tmp_path: Path) -> None:
    fake = tmp_path / "pulumi"
    fake.write_text(f'#!/bin/sh\nmkdir -p {tmp_path}/set\ncat > "{tmp_path}/set/${{5#omnify-gateway-secrets:}}"\n')
    fake.chmod(0o755)
    lines = adopted.out.splitlines()
    first = next(index for index, line in enumerate(lines) if line.strip().startswith("for name in"))
    script = "\n".join(lines[first : lines.index("  done") + 1])
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"

    subprocess.run(["/bin/sh", "-c", script], check=True, env={**os.environ, "PATH": path}, cwd=PROJECT)

    written = {file.name: file.read_text() for file in (tmp_path / "set").iterdir()}
    assert written == adopted.json("secrets.json")


def test_pulumis_file_has_every_entity_as_the_program_registers_it(adopted: Ran, grown: RunningStandin) -> None:
    resources = adopted.json("import.json")["resources"]
    entities = [each for each in resources if each["type"].startswith("kong:index/")]
    provider, component = (each for each in resources if each not in entities)
    registered = {
        (each.type, each.name): each
        for each in record(adopted.sections, "imported", preview=True).registrations
        if each.type.startswith("kong:index/")
    }

    assert {(each["type"], each["name"]) for each in entities} == registered.keys()
    assert {each["parent"] for each in entities} == {component["name"]}
    assert {each["provider"] for each in entities} == {provider["name"]}
    assert (component["type"], component["logicalName"], component["component"]) == (
        "omnify:tracked:KongEntities",
        "entities",
        True,
    )
    assert (provider["type"], provider["logicalName"]) == ("pulumi:providers:kong", "kong")
    assert provider["inputs"]["kongAdminUri"] == grown.admin_url


def test_ids_are_written_as_each_resource_needs_them(adopted: Ran, grown: RunningStandin) -> None:
    held = live(grown)
    credentials = ("acls", "keyauth_credentials", "basicauth_credentials", "jwt_secrets", "oauth2_credentials")
    wanted: set[str] = set()
    for identity, document in held.items():
        if document["kind"] in credentials:
            wanted.add(f"{identity}|{document['consumer']['id']}")
        elif document["kind"] == "targets":
            wanted.add(f"{document['upstream']['id']}/{identity}")
        else:
            wanted.add(identity)

    assert {each["id"] for each in adopted.json("import.json")["resources"] if "id" in each} == wanted


def test_secrets_are_placeholders_that_the_program_knows(adopted: Ran) -> None:
    documents = [adopted.state.document(entity) for entity in adopted.state]

    (key,) = (each for each in documents if "key" in each and "ttl" in each)
    assert key["key"] is UNKNOWN


def test_kinds_of_a_running_gateway_that_no_resource_stands_for_are_told_of(tmp_path: Path) -> None:
    from tests.contract.admin.certificates import self_signed  # noqa: PLC0415 (for this test alone)

    with running_standin() as running, httpx.Client(base_url=running.admin_url) as admin:
        answer = admin.post("/ca_certificates", json={"cert": self_signed("ca.example").cert})
        ran = run(tmp_path, "--admin", running.admin_url)

    if answer.status_code == 201:
        assert f"ca_certificates  {answer.json()['id']}" in ran.out
        assert answer.json()["id"] in ran.text


def test_a_workspace_beside_the_default_one_is_told_of(
    grown: RunningStandin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def listed(_admin: object, path: str) -> list[dict[str, Any]]:
        return [{"name": "default"}, {"name": "team"}] if path == "/workspaces" else []

    # The stand-in is Kong's open-source edition, which has none.
    monkeypatch.setattr("gateway.importing.running._all", listed)

    ran = run(tmp_path, "--admin", grown.admin_url, "--secrets", str(tmp_path / "secrets.json"))

    assert "workspaces team:" in ran.text
    assert "workspaces default" not in ran.text


def test_what_is_left_out_and_what_is_said_otherwise_stands_on_the_terminal_and_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "kong.yaml").write_text(DECK)

    ran = run(tmp_path, str(tmp_path / "kong.yaml"))

    assert ran.code == 0, ran.err
    assert "1 thing is left out of stack imported" in ran.out
    for text in (ran.out, ran.text):
        assert "vaults" in text
        assert "no resource of this program stands for it" in text
        assert r"/v1/\d+ is ~/v1/\d+" in text
    assert ran.sections["entities"]["routes"] == [{"name": "v1", "service": "orders", "paths": [r"~/v1/\d+"]}]
    assert ran.sections["cluster"] == {"context": "kind-omnify"}


def test_strict_is_not_content_when_something_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "kong.yaml").write_text(DECK)
    (tmp_path / "whole.yaml").write_text(DECK.replace("vaults", "_comment"))

    assert run(tmp_path, str(tmp_path / "kong.yaml"), "--strict").code == 1
    assert run(tmp_path, str(tmp_path / "whole.yaml"), "--strict", "--force").code == 0


def test_a_file_without_ids_gives_pulumi_nothing_to_import_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "kong.yaml").write_text(DECK)

    ran = run(tmp_path, str(tmp_path / "kong.yaml"), "--pulumi", str(tmp_path / "import.json"))

    assert not (tmp_path / "import.json").exists()
    assert "the source has no ids" in ran.out
    assert "pulumi import --file" not in ran.out


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    folder = tmp_path / "kong"
    (folder / "below").mkdir(parents=True)
    (folder / "services.yaml").write_text('{_format_version: "3.0", services: [{name: a, host: a.svc}]}')
    (folder / "below" / "routes.json").write_text(
        '{"_format_version": "3.0", "routes": [{"name": "r", "service": "a", "hosts": ["a.example"]}]}'
    )
    (folder / "README.md").write_text("nothing")

    ran = run(tmp_path, str(folder))

    assert ran.sections["entities"]["routes"] == [{"name": "r", "service": "a", "hosts": ["a.example"]}]


def test_nothing_is_written_over_and_secrets_never(tmp_path: Path) -> None:
    source = tmp_path / "kong.yaml"
    source.write_text('{_format_version: "3.0", consumers: [{username: a, keyauth_credentials: [{key: s3cr3t}]}]}')
    there = tmp_path / "secrets.json"
    there.write_text("{}")

    refused = run(tmp_path, str(source), "--secrets", str(there), "--force")
    without = run(tmp_path, str(source))
    first = run(tmp_path, str(source), "--secrets", str(tmp_path / "other.json"))
    again = run(tmp_path, str(source), "--secrets", str(tmp_path / "more.json"))

    assert (refused.code, without.code, first.code, again.code) == (1, 1, 0, 1)
    assert "secrets are never written over" in refused.err
    assert "write --secrets FILE" in without.err
    assert "stack.yaml is there already" in again.err
    assert there.read_text() == "{}"
    assert not (tmp_path / "more.json").exists()
    assert "s3cr3t" not in "".join(each.out + each.err for each in (refused, without, first, again))


def test_with_force_what_the_file_has_for_others_stays(tmp_path: Path) -> None:
    (tmp_path / "kong.yaml").write_text(DECK)
    (tmp_path / "stack.yaml").write_text(
        "encryptionsalt: v1:abc\nconfig:\n  omnify-gateway:mode: dbless\n"
        "  omnify-gateway-secrets:partner-key: {secure: x}\n  omnify-gateway:tiers: [{name: a}]\n"
        "  limits: {minute: 1}\n"
    )

    ran = run(tmp_path, str(tmp_path / "kong.yaml"), "--force")

    document = yaml.safe_load(ran.text)
    assert document["encryptionsalt"] == "v1:abc"
    assert document["config"]["omnify-gateway-secrets:partner-key"] == {"secure": "x"}
    assert document["config"]["omnify-gateway:tiers"] == []
    assert "limits" not in document["config"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("/nowhere/kong.yaml",), "cannot be read"),
        (("--admin", "http://127.0.0.1:1", "--timeout", "0.1"), "cannot read Kong at http://127.0.0.1:1"),
        (("--admin", "nonsense"), "nonsense"),
    ],
)
def test_a_source_that_cannot_be_read_is_said_in_one_line(
    arguments: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    ran = run(tmp_path, *arguments)

    assert ran.code == 1
    assert reason in ran.err
    assert not (tmp_path / "stack.yaml").exists()


def test_without_a_source_it_is_the_stacks_own_gateway(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="there is no stack 'imported'"):
        run(tmp_path)
