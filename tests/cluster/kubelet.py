"""A kubelet for the gateway's pods: each is a process of the stand-in, which ends as the pod's own specification says.

kwok only says of a pod that it runs. This one starts and ends something for it, in the order of the real one:
preStop, SIGTERM to what is left after it, SIGKILL when the grace period is over. The preStop is `kong quit`, and its
steps are those of Kong's kong/cmd/quit.lua: wait, SIGQUIT, SIGTERM after the timeout.
"""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest

_FINALIZER = "tests.omnify.local/kubelet"
"""Keeps a pod that was deleted until its process is gone, as a real kubelet does; kwok would drop it at once."""
_PAUSE = 0.1


@dataclass(frozen=True)
class Ending:
    """How a pod ends, in seconds."""

    wait: float
    """How long it goes on answering (`kong quit --wait`)."""
    timeout: float
    """How long running requests have after that (`kong quit --timeout`)."""
    grace: float
    """When it is killed, counted from its deletion."""

    @classmethod
    def of(cls, pod: Manifest) -> "Ending":
        """As the pod's specification says."""
        (kong,) = [each for each in pod["spec"]["containers"] if each["name"] == "kong"]
        command: list[str] = kong["lifecycle"]["preStop"]["exec"]["command"]
        assert command[:2] == ["kong", "quit"]
        options = dict(option.removeprefix("--").split("=") for option in command[2:])
        grace = pod["spec"]["terminationGracePeriodSeconds"]
        return cls(wait=float(options["wait"]), timeout=float(options["timeout"]), grace=float(grace))


@dataclass
class Kubelet:
    """The processes of the pods that some labels select."""

    objects: Objects
    namespace: str
    arguments: Sequence[str]
    """What each process is started with."""
    kong_yml: str
    """What it serves."""
    ports: dict[str, int] = field(default_factory=dict[str, int])
    """By the pod's name, where its proxy listens."""
    exits: list[int] = field(default_factory=list[int])
    """With what the processes ended that were told to."""
    _tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict[str, "asyncio.Task[None]"])

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Look after pods inside the block."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(watching, *self._tasks.values(), return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            for pod in await self.objects.of_kind("v1", "Pod", self.namespace):
                name = pod["metadata"]["name"]
                if name not in self._tasks:
                    self._tasks[name] = asyncio.create_task(self._look_after(pod))
            await asyncio.sleep(_PAUSE)

    async def _look_after(self, pod: Manifest) -> None:
        name = pod["metadata"]["name"]
        await self._mark(pod, [_FINALIZER])
        process = await _started(self.arguments)
        try:
            assert process.stdout is not None
            ports = json.loads(await process.stdout.readline())
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['admin']}", trust_env=False) as admin:
                (await admin.post("/config", json={"config": self.kong_yml})).raise_for_status()
            self.ports[name] = ports["proxy"]
            await self._deletion(pod)
            await _end(process, Ending.of(pod))
            self.exits.append(process.returncode or 0)
            await self._mark(pod, [])
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _mark(self, pod: Manifest, finalizers: list[str]) -> None:
        metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
        await self.objects.apply(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, "finalizers": finalizers}}
        )

    async def _deletion(self, pod: Manifest) -> None:
        while (live := await self.objects.get(pod)) and "deletionTimestamp" not in live["metadata"]:  # noqa: ASYNC110 - the cluster's, not ours
            await asyncio.sleep(_PAUSE)


async def _started(arguments: Sequence[str]) -> asyncio.subprocess.Process:
    ports = ("--admin-port", "0", "--proxy-port", "0", "--status-port", "0")
    command = (sys.executable, "-m", "sandbox.kong", *ports, *arguments)
    root = Path(__file__).parents[2]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=root)


async def _end(process: asyncio.subprocess.Process, ending: Ending) -> None:
    killed_at = time.monotonic() + ending.grace
    await asyncio.sleep(min(ending.wait, ending.grace))
    process.send_signal(signal.SIGQUIT)
    if not await _gone(process, min(ending.timeout, killed_at - time.monotonic())):
        process.send_signal(signal.SIGTERM)
        if not await _gone(process, killed_at - time.monotonic()):
            process.kill()
    await process.wait()


async def _gone(process: asyncio.subprocess.Process, seconds: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    return True
