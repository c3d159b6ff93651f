"""The password of a bundled store: read back where it exists, made where it does not, never guessed at."""

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pulumi
import pytest
import yaml

from components.platform.password import UNKNOWN, ClusterUnreachableError, encoded, store_password
from config.cluster import Cluster

CLUSTER = Cluster(context="here", namespace="omnify-gateway")
SECRET = "/api/v1/namespaces/omnify-gateway/secrets/postgres"
VERSION = (200, {"gitVersion": "v1.34.0", "major": "1", "minor": "34"})

Answers = dict[str, tuple[int, dict[str, Any]]]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Answers]:
    """An API server on this machine, behind the context `here`; by path, what it answers."""
    answers: Answers = {"/version": VERSION}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path.rstrip("/"), (404, {"message": "not found"}))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    _write_kubeconfig(monkeypatch, tmp_path, server.server_port)
    yield answers
    server.shutdown()
    server.server_close()


def _write_kubeconfig(monkeypatch: pytest.MonkeyPatch, directory: Path, port: int) -> None:
    named = {"name": "here", "context": {"cluster": "here", "user": "here"}}
    kubeconfig: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [named],
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "here", "user": {}}],
    }
    (directory / "kubeconfig").write_text(yaml.safe_dump(kubeconfig))
    monkeypatch.setenv("KUBECONFIG", str(directory / "kubeconfig"))


def _dry_run(monkeypatch: pytest.MonkeyPatch, *, preview: bool) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: preview)


def _kept(password: str) -> tuple[int, dict[str, Any]]:
    return 200, {"data": {"password": base64.b64encode(password.encode()).decode()}}


def test_a_password_in_the_cluster_is_used_again(api: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    _dry_run(monkeypatch, preview=False)
    api[SECRET] = _kept("kept since the first update")
    assert store_password(CLUSTER, "postgres") == "kept since the first update"


async def test_it_can_be_asked_for_while_the_programs_event_loop_runs(
    api: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    _dry_run(monkeypatch, preview=False)
    api[SECRET] = _kept("kept")
    assert store_password(CLUSTER, "postgres") == "kept"


def test_where_the_cluster_has_none_each_update_makes_another(api: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    _dry_run(monkeypatch, preview=False)
    made = {store_password(CLUSTER, "postgres"), store_password(CLUSTER, "postgres")}
    assert len(made) == 2
    assert all(len(password) == 43 and password != UNKNOWN for password in made)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_refusal_does_not_mean_that_there_is_none(api: Answers, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """A new password for a database that has one would lock Kong out."""
    _dry_run(monkeypatch, preview=False)
    api[SECRET] = (status, {"message": "no"})
    with pytest.raises(ClusterUnreachableError, match="cannot read the Secret 'postgres'"):
        store_password(CLUSTER, "postgres")


@pytest.fixture(params=["no server", "no context", "no kubeconfig"])
def no_cluster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cluster:
    """A cluster that cannot be asked."""
    _write_kubeconfig(monkeypatch, tmp_path, 1)
    if request.param == "no kubeconfig":
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    return Cluster(context="elsewhere") if request.param == "no context" else CLUSTER


def test_an_update_without_the_cluster_fails_and_says_what_to_check(
    no_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    _dry_run(monkeypatch, preview=False)
    with pytest.raises(ClusterUnreachableError) as refusal:
        store_password(no_cluster, "postgres")
    assert str(refusal.value).startswith(
        "cannot read the Secret 'postgres' in namespace 'omnify-gateway': "
        f"the cluster of context '{no_cluster.context}' did not answer ("
    )
    assert f"check cluster.context and 'kubectl --context {no_cluster.context} get namespaces'" in str(refusal.value)


def test_a_preview_asks_no_cluster(no_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    _dry_run(monkeypatch, preview=True)
    assert store_password(no_cluster, "postgres") == UNKNOWN


async def test_a_preview_leaves_open_what_the_update_makes_so_that_a_plan_holds() -> None:
    unknown = encoded(UNKNOWN)

    assert isinstance(unknown, pulumi.Output)
    assert not await unknown.is_known()
    assert encoded("made") == "bWFkZQ=="
