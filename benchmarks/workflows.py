"""Onboardings, all at once, on the real Temporal server: what each costs, and that no side effect is lost or doubled.

While they run, one of the two workers is killed without a word and replaced.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil
from omnify_workflows.naming import CLIENT, TASK_QUEUE, onboarding_id
from omnify_workflows.onboarding.models import Consent, Onboarded, OnboardingOrder
from omnify_workflows.onboarding.workflow import Onboarding
from omnify_workflows.vocabulary import Contact, Platform, Tier
from rich.table import Table
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError

from benchmarks.measuring import together
from sandbox.cluster.build import build
from workflows.rehearsal.stage import Stage, running_stage
from workflows.rehearsal.temporal_server import TEMPORAL

_SIZES: Final = (100, 1_000)
_WORKERS: Final = 2
_LIMIT: Final = 3_600.0
_EFFECTS: Final = (
    "create {}",
    "create user tenant-{}",
    "ask {} for meta",
    "connect {} to meta",
    "store page 1 of {} meta",
    "welcome to {}",
)
"""What an onboarding does outside."""


async def workflows(say: Callable[[str], None]) -> AsyncGenerator[Table]:
    """One table: onboardings by how many there are at once."""
    table = Table(
        "onboardings at once",
        "seconds",
        "each, CPU ms: server",
        "workers",
        "server",
        "effects",
        "lost",
        "doubled",
        title="onboardings, a worker killed in the middle",
    )
    say("the Temporal server")
    binary = await asyncio.to_thread(build, program=TEMPORAL)
    for size in _SIZES:
        say(f"{size:,} onboardings")
        table.add_row(f"{size:,}", *await _measure(binary, size, say))
    yield table


async def _measure(binary: Path, size: int, say: Callable[[str], None]) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as directory:
        async with running_stage(binary, Path(directory), _WORKERS) as stage:
            state = stage.standin.standin.state
            clients = [f"client-{number}" for number in range(size)]
            state.pages.update({f"{client}/meta": 1 for client in clients})
            cpu = _Cpu(stage)
            began = time.monotonic()
            await together(_start(stage.temporal, client) for client in clients)
            killing = asyncio.create_task(_kill_one(stage, cpu, size // 2, say))
            async with asyncio.timeout(_LIMIT):
                await _completed(stage.temporal, size)
            took = time.monotonic() - began
            await killing
            counts = [state.effects[effect.format(client)] for client in clients for effect in _EFFECTS]
            lost, doubled = sum(count == 0 for count in counts), sum(count > 1 for count in counts)
            server, workers = cpu.spent()
            memory = f"{cpu.server.memory_info().rss / 2**20:,.0f} MiB"
            return (
                f"{took:.0f}",
                f"{server / size * 1e3:.0f}",
                f"{workers / size * 1e3:.0f}",
                memory,
                f"{sum(counts):,}",
                str(lost),
                str(doubled),
            )


def _start(temporal: Client, client: str) -> Coroutine[Any, Any, WorkflowHandle[Onboarding, Onboarded]]:
    order = OnboardingOrder(
        client=client,
        name=client,
        contact=Contact(name="Ada Lovelace", email=f"ada@{client}.example"),
        tier=Tier.PRO,
        platforms=(Platform.META,),
    )
    return temporal.start_workflow(
        Onboarding.run,
        order,
        id=onboarding_id(client),
        task_queue=TASK_QUEUE,
        search_attributes=TypedSearchAttributes([SearchAttributePair(CLIENT, client)]),
        start_signal="consent",
        start_signal_args=[Consent(platform=Platform.META, code="from-the-platform")],
    )


async def _completed(temporal: Client, size: int) -> None:
    """Counted, for as many requests that wait for results would be a load of their own."""
    done = 0
    while done < size:
        await asyncio.sleep(1)
        with suppress(RPCError):  # a busy server may be slow with this one
            query = "WorkflowType = 'Onboarding' AND ExecutionStatus = 'Completed'"
            done = (await temporal.count_workflows(query)).count


async def _kill_one(stage: Stage, cpu: "_Cpu", after: int, say: Callable[[str], None]) -> None:
    """When half of the clients are there, for which the other half has begun too."""
    while len(stage.standin.standin.state.clients) < after:  # noqa: ASYNC110 (the stand-in is in another thread)
        await asyncio.sleep(0.1)
    say("a worker is killed and replaced")
    cpu.keep()
    stage.workers[0].kill()
    await stage.workers[0].start()
    cpu.follow()


class _Cpu:
    """Seconds of the processor in the server and in the workers, also in one that is gone."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.server = psutil.Process(stage.server.pid)
        self._before = _of(self.server)
        self._gone = 0.0
        self._workers: list[tuple[psutil.Process, float]] = []
        self.follow(fresh=False)

    def follow(self, *, fresh: bool = True) -> None:
        """Look at the workers that are there now."""
        known = {process.pid for process, _ in self._workers}
        for worker in self._stage.workers:
            if worker.pid not in known:
                process = psutil.Process(worker.pid)
                self._workers.append((process, 0.0 if fresh else _of(process)))

    def keep(self) -> None:
        """Remember what the first worker has spent, before it goes."""
        process, before = self._workers.pop(0)
        self._gone += _of(process) - before

    def spent(self) -> tuple[float, float]:
        """Of the server, and of the workers together."""
        return _of(self.server) - self._before, self._gone + sum(_of(p) - before for p, before in self._workers)


def _of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
