"""What a synchronisation decides without asking anybody."""

from collections.abc import Sequence

from omnify_workflows.synchronisation.models import Window


def merged(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Windows in their order in time, with those made one that touch or overlap: nothing is brought twice."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda window: window.since):
        if result and window.since <= result[-1].until:
            result[-1] = Window(since=result[-1].since, until=max(result[-1].until, window.until))
        else:
            result.append(window)
    return tuple(result)
