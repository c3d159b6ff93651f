"""Where the management API works in a rehearsal: on what `make up` has brought up, or on a stand-in of its own."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from management.engine.automation import AutomationEngine
from management.engine.protocol import Engine
from provider.settings import OVERRIDE
from sandbox.cluster.kubeconfig import CONTEXT, Cluster
from sandbox.kong.gateway import Gateway, Options
from sandbox.management.engine import SandboxEngine
from sandbox.rehearsal import realm
from sandbox.rehearsal.cli import PASSPHRASE, PulumiStack
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.places import place
from sandbox.rehearsal.stack import rehearsed, write_stack_file


@dataclass(frozen=True)
class Site:
    """Where the application works."""

    title: str
    """What it is, for people."""
    file: Path
    """The stack's file, which changes are written into."""
    state: Path
    engine: Engine
    status_urls: tuple[str, ...] = ()
    """Where Kong's nodes say how they are, where the cluster does not tell."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the application's processes need besides."""


@asynccontextmanager
async def site(stack: str, layout: Layout) -> AsyncGenerator[Site]:
    """The rehearsal of a stack where one is up, else a stand-in for Kong as long as the block lasts."""
    if layout.kept(stack) is not None:
        yield rehearsal(stack, layout)
        return
    async with Gateway(Options()).running() as ports:
        folder = layout.root / "management"
        file = folder / f"Pulumi.{stack}.yaml"
        if not file.exists():
            write_stack_file(_document(stack, layout), file)
        address = "http://127.0.0.1:{}".format
        yield Site(
            title="a stand-in for Kong, without a cluster: `make up` first brings one",
            file=file,
            state=folder,
            engine=SandboxEngine(stack, folder / f"{stack}.sandbox.json"),
            status_urls=(address(ports.status),),
            environment={OVERRIDE: address(ports.admin)},
        )


def rehearsal(stack: str, layout: Layout) -> Site:
    """The rehearsal that `make up` has brought up."""
    cluster = place(layout).cluster(lambda _: None)
    environment = {"KUBECONFIG": str(cluster.kubeconfig)}
    return Site(
        title="the rehearsal that is up",
        file=layout.stack_file(stack),
        state=layout.root / "management",
        engine=_engine(stack, layout, cluster),
        environment=environment,
    )


def _engine(stack: str, layout: Layout, cluster: Cluster) -> Engine:
    if PulumiStack.cli() is None:
        return SandboxEngine(stack, layout.engine_state(stack), cluster)
    backend = {"PULUMI_BACKEND_URL": layout.pulumi.as_uri(), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    return AutomationEngine(stack, {**backend, "KUBECONFIG": str(cluster.kubeconfig)})


def _document(stack: str, layout: Layout) -> Mapping[str, JsonValue]:
    key = realm.public_key(realm.signing_key(layout.signing_key))
    return rehearsed(stack, context=CONTEXT, public_key=key, backend=None, overrides={})


def enter(environment: Mapping[str, str]) -> None:
    """Give this process, and those that it starts, what a site needs."""
    os.environ.update(environment)
