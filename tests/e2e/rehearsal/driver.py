"""`python -m sandbox` as people run it, in a directory of its own, without the Pulumi CLI; and what it leaves."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import httpx
import psutil
import yaml
from typing_extensions import override

from components.outputs import GatewayOutputs
from gateway.recording import PROJECT, record
from sandbox.cluster.controlplane import NAMES
from sandbox.cluster.kubeconfig import CONTEXT, Cluster
from sandbox.cluster.objects import Objects
from sandbox.kong.faults import ENDPOINT
from sandbox.rehearsal.gateway import FAULTS
from sandbox.rehearsal.layout import Layout
from sandbox.rehearsal.stack import rehearsed
from tests.unit.guard.tokens import public_key

LIMITS: Final = {"minute": 40, "hour": 60_000, "day": 1_440_000}
"""The smallest that verification can use: it reaches one."""


FORBIDDEN = ("CLUSTER", "KUBECONFIG", "KONG_ADMIN_URL", "KONG_PROXY_URL", "GATEWAY_ADMIN_URL", "FORCE_COLOR")
"""What a user's environment may have, and would rehearse something else."""
_PATIENCE = 240.0

KINDS: Final = ("services", "routes", "plugins", "consumers", "acls", "jwts")
"""The Admin API's collections that a stack fills."""


@dataclass(frozen=True)
class Run:
    """A command that ended."""

    code: int
    text: str

    def lines(self, start: str) -> list[str]:
        """What it printed after a start of a line."""
        return [line.removeprefix(start) for line in self.text.splitlines() if line.startswith(start)]


class _Command(subprocess.Popen[str]):
    """A command that a test which gives up on it does not wait for."""

    @override
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, value, traceback)


@dataclass
class Rehearsals:
    """The rehearsals of one directory."""

    directory: Path
    tools: Path
    """A folder that is the whole PATH."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    standing: tuple[str, str, str] | None = None
    """Stack, sections and environment of the latest `up`, when it succeeded: what stands now."""
    latest: Run = Run(0, "")
    """The latest `up`."""

    @property
    def layout(self) -> Layout:
        """Where it keeps what."""
        return Layout(self.directory)

    def up(self, stack: str = "dev", **sections: Any) -> Run:
        """Run `up` to its end; `sections` are set in the place of the stack's own."""
        with self.starting(stack, **sections) as process:
            text, _ = process.communicate(timeout=_PATIENCE)
        standing = (stack, json.dumps(sections), json.dumps(self.environment))
        self.standing = standing if process.returncode == 0 else None
        self.latest = Run(process.returncode, text)
        return self.latest

    def starting(self, stack: str = "dev", **sections: Any) -> "subprocess.Popen[str]":
        """Start `up`."""
        self.standing = None
        given = {"limits": LIMITS} | sections
        options = [option for key, value in given.items() for option in ("--set", f"{key}={json.dumps(value)}")]
        return self._start("up", "--stack", stack, *options)

    def down(self, stack: str = "dev") -> Run:
        """Run `down`."""
        self.standing = None
        with self._start("down", "--stack", stack) as process:
            text, _ = process.communicate(timeout=_PATIENCE)
        return Run(process.returncode, text)

    def stop(self) -> None:
        """End everything that runs, the quick way."""
        self.standing = None
        with self._start("stop") as process:
            process.communicate(timeout=_PATIENCE)

    def command(self, *arguments: str) -> list[str]:
        """A command line."""
        return [sys.executable, "-m", "sandbox", *arguments, "--directory", str(self.directory)]

    def variables(self) -> dict[str, str]:
        """The environment of a command: the PATH leads to no Pulumi, and to no Go but the one in `tools`."""
        kept = {key: value for key, value in os.environ.items() if key not in FORBIDDEN}
        return kept | {"PATH": str(self.tools), "COLUMNS": "200", FAULTS: "1"} | dict(self.environment)

    def outputs(self, stack: str = "dev") -> GatewayOutputs:
        """The outputs that it wrote."""
        return GatewayOutputs.model_validate(json.loads(self.layout.outputs(stack).read_text())["gateway"])

    def url(self, name: str) -> str:
        """Where the stand-in's `admin`, `proxy` or `status` listens."""
        return f"http://127.0.0.1:{json.loads(self.layout.ports.read_text())[name]}"

    def admin(self, method: str, path: str, **options: Any) -> Any:
        """What the stand-in's Admin API answers."""
        response = httpx.request(method, f"{self.url('admin')}{path}", trust_env=False, **options)
        response.raise_for_status()
        return response.json() if response.content else None

    def entities(self) -> dict[str, list[dict[str, Any]]]:
        """Everything the gateway has, by collection."""
        return {kind: self.admin("GET", f"/{kind}?size=1000")["data"] for kind in KINDS}

    def fault(self, kind: str, **options: Any) -> None:
        """Let the Admin API fail from now on."""
        self.admin("PUT", ENDPOINT, json={"kind": kind, **options})

    def no_fault(self) -> None:
        """Let the Admin API work again."""
        self.admin("DELETE", ENDPOINT)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask the gateway."""
        host = self.outputs().urls.gateway.partition("://")[2]
        return httpx.get(f"{self.url('proxy')}{path}", headers={"Host": host, **headers}, trust_env=False)

    def objects(self, stack: str = "dev") -> dict[str, str]:
        """The objects of a stack by kind and name, with what changes when somebody writes them."""
        return asyncio.run(self._objects(f"omnify-gateway-{stack}"))

    def delete_object(self, version: str, kind: str, name: str) -> None:
        """Take one away, as somebody by hand."""
        place = {"name": name, "namespace": "omnify-gateway-dev"}

        async def deleted() -> None:
            objects = await self._cluster()
            await objects.delete({"apiVersion": version, "kind": kind, "metadata": place})

        asyncio.run(deleted())

    def processes(self) -> list[psutil.Process]:
        """Every process that belongs to the directory."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(str(self.directory) in word for word in process.info["cmdline"] or ())
        ]

    def kill(self, program: str) -> None:
        """End a program of the gateway, as a crash would."""
        process = psutil.Process(json.loads((self.layout.records / f"{program}.json").read_text())["pid"])
        process.kill()
        process.wait()

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        return _Command(
            self.command(*arguments),
            cwd=PROJECT,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    async def _cluster(self) -> Objects:
        kubeconfig = self.layout.cluster / "kubeconfig"
        return await Objects.of(Cluster(kubeconfig, CONTEXT, None), field_manager="tests")

    async def _objects(self, namespace: str) -> dict[str, str]:
        objects = await self._cluster()
        found = [
            (live["kind"], live["metadata"])
            for version, kind in _OBJECT_KINDS
            for live in await objects.of_kind(version, kind, namespace)
        ]
        # Controllers write the status of what has a generation, which changes its resource version.
        return {
            f"{kind} {metadata['name']}": f"{metadata['uid']} {metadata.get('generation', metadata['resourceVersion'])}"
            for kind, metadata in found
        }


_OBJECT_KINDS = (
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"),
    ("networking.k8s.io/v1", "Ingress"),
)


@cache
def declared() -> int:
    """How many resources the program declares for the stack dev."""
    document = rehearsed("dev", context=CONTEXT, public_key=public_key(), backend=None, overrides={})
    registrations = record(document, "dev", preview=True).registrations
    return sum(each.custom and not each.type.startswith("pulumi:providers:") for each in registrations)


def until(seen: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait until something is seen while a command runs."""
    deadline = time.monotonic() + _PATIENCE
    while not seen():
        assert process.poll() is None, f"it ended before that: {process.communicate()[0]}"
        assert time.monotonic() < deadline, "it was never seen"
        time.sleep(0.005)


def twice(entities: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """What is there more than once, though it is the same thing."""
    counted = Counter(identity for kind, documents in entities.items() for identity in _identities(kind, documents))
    return [identity for identity, count in counted.items() if count > 1]


def _identities(kind: str, documents: list[dict[str, Any]]) -> Iterator[str]:
    for document in documents:
        scope = [str(document.get(key)) for key in ("service", "route", "consumer")]
        name = document.get("name") or document.get("username") or document.get("group") or document.get("key")
        # Routes and plugins of one name may differ in their scope.
        yield " ".join([kind, str(name), *scope])


def is_there_once(rehearsals: Rehearsals) -> None:
    """The stack dev is whole, with nothing twice: entities, processes, objects."""
    entities = rehearsals.entities()
    assert not twice(entities)
    assert {kind: len(documents) for kind, documents in entities.items()} == {
        "services": 1,
        "routes": 5,
        "plugins": 18,
        "consumers": 3,
        "acls": 3,
        "jwts": 3,
    }
    commands = [process.info["cmdline"] for process in rehearsals.processes()]
    parts = sorted(command[1] for command in commands if "controlplane" in command[0])
    assert parts == sorted(NAMES)
    assert sum("sandbox.kong" in command for command in commands) == 1
    deployments = [name for name in rehearsals.objects() if name.startswith("Deployment")]
    assert deployments == ["Deployment kong"]


def shared_apis() -> list[dict[str, Any]]:
    """The APIs of Pulumi.yaml, to be changed by a test."""
    return yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]["omnify-gateway:apis"]["value"]
