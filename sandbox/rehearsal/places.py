"""Where a rehearsal happens: on the sandbox's own control plane with a stand-in for Kong, or on a cluster at hand."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from urllib.parse import quote

import httpx
import kr8s

from components.outputs import GatewayOutputs
from components.platform.kong_conf import gateway_environment
from components.platform.names import KONG, tunnel_to_admin
from config.admin import AdminTunnel
from config.files import NAMESPACE
from config.stack import StackSettings
from entities.administration import seed
from entities.state import Owner
from provider.settings import OVERRIDE, TunnelAddress
from provider.tunnel import Tunnel
from sandbox.cluster import build, controlplane, kubeconfig
from sandbox.cluster.kubeconfig import Cluster, KubeconfigError
from sandbox.cluster.objects import Objects
from sandbox.cluster.progress import Report
from sandbox.kong.proxy.edge import PROPERTIES
from sandbox.rehearsal import backend_in_cluster, gateway
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.seeding import play_seeding, rehearsed_values


class UnknownPlaceError(Exception):
    """CLUSTER names no place; the message says what it may be."""


@dataclass(frozen=True)
class Reachable:
    """Where a gateway answers that is up."""

    proxy: str
    metrics: str


class Place(Protocol):
    """A place for rehearsals."""

    @property
    def layout(self) -> Layout:
        """Where the rehearsals of this place keep what they keep."""
        ...

    @property
    def context(self) -> str:
        """The kubeconfig context that stacks are applied to; known before the cluster runs."""
        ...

    @property
    def preparation(self) -> str:
        """What `prepare` does, for people."""
        ...

    @property
    def backend(self) -> str | None:
        """The backend that takes the place of every API's own; None where the stack's own URLs lead to it."""
        ...

    def cluster(self, report: Report) -> Cluster:
        """The cluster, running."""
        ...

    def prepare(self, stack: str, settings: StackSettings, cluster: Cluster) -> None:
        """Run what must run before the stack is applied."""
        ...

    def applied(self, settings: StackSettings, cluster: Cluster) -> None:
        """Do what pods do once a stack in DB-less mode is applied: read the file that they mount."""
        ...

    def reached(self, outputs: GatewayOutputs) -> AbstractAsyncContextManager[Reachable]:
        """The gateway, as it can be reached from this machine."""
        ...

    def leave(self) -> None:
        """End what runs for rehearsals."""
        ...


class OwnPlace:
    """The built control plane, whose pods run nothing: their ports lead to the stand-in on this machine."""

    context = kubeconfig.CONTEXT
    preparation = "gateway processes"

    def __init__(self, layout: Layout, environment: Mapping[str, str]) -> None:
        self.layout = layout
        self._environment = environment

    @cached_property
    def _at(self) -> gateway.GatewayAddresses:
        # Not before the rehearsal's lock is held: it chooses ports.
        return gateway.addresses(self.layout, self._environment)

    @property
    def backend(self) -> str | None:
        """A real Kong must be told where the backend is; the stand-in finds it under the stack's own URL."""
        return self._at.backend if self._at.real else None

    def cluster(self, report: Report) -> Cluster:
        """Build the control plane when it is not there, and start it when it does not run."""
        binary = build.build(report)
        return controlplane.start(self.layout.cluster, binary, port_mappings=self._at.port_mappings(), report=report)

    def prepare(self, stack: str, settings: StackSettings, cluster: Cluster) -> None:
        """Start the gateway's processes. The provider's tunnel leads to them."""
        del cluster
        gateway.start(
            self.layout,
            self._at,
            stack=stack,
            mode=settings.mode,
            backends=settings.backends,
            properties=_followed(settings),
        )
        # Nothing here has the address by which another pod would come, or a program from outside.
        if not isinstance(settings.admin, AdminTunnel):
            os.environ[OVERRIDE] = tunnel_to_admin(settings)
        loopback = seed(settings, Owner(NAMESPACE, stack))
        if loopback is not None:
            play_seeding(loopback, self._at.admin, rehearsed_values(loopback))

    def applied(self, settings: StackSettings, cluster: Cluster) -> None:
        """Give the stand-in what the pods mount."""
        gateway.load_declarative(self._at, asyncio.run(_mounted(cluster, settings.cluster.namespace)))

    @asynccontextmanager
    async def reached(self, outputs: GatewayOutputs) -> AsyncGenerator[Reachable]:
        """At its ports on this machine."""
        del outputs
        yield Reachable(proxy=self._at.proxy, metrics=f"{self._at.metrics}/metrics")

    def leave(self) -> None:
        """End the gateway and the control plane; what the control plane holds goes with it."""
        gateway.stop(self.layout)
        controlplane.erase(self.layout.cluster)
        for kept in self.layout.of_cluster():
            shutil.rmtree(kept, ignore_errors=True)


class CurrentPlace:
    """The cluster of the kubeconfig at hand, whose pods are real."""

    preparation = "backend in the cluster"

    def __init__(self, root: Layout, cluster: Cluster) -> None:
        # What was applied to one cluster says nothing about another.
        self.layout = Layout(root.root / "current" / quote(cluster.context, safe=""))
        self.context = cluster.context
        self._cluster = cluster

    @property
    def backend(self) -> str | None:
        """A small backend inside the cluster."""
        return backend_in_cluster.URL

    def cluster(self, report: Report) -> Cluster:
        """The kubeconfig's current context, which must answer."""
        del report
        asyncio.run(_answers(self._cluster))
        return self._cluster

    def prepare(self, stack: str, settings: StackSettings, cluster: Cluster) -> None:
        """Deploy the backend."""
        del stack, settings
        asyncio.run(backend_in_cluster.deploy(cluster))

    def applied(self, settings: StackSettings, cluster: Cluster) -> None:
        """Nothing: the pods are real."""

    @asynccontextmanager
    async def reached(self, outputs: GatewayOutputs) -> AsyncGenerator[Reachable]:
        """Through tunnels to the Services."""
        proxy = _tunnel(outputs, outputs.services.proxy, "proxy")
        metrics = _tunnel(outputs, outputs.services.metrics, "metrics")
        try:
            yield Reachable(proxy=await proxy.url(), metrics=f"{await metrics.url()}/metrics")
        finally:
            await proxy.close()
            await metrics.close()

    def leave(self) -> None:
        """Take the backend away; the cluster stays."""
        asyncio.run(backend_in_cluster.remove(self._cluster))


def place(layout: Layout, environment: Mapping[str, str] = os.environ) -> Place:
    """The place that CLUSTER names: `current` for the kubeconfig at hand, the sandbox's own without it.

    Raises:
        KubeconfigError: there is no usable kubeconfig at hand.
        UnknownPlaceError: CLUSTER names neither.
    """
    named = environment.get("CLUSTER") or "own"
    if named == "own":
        return OwnPlace(layout, environment)
    if named == "current":
        return CurrentPlace(layout, kubeconfig.current(environment))
    raise UnknownPlaceError(f"CLUSTER={named} is no place; write `current` for the kubeconfig at hand, or nothing")


async def _answers(cluster: Cluster) -> None:
    try:
        objects = await Objects.of(cluster, field_manager="omnify-rehearsal")
        await objects.api.async_version()  # pyright: ignore[reportUnknownMemberType] - untyped in kr8s
    except (httpx.TransportError, kr8s.APITimeoutError, kr8s.ServerError) as error:
        raise KubeconfigError(
            f"CLUSTER=current: the context {cluster.context!r} of {cluster.kubeconfig} does not answer"
            f" ({str(error) or type(error).__name__}); start that cluster, or choose another context"
        ) from error


def _followed(settings: StackSettings) -> Mapping[str, str]:
    """What the pods' environment says that the stand-in follows, by its name in kong.conf."""
    given = gateway_environment(settings).values.items()
    named = {name.removeprefix("KONG_").lower(): value for name, value in given}
    return {name: value for name, value in named.items() if name in PROPERTIES}


def _tunnel(outputs: GatewayOutputs, service: str, port: str) -> Tunnel:
    return Tunnel(TunnelAddress(outputs.context, outputs.namespace, service, port))


async def _mounted(cluster: Cluster, namespace: str) -> str:
    """The kong.yml that the gateway's Deployment mounts."""
    objects = await Objects.of(cluster, field_manager="omnify-rehearsal")
    place = {"name": KONG, "namespace": namespace}
    deployment = await objects.get({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place})
    volumes = (deployment or {})["spec"]["template"]["spec"]["volumes"]
    name = next(volume["configMap"]["name"] for volume in volumes if "configMap" in volume)
    mounted = await objects.get({"apiVersion": "v1", "kind": "ConfigMap", "metadata": place | {"name": name}})
    return next(iter((mounted or {})["data"].values()))
