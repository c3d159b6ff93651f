"""What changes between two states of a stack."""

from gateway.changes.declared import Declared
from gateway.changes.exposure import exposed
from gateway.changes.kong import entity_changes
from gateway.changes.kubernetes import costs, object_changes
from gateway.changes.report import Action, Change, Report
from gateway.changes.users import limit_changes, route_changes

_ORDER = list(Action)


def compared(stack: str, before: Declared, after: Declared) -> Report:
    """Compare two commits' states of a stack. What deletes comes first, then what has a say in who may pass."""
    changes = (*entity_changes(before.kong, after.kong), *object_changes(before.objects, after.objects))
    return described(Report(stack=stack, source="commits", changes=ordered(changes)), before, after)


def described(report: Report, before: Declared, after: Declared) -> Report:
    """A report with what its changes mean to users and cost."""
    return report.model_copy(
        update={
            "routes": tuple(route_changes(before.kong, after.kong)),
            "limits": tuple(limit_changes(before.kong, after.kong)),
            "exposed": exposed(before.objects, after.objects),
            "costs": tuple(costs(report.changes, after.objects)),
        }
    )


def ordered(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Changes with what weighs most first."""
    return tuple(sorted(changes, key=_place))


def _place(change: Change) -> tuple[int, bool, str, str, str]:
    return _ORDER.index(change.action), not change.decides_access, change.system, change.kind, change.key
