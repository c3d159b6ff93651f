"""The way to an Admin API inside a cluster, with Kubernetes played by the test."""
# What these tests look at has no other way in.
# pyright: reportPrivateUsage=false

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kr8s
import pytest

from provider import tunnel as module
from provider.admin import AdminUnavailableError
from provider.connection import open_admin
from provider.settings import TunnelAddress, read_settings
from provider.tunnel import Tunnel, ready_pods
from tests.provider.engine import TAGS, running_engine
from tests.provider.gateway import TestGateway

ADDRESS = TunnelAddress("kind", "kong", "kong-admin", "8001")


class Cluster:
    """A service, the pods that are ready behind it, and the forwards that were opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, local_port: int) -> None:
        self.pods: list[str] = []
        self.ending: set[str] = set()
        self.opened: list[tuple[str, int]] = []
        self.stopped = 0
        self.local_port = local_port
        self.contexts: list[str | None] = []
        self.service: Any = SimpleNamespace(
            name="kong-admin",
            raw={"spec": {"ports": [{"name": "http", "port": 8001, "targetPort": "admin"}]}},
            ready_pods=self._ready,
        )
        monkeypatch.setattr(kr8s.asyncio, "api", self._api)
        monkeypatch.setattr(module.Service, "get", self._get)
        monkeypatch.setattr(module, "Forward", self._forward)

    async def _api(self, context: str | None, namespace: str) -> None:
        self.contexts.append(context)

    async def _get(self, name: str, namespace: str, api: Any) -> Any:
        if (name, namespace) != ("kong-admin", "kong"):
            raise kr8s.NotFoundError(name)
        return self.service

    async def _ready(self) -> list[Any]:
        return [self._pod(name) for name in self.pods]

    def _pod(self, name: str) -> Any:
        ports = [{"name": "admin", "containerPort": 18001}]
        metadata = {"deletionTimestamp": "2026-11-24T00:00:00Z"} if name in self.ending else {}
        return SimpleNamespace(name=name, raw={"metadata": metadata, "spec": {"containers": [{"ports": ports}]}})

    def _forward(self, pod: Any, port: int, local_port: str) -> Any:
        async def start() -> int:
            self.opened.append((pod.name, port))
            return self.local_port

        async def stop() -> None:
            self.stopped += 1

        async def connections_closed() -> None:
            assert self.stopped

        return SimpleNamespace(start=start, stop=stop, connections_closed=connections_closed)


async def test_a_tunnel_leads_to_the_named_port_of_a_ready_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch, 4711)
    cluster.pods = ["kong-1"]
    tunnel = Tunnel(ADDRESS)

    assert await tunnel.url() == await tunnel.url() == "http://127.0.0.1:4711"

    assert cluster.opened == [("kong-1", 18001)]
    assert cluster.contexts == ["kind"]


async def test_without_a_ready_pod_there_is_no_connection_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    Cluster(monkeypatch, 4711)

    with pytest.raises(ConnectionError, match="no tunnel to kong/kong-admin:8001: no pod is ready behind it"):
        await Tunnel(ADDRESS).url()


async def test_a_tunnel_leads_to_no_pod_that_is_about_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch, 4711)
    cluster.pods, cluster.ending = ["kong-1", "kong-2"], {"kong-1"}

    await Tunnel(ADDRESS).url()

    assert cluster.opened == [("kong-2", 18001)]
    assert await ready_pods(ADDRESS) == ("kong-2",)


async def test_a_tunnel_may_lead_to_one_pod_and_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch, 4711)
    cluster.pods = ["kong-1", "kong-2"]

    await Tunnel(ADDRESS, "kong-2").url()

    assert cluster.opened == [("kong-2", 18001)]
    with pytest.raises(ConnectionError, match="the pod kong-3 is not ready behind it"):
        await Tunnel(ADDRESS, "kong-3").url()


async def test_a_missing_service_is_no_connection_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    Cluster(monkeypatch, 4711)

    with pytest.raises(ConnectionError, match="no tunnel to kong/other:8001"):
        await Tunnel(TunnelAddress(None, "kong", "other", "8001")).url()


KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: kind, context: {cluster: c, user: u}}]
users: [{name: u, user: USER}]
current-context: kind
"""


def kubeconfig(folder: Path, monkeypatch: pytest.MonkeyPatch, user: str = "{token: x}") -> Path:
    """A kubeconfig whose cluster does not answer."""
    file = folder / "kubeconfig"
    file.write_text(KUBECONFIG.replace("USER", user))
    monkeypatch.setenv("KUBECONFIG", str(file))
    return file


async def test_a_context_that_the_kubeconfig_has_not_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = kubeconfig(tmp_path, monkeypatch)
    said: list[str] = []

    async def say(text: str) -> None:
        said.append(text)

    admin = open_admin(read_settings({"kongAdminUri": "kubernetes://other/kong/kong-admin:8001"}, {}), say=say)
    with pytest.raises(AdminUnavailableError) as refusal:
        await admin.get("/services/a")
    await admin.close()

    assert str(refusal.value) == (
        f"the kubeconfig {file} does not lead to context 'other' (No such context other); "
        "'kubectl config get-contexts' lists what it has, and KUBECONFIG names another file"
    )
    assert said == []


async def test_without_a_kubeconfig_there_is_no_waiting_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    with pytest.raises(AdminUnavailableError, match="none does not lead to context 'kind'"):
        await Tunnel(ADDRESS).url()
    with pytest.raises(AdminUnavailableError, match="none does not lead to context 'kind'"):
        await ready_pods(ADDRESS)


async def test_an_expired_login_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (
        "{apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo it has expired >&2; exit 1']}"
    )
    kubeconfig(tmp_path, monkeypatch, user=f"{{exec: {command}}}")

    with pytest.raises(ConnectionError, match=r"no credentials for the cluster: .* code 1: it has expired$"):
        await Tunnel(ADDRESS).url()


async def test_a_lost_tunnel_opens_to_the_pod_that_is_ready_now(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch, 4711)
    cluster.pods = ["kong-1"]
    tunnel = Tunnel(ADDRESS)
    first = await tunnel.url()
    cluster.pods, cluster.local_port = ["kong-2"], 4712

    await tunnel.lost(first)
    second = await tunnel.url()
    await tunnel.lost(first)

    assert second == await tunnel.url() == "http://127.0.0.1:4712"
    assert cluster.opened == [("kong-1", 18001), ("kong-2", 18001)]
    assert cluster.stopped == 1


async def test_the_provider_waits_for_a_pod_and_goes_through_the_tunnel(
    monkeypatch: pytest.MonkeyPatch, kong: TestGateway
) -> None:
    cluster = Cluster(monkeypatch, int(kong.url.rsplit(":", 1)[1]))

    async def appear() -> list[Any]:
        cluster.service.ready_pods = cluster._ready
        cluster.pods = ["kong-1"]
        return []

    cluster.service.ready_pods = appear
    async with running_engine("kubernetes://kind/kong/kong-admin:8001") as engine:
        assert not cluster.contexts
        await engine.create("Service", "s", {"name": "s", "protocol": "http", "host": "a.example", "tags": TAGS})

    assert len(await kong.all("services")) == 1
    assert cluster.stopped == 1
