"""One workflow of each kind, watched to its end."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from omnify_workflows.onboarding.models import Consent
from omnify_workflows.operating import Order, Started, Watched
from omnify_workflows.retention.models import Conversion
from omnify_workflows.retraining.models import Approval
from omnify_workflows.vocabulary import Platform
from rich.console import Console
from rich.live import Live
from rich.table import Table

from workflows.rehearsal import orders
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.standin.faults import Fault
from workflows.rehearsal.standin.state import Campaign

_EVERY = 0.3
"""Seconds between two looks."""


@dataclass
class Act:
    """A workflow, and what happens to it."""

    what: str
    started: Started
    began: float = field(default_factory=time.monotonic)
    took: float = 0.0
    seen: Watched | None = None
    told: set[str] = field(default_factory=set[str])
    """What the rehearsal has said to it already."""

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.seen is not None and self.seen.closed is not None

    def once(self, word: str) -> bool:
        """Whether this word is still to be said; it is after that."""
        fresh = word not in self.told
        self.told.add(word)
        return fresh


async def show(stage: Stage, console: Console) -> bool:
    """Run them, and tell whether all came to a good end."""
    acts = await _begin(stage)
    if console.is_terminal:
        with Live(_table(acts), console=console, refresh_per_second=8) as live:
            while not all(act.ended for act in acts):
                await _go_on(stage, acts)
                live.update(_table(acts))
                await asyncio.sleep(_EVERY)
            live.update(_table(acts, final=True))
    else:
        said: dict[str, str] = {}
        while not all(act.ended for act in acts):
            await _go_on(stage, acts)
            for act in acts:
                if act.seen and said.get(act.started.id) != (line := _summary(act.seen.progress)):
                    said[act.started.id] = line
                    console.print(f"  {act.started.id}: {line}")
            await asyncio.sleep(_EVERY)
        console.print(_table(acts, final=True))
    return all(act.seen is not None and act.seen.status == "completed" for act in acts)


async def _begin(stage: Stage) -> Sequence[Act]:
    state, faults = stage.standin.standin.state, stage.standin.standin.faults
    state.pages["beta/google"] = 12
    faults.add(Fault("GET /api/clients/beta/platforms/google/records", status=429, retry_after="2"))
    faults.add(Fault("GET /api/clients/beta/platforms/google/records", status=200, times=20, delay=0.2))
    state.model("eyes").evaluation = {"score": 0.91, "current": 0.88, "changed": 0.3}
    state.model("eyes").looks_needed = 12
    zones = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
    state.campaigns["beta/spring"] = Campaign(audience=[(f"r{n}", zones[n % 3]) for n in range(20)])
    faults.add(Fault("POST /api/clients/acme/platforms/meta/consent", status=503, times=2))
    wanted: Sequence[tuple[str, Order]] = (
        ("onboarding", orders.onboarding("acme", Platform.META, Platform.LINKEDIN)),
        ("synchronisation", orders.synchronisation("beta")),
        ("retraining", orders.retraining("eyes")),
        ("retention", orders.campaign("beta")),
    )
    return [Act(what, await stage.operator.start(order)) for what, order in wanted]


async def _go_on(stage: Stage, acts: Sequence[Act]) -> None:
    for act in acts:
        if not act.ended:
            act.seen = await stage.operator.watch(act.started.id)
            act.took = time.monotonic() - act.began
            if act.seen.closed is None:
                await _say(stage, act, act.seen.progress or {})


async def _say(stage: Stage, act: Act, progress: Mapping[str, Any]) -> None:
    """What people would say at this point."""
    name, operator = act.started.id, stage.operator
    if act.what == "onboarding" and progress.get("reminders", 0) >= 1 and act.once("consent"):
        for platform in (Platform.META, Platform.LINKEDIN):
            await operator.signal(name, "consent", Consent(platform=platform, code="from-the-platform"))
    if act.what == "retraining" and progress.get("stage") == "waiting for approval" and act.once("approval"):
        await operator.signal(name, "decide", Approval(approved=True, by="Grace", reason="looked at it"))
    if act.what == "retention" and progress.get("stage") == "between touches" and act.once("conversion"):
        await operator.signal(name, "converted", Conversion(recipient="r7"))


def _table(acts: Sequence[Act], *, final: bool = False) -> Table:
    table = Table("workflow", "status", "how far" if not final else "at its end", "took", title="OmniFy's workflows")
    for act in acts:
        status = act.seen.status if act.seen else "starting"
        colour = {"completed": "green", "running": "blue"}.get(status, "red" if act.ended else "dim")
        summary = _summary(act.seen.progress) if act.seen else ""
        table.add_row(act.started.id, f"[{colour}]{status}[/]", summary, f"{act.took:.1f} s")
    return table


def _summary(progress: Mapping[str, Any] | None) -> str:
    """Progress in a line."""
    if progress is None:
        return ""
    if "steps" in progress:
        steps: Mapping[str, str] = progress["steps"]
        running = [step for step, state in steps.items() if state not in {"waiting", "done"}]
        done = sum(state == "done" for state in steps.values())
        connections: Mapping[str, str] = progress["connections"]
        asked = ", ".join(f"{platform} {state}" for platform, state in connections.items())
        return f"{done} of {len(steps)} steps{': ' + running[0] if running else ''} ({asked})"
    if "records" in progress:
        return f"{progress['pages']} pages, {progress['records']} records"
    if "touch" in progress:
        touches = f"touch {progress['touch']} of {progress['touches']}"
        return f"{progress['stage']}: {touches}, {progress['sent']} sent, {progress['skipped']} left out"
    return str(progress["stage"])
