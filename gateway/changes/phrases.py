"""Reports in words, whether on a terminal or in a comment."""

from collections.abc import Iterator
from typing import Final

from gateway.changes.report import (
    Action,
    Callers,
    Change,
    Cost,
    Effect,
    FieldChange,
    LimitChange,
    Report,
    RouteChange,
    RouteView,
)

DONE: Final = {
    Action.DELETE: "deleted",
    Action.REPLACE: "replaced",
    Action.UPDATE: "changed",
    Action.CREATE: "created",
}
"""What is said of changes of each sort, the gravest first."""
_MOST_PATHS: Final = 6
"""Paths of a route that are listed."""


def counts(report: Report) -> str:
    """How many changes there are of each sort."""
    counted = ((report.counted(action), word) for action, word in DONE.items())
    return ", ".join(f"{count} {word}" for count, word in counted if count) or "nothing changes"


def headline(change: Change) -> str:
    """What is changed, in words."""
    return f"{change.kind} {change.key}" + (f" → {change.renamed}" if change.renamed else "")


def path(field: FieldChange) -> str:
    """Where a field stands."""
    return ".".join(map(str, field.path))


def route(change: RouteChange) -> tuple[str, str]:
    """Who may send what to a route: before and now."""
    return _view(change.before, change.after), _view(change.after, change.before)


def callers(callers: Callers) -> str:
    """Who may pass."""
    match callers.who:
        case "everybody":
            return "everybody"
        case "known":
            return "everybody with credentials"
        case "nobody":
            return "nobody"
        case "groups":
            return ", ".join(callers.groups)


def limit(change: LimitChange) -> tuple[str, str]:
    """A limit: before and now."""
    return _number(change.before), _number(change.after)


def whose(change: LimitChange) -> str:
    """Whose limit it is."""
    kind, _, name = change.whose.partition("/")
    return {"consumer": name, "global": "every request"}.get(kind, change.whose)


def cost(cost: Cost) -> str:
    """What a change costs, as a sentence without its full stop."""
    what = f"{cost.kind} {cost.name}"
    match cost.effect:
        case Effect.RESTARTS:
            return f"{what}: its pods are made anew, {cost.detail}"
        case Effect.REPLACED:
            return f"{what} is made anew" + (f" as {cost.detail}" if cost.detail else "")
        case Effect.RUNS:
            return f"{what} runs"
        case Effect.STOPS:
            return f"{what}: its pods stop"
        case Effect.LOSES:
            return f"{what} goes, and with it the data that it keeps"


def exposures(report: Report) -> Iterator[str]:
    """What anybody may reach that not everybody could reach before."""
    for change in report.routes:
        if change.exposes and change.after:
            yield f"route {change.name} lets everybody pass: {requests(change.after)}"
    yield from report.exposed


def requests(view: RouteView) -> str:
    """The requests that a route takes."""
    paths = view.paths[:_MOST_PATHS] or ("every path",)
    more = (f"{len(view.paths) - _MOST_PATHS} more",) if len(view.paths) > _MOST_PATHS else ()
    return " ".join(filter(None, (", ".join(view.methods), ", ".join((*paths, *more)), "; ".join(view.further))))


def _view(view: RouteView | None, other: RouteView | None) -> str:
    """One side of a route: whatever differs from the other side."""
    if view is None:
        return "–"  # noqa: RUF001 (a dash)
    parts: list[str] = []
    if other is None or view.callers != other.callers:
        parts.append(callers(view.callers))
    if other is None or requests(view) != requests(other):
        parts.append(requests(view))
    return ": ".join(parts)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.10g}"
