"""`drift` as people run it, against a gateway that holds a stack: what was done to it by hand, and what goes wrong."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner, Result

from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.state import DesiredState
from gateway.commands import app
from gateway.stacks import stack_settings, stack_state
from provider import tunnel
from provider.admin import Address
from provider.resources import TYPES, type_of_kind
from provider.settings import OVERRIDE, TunnelAddress
from sandbox.kong.faults import Fault
from sandbox.kong.gateway import Options
from tests.standin import RunningStandin, running_standin
from tests.unit.config.documents import Edit, edited, put
from tests.unit.drift.lives import SECRET, applied, identity, live_entity, together
from tests.unit.entities.states import OWNER

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, standin: RunningStandin) -> Run:
    """Run `drift` for the stack dev against the stand-in."""
    monkeypatch.setenv(OVERRIDE, standin.admin_url)
    return drift


@pytest.fixture
def standin() -> Iterator[RunningStandin]:
    """A gateway with a database to which the stack dev was applied."""
    with running_standin() as running:
        running.store.load({kind: each.values() for kind, each in applied(stack_state("dev")).items()}, None)
        yield running


def drift(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["drift", "--stack", "dev", "--timeout", "0.5", *arguments])


def report(result: Result) -> dict[str, Any]:
    return json.loads(result.stdout)


@pytest.fixture
def kong(standin: RunningStandin) -> Iterator[httpx.Client]:
    """The Admin API, for what somebody does by hand."""
    with httpx.Client(base_url=standin.admin_url) as client:
        client.event_hooks["response"] = [httpx.Response.raise_for_status]
        yield client


def path(kind: str, key: str) -> str:
    """Where the Admin API has a declared entity."""
    return f"/{type_of_kind(kind).collection}/{identity(stack_state('dev'), kind, key)}"


def test_a_stack_as_it_was_applied_is_clean(run: Run) -> None:
    result = run()

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "✓ dev is as declared: 33 entities\n"


def test_what_somebody_did_by_hand_is_found(run: Run, kong: httpx.Client) -> None:
    kong.patch(path("plugins", "consumer/free/rate-limiting"), json={"config": {"minute": 5000}})
    kong.delete(path("plugins", "route/omnify-eyes/acl"))
    service = {"id": identity(stack_state("dev"), "services", "omnify-api")}
    kong.post("/routes", json={"name": "backdoor", "paths": ["/internal/"], "service": service})

    result = run()

    assert result.exit_code == 2
    assert result.stdout.splitlines()[:3] == [
        "decides who may pass",
        "  - plugin  route/omnify-eyes/acl  missing",
        "  + route   backdoor  undeclared, on an entity of this stack",
    ]
    assert "      config.minute   1000      5000" in result.stdout.splitlines()
    assert "1 missing, 1 changed, 1 undeclared" in result.stdout


def test_machines_get_the_same(run: Run, kong: httpx.Client) -> None:
    kong.patch(path("plugins", "consumer/free/rate-limiting"), json={"config": {"minute": 5000}})
    kong.post("/services", json={"name": "nobodys", "host": "x"})

    result = run("--json")

    assert result.exit_code == 2
    document = report(result)
    (node,) = document["nodes"]
    assert (document["version"], document["stack"], document["mode"]) == (1, "dev", "database")
    assert [(each["key"], each["fields"]) for each in node["changed"]] == [
        ("consumer/free/rate-limiting", [{"path": ["config", "minute"], "desired": 1000, "live": 5000}])
    ]
    assert [each["key"] for each in node["unowned"]] == ["nobodys"]


def test_what_nobody_owns_is_listed_when_asked_for(run: Run, kong: httpx.Client) -> None:
    kong.post("/services", json={"name": "nobodys", "host": "x"})

    assert "nobodys" not in run().stdout
    assert run("--all").exit_code == 0
    assert "  + service  nobodys" in run("--all").stdout


def test_secrets_are_in_no_output(run: Run, kong: httpx.Client) -> None:
    consumer = {"id": identity(stack_state("dev"), "consumers", "free")}
    kong.post("/key-auths", json={"key": SECRET, "consumer": consumer})
    kong.post("/basic-auths", json={"username": "u", "password": SECRET, "consumer": consumer})
    kong.patch(path("plugins", "consumer/free/rate-limiting"), json={"config": {"redis": {"password": SECRET}}})
    kong.post("/plugins", json={"name": "http-log", "config": {"http_endpoint": f"http://x.test/{SECRET}"}})

    for arguments in ((), ("--all",), ("--json",)):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "[secret]" in result.stdout
        assert SECRET not in result.stdout + result.stderr


def test_nothing_is_written(run: Run, standin: RunningStandin, kong: httpx.Client) -> None:
    kong.delete(path("plugins", "route/omnify-eyes/acl"))
    before = standin.store.version

    assert run().exit_code == 2
    assert standin.store.version == before


def write(folder: Path, *edits: Edit) -> str:
    """A stack file of dev with edits."""
    file = folder / "Pulumi.dev.yaml"
    config = {f"omnify-gateway:{key}": value for key, value in edited("dev", *edits).items()}
    file.write_text(yaml.safe_dump({"config": config}))
    return str(file)


def test_a_field_that_others_may_change_is_no_drift(run: Run, kong: httpx.Client, tmp_path: Path) -> None:
    kong.patch(path("plugins", "consumer/free/rate-limiting"), json={"config": {"minute": 5000}})
    entry = {"kind": "plugins", "name": "consumer/*/rate-limiting", "fields": ["config.minute"]}
    file = write(tmp_path, put("drift.allowed", [entry | {"reason": "The people on call turn it."}]))

    result = run("--config-file", file)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "✓ dev is as declared: 33 entities",
        "  not counted: 1 changed as `drift.allowed` has it (--all lists them)",
    ]


def test_wrong_settings_are_said_and_nothing_is_asked(run: Run, standin: RunningStandin, tmp_path: Path) -> None:
    standin.faults.begin(Fault("hang"))

    result = run("--config-file", write(tmp_path, put("platform.replicas", 0)))

    assert result.exit_code == 1
    assert "platform.replicas" in str(result.exception)


# What goes wrong on the way


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("error"), "it answers 500. Look at Kong's log"),
        (Fault("unavailable"), "it answers 503). Is Kong running"),
        (Fault("hang"), "ReadTimeout). Is Kong running"),
        (Fault("close"), "RemoteProtocolError"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_an_admin_api_that_fails_is_said_with_what_to_look_at(
    run: Run, standin: RunningStandin, fault: Fault, said: str
) -> None:
    standin.faults.begin(fault)

    result = run()

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"✗ cannot read Kong at {standin.admin_url}: " in result.stderr
    assert said in result.stderr


def test_an_admin_api_that_comes_back_in_time_is_waited_for(run: Run, standin: RunningStandin) -> None:
    standin.faults.begin(Fault("unavailable", requests=8))

    result = run()

    assert result.exit_code == 0
    assert result.stderr.startswith(f"{standin.admin_url}: waiting for Kong's Admin API (it answers 503)")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9", "does kongAdminUri (or GATEWAY_ADMIN_URL) point to it from here?"),
        ("localhost:8001", "'localhost:8001' is no Admin API address; write http://HOST:8001"),
        ("http://somebody:hunter2@127.0.0.1:9", "cannot read Kong at http://127.0.0.1:9: "),
    ],
)
def test_an_address_where_nothing_is_is_said(monkeypatch: pytest.MonkeyPatch, address: str, said: str) -> None:
    monkeypatch.setenv(OVERRIDE, address)

    result = drift()

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert "hunter2" not in result.stderr


def test_what_is_no_admin_api_is_not_taken_for_an_empty_gateway(
    monkeypatch: pytest.MonkeyPatch, standin: RunningStandin
) -> None:
    monkeypatch.setenv(OVERRIDE, standin.proxy_url)

    result = drift()

    assert result.exit_code == 1
    assert "that is not the Admin API's answer" in result.stderr


# Pages


def counted(standin: RunningStandin) -> list[str]:
    """The methods of all requests from now on."""
    methods: list[str] = []
    strike = standin.faults.strike

    def count(method: str) -> Any:
        methods.append(method)
        return strike(method)

    standin.faults.strike = count
    return methods


def test_ten_thousand_entities_are_compared_with_a_request_for_each_page(
    run: Run, standin: RunningStandin, kong: httpx.Client, tmp_path: Path
) -> None:
    names = [f"api-{number:04}" for number in range(1_150)]
    apis = [{"name": name, "retries": 1, "routes": [_route(name, number) for number in range(3)]} for name in names]
    file = write(tmp_path, put("apis", apis), put("backends", dict.fromkeys(names, "http://x.test")))
    state = stack_state_of(file)
    live = together(applied(state), live_entity("upstreams", name="u", slots=10), live_entity("upstreams", name="v"))
    standin.store.load({kind: each.values() for kind, each in live.items()}, None)
    somewhere = state.document(list(state)[7_000])
    kong.patch(f"/plugins/{somewhere['id']}", json={"enabled": False})
    methods = counted(standin)

    # An answer that a busy machine gives late would be asked for again.
    result = run("--config-file", file, "--json", "--timeout", "120")

    (node,) = report(result)["nodes"]
    assert node["declared"] > 10_000
    assert [(each["id"], each["fields"][0]["path"]) for each in node["changed"]] == [(somewhere["id"], ["enabled"])]
    assert (node["missing"], node["undeclared"], len(node["unowned"])) == ([], [], 2)
    # An empty collection has a page, too, and so has each upstream's list of targets.
    pages = sum(max(1, -(-len(live.get(kind.kind, {})) // 1000)) for kind in TYPES if kind.kind != "targets")
    assert methods == ["GET"] * (pages + 2)


def _route(name: str, number: int) -> dict[str, Any]:
    access = {"groups": ["pro"]} if number else {"public": "Nothing here needs a token."}
    return {"name": f"{name}-{number}", "paths": [f"/{name}/{number}/"], "methods": ["GET"], "access": access}


def stack_state_of(file: str) -> DesiredState:
    """What Kong should hold for dev with this file."""
    return desired_state(stack_settings("dev", Path(file)), OWNER)


# Without a database


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, RunningStandin]]:
    """Three gateways without a database, each with the file of the stack, as the pods that a cluster has."""
    pods: dict[str, RunningStandin] = {}
    file = Path(write(tmp_path, put("mode", "dbless")))
    declarative = declarative_yaml(stack_state_of(str(file)))

    async def ready_pods(address: TunnelAddress) -> Sequence[str]:
        assert (address.service, address.port) == ("kong-admin", "8001")
        return tuple(pods)

    def way(address: TunnelAddress, pod: str) -> Address:
        assert address.context == "kind-omnify"
        return Address(pods[pod].admin_url)

    monkeypatch.delenv(OVERRIDE, raising=False)
    monkeypatch.setattr(tunnel, "ready_pods", ready_pods)
    monkeypatch.setattr(tunnel, "Tunnel", way)
    with ExitStack() as stack:
        for pod in ("kong-a", "kong-b", "kong-c"):
            pods[pod] = stack.enter_context(running_standin(Options(database="off")))
            give(pods[pod], declarative)
        yield pods


def give(node: RunningStandin, declarative: str) -> None:
    """Let a node run another declarative file."""
    httpx.post(f"{node.admin_url}/config", json={"config": declarative}).raise_for_status()


def test_nodes_without_a_database_that_run_what_is_declared_are_one_line(
    nodes: dict[str, RunningStandin], tmp_path: Path
) -> None:
    result = drift("--config-file", str(tmp_path / "Pulumi.dev.yaml"))

    assert result.stdout == "3 of 3 nodes: kong-a, kong-b, kong-c\n✓ dev is as declared: 33 entities\n"
    assert result.exit_code == 0


def test_a_node_that_runs_something_else_is_named(nodes: dict[str, RunningStandin], tmp_path: Path) -> None:
    file = str(tmp_path / "Pulumi.dev.yaml")
    document = yaml.safe_load(declarative_yaml(stack_state_of(file)))
    document["services"][0]["host"] = "elsewhere.test"
    document["consumers"].append({"username": "somebody"})
    give(nodes["kong-b"], yaml.safe_dump(document))

    result = drift("--config-file", file, "--json")

    assert result.exit_code == 2
    right, wrong = report(result)["nodes"]
    assert (right["pods"], right["clean"]) == (["kong-a", "kong-c"], True)
    assert (wrong["pods"], wrong["clean"]) == (["kong-b"], False)
    assert [each["fields"][0]["live"] for each in wrong["changed"]] == ["elsewhere.test"]
    assert [(each["key"], each["tie"]) for each in wrong["undeclared"]] == [("somebody", "node")]


def test_a_node_that_cannot_be_read_is_named(nodes: dict[str, RunningStandin], tmp_path: Path) -> None:
    nodes["kong-c"].faults.begin(Fault("error"))

    result = drift("--config-file", str(tmp_path / "Pulumi.dev.yaml"))

    assert result.exit_code == 1
    assert "kong-admin:8001, pod kong-c: Kong's Admin API failed 3 times" in result.stderr


def test_an_address_from_the_environment_is_one_node(
    nodes: dict[str, RunningStandin], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(OVERRIDE, nodes["kong-a"].admin_url)

    result = drift("--config-file", str(tmp_path / "Pulumi.dev.yaml"))

    assert (result.exit_code, result.stdout) == (0, "✓ dev is as declared: 33 entities\n")


def test_a_gateway_without_a_ready_node_is_said(nodes: dict[str, RunningStandin], tmp_path: Path) -> None:
    nodes.clear()

    result = drift("--config-file", str(tmp_path / "Pulumi.dev.yaml"))

    assert result.exit_code == 1
    assert "no pod of the gateway is ready in omnify-gateway of context 'kind-omnify'" in result.stderr


def test_a_cluster_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(OVERRIDE, raising=False)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    for mode in ("database", "dbless"):
        result = drift("--config-file", write(tmp_path, put("mode", mode)))

        assert result.exit_code == 1
        assert "kind-omnify" in result.stderr
        assert "kong-admin" in result.stderr
