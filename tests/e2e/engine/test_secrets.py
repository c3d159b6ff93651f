"""A stack with a known secret in every place that takes one, under the real engine: what anybody can read holds none.

Each test adds what it made the CLI print to what is read at the end.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from pydantic import JsonValue

from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated
from gateway.recording import record
from gateway.rendering import by_kind, manifests
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects
from sandbox.kong.faults import Fault
from sandbox.kong.kinds import KINDS
from sandbox.rehearsal.cli import RECOVERY
from tests.e2e.confidential import confidential_sections, configured, telling
from tests.e2e.engine.live import database_password, namespace
from tests.e2e.engine.project import Project
from tests.leaks import leaks
from tests.standin import RunningStandin

pytestmark = [pytest.mark.xdist_group("engine-secrets"), pytest.mark.timeout(900)]

NAMED = {"counters": "5f1c-the-password-of-redis", "tls": "77aa-the-key-of-the-ingress"}
"""In Secrets that somebody else has made."""
ENVIRONMENT = {
    "KONG_ADMIN_TOKEN": "a-token-of-the-admin-api",
    "KONG_API_KEY": "a-key-of-the-admin-api",
    "KONG_ADMIN_USERNAME": "an-administrator",
    "KONG_ADMIN_PASSWORD": "a-password-of-the-admin-api",
}
SECRET_ONES = {name: value for name, value in ENVIRONMENT.items() if name != "KONG_ADMIN_USERNAME"}
IN_THE_CLEAR_IN_KONG = {"basicauth_credentials-password"}
"""What Kong keeps as a hash, so that it is not found there."""


@dataclass
class Confidential:
    """The stack, what is secret in it, and everything that was read of it."""

    project: Project
    secrets: dict[str, str]
    read: dict[str, str] = field(default_factory=dict[str, str])

    def runs(self, what: str, *arguments: str) -> None:
        """Run the CLI and keep what it prints."""
        assert self.ends(what, *arguments) == 0, self.read[what][-5000:]

    def ends(self, what: str, *arguments: str) -> int:
        """The same, for a run that may fail: its exit code."""
        code, self.read[what] = self.project.run(*arguments)
        return code

    def found(self) -> list[str]:
        """The secrets in what was read since the last look."""
        found = {f"{what}: {name}" for what, text in self.read.items() for name in leaks(text, self.secrets)}
        self.read.clear()
        return sorted(found)


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def stack(project: Project, cluster: Cluster, environment: None) -> Confidential:
    """The dev stack with all that is secret, whose namespace and named Secrets are there before it."""
    project.secrets = configured()
    counters: JsonValue = {"policy": "redis", "host": "redis.example", "passwordSecret": {"name": "kong-redis"}}
    project.says(
        **confidential_sections(), counters=counters, ingress={"tls": {"by": "secret", "secretName": "kong-tls"}}
    )
    names = {f"configured {name}": value for name, value in telling(configured()).items()}
    others = {f"rotated {name}": value for name, value in telling(configured("second")).items()}
    return Confidential(project, names | others | NAMED | SECRET_ONES | _kubeconfig(cluster.kubeconfig))


def _kubeconfig(file: Path) -> dict[str, str]:
    users = yaml.safe_load(file.read_text())["users"]
    return {
        f"kubeconfig {key}": base64.b64decode(value).decode() if key.endswith("-data") else value
        for user in users
        for key, value in user["user"].items()
        if key in ("client-key-data", "token", "password")
    }


async def test_it_comes_up_beside_secrets_that_were_there_before(
    stack: Confidential, kong: RunningStandin, objects: Objects
) -> None:
    name = stack.project.namespace
    await objects.apply(namespace(name))
    for secret, key in (("kong-redis", "password"), ("kong-tls", "tls.key")):
        value = NAMED["counters" if secret == "kong-redis" else "tls"]
        metadata = {"name": secret, "namespace": name}
        await objects.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {key: value}})
    stack.runs("preview --diff", "preview", "--diff")
    stack.runs("preview --json", "preview", "--json")

    with pytest.MonkeyPatch.context() as patch:
        for variable, value in RECOVERY.items():
            patch.setenv(variable, value)
        stack.runs("up, logged", "up", "--yes", "--skip-preview", "--logtostderr", "-v=3")

    password, _ = await database_password(objects, name)
    stack.secrets["bundled database"] = password


def test_kong_has_them(stack: Confidential, kong: RunningStandin) -> None:
    assert _in_kong(kong, telling(configured())) == telling(configured()).keys() - IN_THE_CLEAR_IN_KONG


def test_a_refused_update_repeats_none(stack: Confidential, kong: RunningStandin) -> None:
    stack.project.secrets = configured("second")
    stack.project.says()
    kong.faults.begin(Fault("refuse", methods=("PUT", "POST", "PATCH")))

    code = stack.ends("refused up", "up", "--yes", "--skip-preview", "--continue-on-error")
    stack.ends("refused up, as events", "up", "--yes", "--skip-preview", "--json")
    kong.faults.clear()

    assert code != 0
    assert stack.read["refused up"].count("refused: ") >= len(configured()) // 2
    assert "[secret]" in stack.read["refused up"]


@pytest.mark.operates("A credential or another secret of an entity")
def test_rotated_secrets_reach_kong_by_one_update(stack: Confidential, kong: RunningStandin) -> None:
    stack.runs("preview of rotated secrets", "preview", "--diff")

    stack.runs("up, as events", "up", "--yes", "--skip-preview", "--json")

    assert _in_kong(kong, telling(configured("second"))) == telling(configured()).keys() - IN_THE_CLEAR_IN_KONG
    assert not _in_kong(kong, telling(configured()))


def test_a_refresh_prints_none(stack: Confidential) -> None:
    stack.runs("refresh", "refresh", "--yes", "--diff")
    stack.runs("preview after a refresh", "preview", "--diff", "--refresh")
    assert "unchanged" in stack.read["preview after a refresh"]


def test_the_engine_has_them_encrypted(stack: Confidential) -> None:
    """That they are found when somebody who may asks for them shows that looking for them finds them."""
    shown = stack.project.stack.ask("stack", "export", "--show-secrets", "--stack", stack.project.stack.name)

    found = {name.partition(" (")[0] for name in leaks(shown, stack.secrets)}
    assert found == {f"rotated {name}" for name in telling(configured())} | {"bundled database"}


def test_what_the_engine_keeps_and_exports_holds_none(stack: Confidential) -> None:
    cli = stack.project.stack
    stack.read["state files"] = stack.project.state()
    stack.read["stack export"] = cli.ask("stack", "export", "--stack", cli.name)
    stack.read["stack output"] = cli.ask("stack", "output", "--json", "--show-secrets", "--stack", cli.name)
    stack.read["stack file"] = cli.file.read_text()

    assert "kong-database" in stack.read["state files"]
    assert stack.found() == []


async def test_objects_but_secrets_hold_none(stack: Confidential, objects: Objects) -> None:
    everything = await _everything(objects, stack.project.namespace)
    stack.read["objects"] = json.dumps([each for each in everything if each["kind"] != "Secret"])

    assert {"Deployment", "Pod", "Event", "Ingress", "Job"} <= {each["kind"] for each in everything}
    assert stack.found() == []
    secrets = json.dumps([each for each in everything if each["kind"] == "Secret"])
    assert {name.partition(" (")[0] for name in leaks(secrets, stack.secrets)} == {*NAMED, "bundled database"}


def test_what_is_rendered_holds_none(stack: Confidential) -> None:
    state = desired_state(validated(stack.project.document), Owner("omnify-gateway", "dev"))
    stack.read["render"] = declarative_yaml(state) + json.dumps(by_kind(state), default=str)
    recording = record(stack.project.document, "dev", preview=True, secrets=configured("second"))
    stack.read["render --format kubernetes"] = json.dumps([*manifests(recording.registrations)])

    assert stack.found() == []


def test_a_destroyed_stack_says_none(stack: Confidential) -> None:
    stack.runs("destroy", "destroy", "--yes", "--skip-preview", "--json")

    assert stack.found() == []


def _in_kong(kong: RunningStandin, values: Mapping[str, str]) -> set[str]:
    """The names of the secrets that the stand-in has in the clear."""
    held = json.dumps([document for kind in KINDS for document in kong.store.all(kind)])
    return {name.partition(" (")[0] for name in leaks(held, values)}


async def _everything(objects: Objects, name: str) -> list[dict[str, Any]]:
    """Every object of a namespace, whatever its kind."""
    resources = cast("list[dict[str, Any]]", await objects.api.api_resources())  # pyright: ignore[reportUnknownMemberType]
    listed = [each for each in resources if each["namespaced"] and "list" in each["verbs"] and "/" not in each["name"]]
    return [found for each in listed for found in await objects.of_kind(each["version"], each["kind"], name)]
