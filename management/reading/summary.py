"""Health and overview, from what was read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from config.stack import StackSettings
from management.models.health import (
    DatabaseHealth,
    Health,
    KongHealth,
    LastApply,
    NodeHealth,
    StackHealth,
)
from management.models.operations import OperationSummary
from management.models.overview import Counts, DriftSummary, Overview, TierSummary
from management.models.problems import setting_problem
from management.models.stats import Resource
from management.reading.counting import counted, items, traffic_of
from management.reading.declared import Declared, Refused
from management.reading.live import Live
from management.reading.nodes import Nodes

_BUSIEST: Final = 10
"""Routes that the overview names."""


@dataclass(frozen=True)
class Readings:
    """Everything that was read of a stack."""

    stack: str
    declared: Declared | Refused
    live: Live
    nodes: Nodes
    applied: OperationSummary | None
    """The last operation that applied it."""
    now: datetime


def health(read: Readings) -> Health:
    """Whether the gateway works."""
    live, wrong = read.live, tuple(_wrong(read))
    return Health(
        healthy=not wrong,
        wrong=wrong,
        kong=KongHealth(reachable=not live.failure, address=live.address, version=live.version),
        database=_database(read.declared, read.nodes),
        nodes=tuple(NodeHealth(name=node.name, ready=node.ready, wrong=node.wrong) for node in read.nodes.nodes),
        stack=_stack(read.stack, read.declared),
        last_apply=_last_apply(read.applied, read.now),
    )


def _wrong(read: Readings) -> Iterator[str]:
    if isinstance(read.declared, Refused):
        yield f"the stack's settings are wrong: {read.declared.reason}"
        return
    if read.live.failure:
        yield read.live.failure
    if read.nodes.wrong:
        yield f"Kong's nodes cannot be asked: {read.nodes.wrong}"
    yield from (f"node {node.name} {node.wrong}" for node in read.nodes.nodes if node.wrong)


def _database(declared: Declared | Refused, nodes: Nodes) -> DatabaseHealth:
    used = isinstance(declared, Refused) or declared.settings.mode == "database"
    said = [node.database for node in nodes.nodes if node.database is not None]
    return DatabaseHealth(used=used, reachable=all(said) if used and said else None)


def _stack(name: str, declared: Declared | Refused) -> StackHealth:
    problems = declared.problems if isinstance(declared, Refused) else ()
    return StackHealth(name=name, valid=isinstance(declared, Declared), problems=tuple(map(setting_problem, problems)))


def _last_apply(applied: OperationSummary | None, now: datetime) -> LastApply | None:
    """When the stack was applied last."""
    if applied is None or applied.ended_at is None:
        return None
    age = max(0, int((now - applied.ended_at).total_seconds()))
    return LastApply(operation=applied.id, at=applied.ended_at, age_seconds=age)


def overview(read: Readings, operations: Sequence[OperationSummary], running: OperationSummary | None) -> Overview:
    """What a person wants to know first, with the latest operations and the one that is under way."""
    known = read.declared if isinstance(read.declared, Declared) else None
    wrong, nodes = tuple(_wrong(read)), read.nodes
    return Overview(
        stack=read.stack,
        healthy=not wrong,
        wrong=wrong,
        mode=known.settings.mode if known else None,
        edition=known.settings.edition if known else None,
        counts=_counts(known) if known else None,
        nodes=len(nodes.nodes),
        ready_nodes=sum(node.ready for node in nodes.nodes),
        drift=_drift(read.live),
        lint_findings=known.findings if known else None,
        tiers=tuple(_tiers(known.settings, nodes)) if known else (),
        busiest=items(Resource.ROUTES, known, nodes)[:_BUSIEST] if known else (),
        last_apply=_last_apply(read.applied, read.now),
        running=running,
        operations=tuple(operations),
        read_at=read.live.read_at,
    )


def _counts(declared: Declared) -> Counts:
    numbers = {resource.name.lower(): counted(resource, declared.documents) for resource in Resource}
    return Counts.model_validate(numbers)


def _drift(live: Live) -> DriftSummary:
    if live.drift is None:
        return DriftSummary(clean=None, wrong=live.failure)
    nodes: Sequence[Mapping[str, Any]] = live.drift["nodes"]

    def most(kind: str) -> int:
        return max((len(node[kind]) for node in nodes), default=0)

    return DriftSummary(
        clean=live.drift["clean"], missing=most("missing"), changed=most("changed"), undeclared=most("undeclared")
    )


def _tiers(settings: StackSettings, nodes: Nodes) -> Iterator[TierSummary]:
    for tier in settings.tiers:
        yield TierSummary(
            name=tier.name,
            consumer=tier.consumer_name,
            group=tier.group_name,
            fairness=tier.fairness,
            limits=tier.effective_limits(settings.limits),
            traffic=traffic_of(nodes.traffic.consumers.get(tier.consumer_name), known=nodes.traffic.known),
        )
