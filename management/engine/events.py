"""What Pulumi's engine tells while it applies, in the application's terms."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi.automation import DiagnosticEvent, EngineEvent, OpType, StepEventMetadata

from gateway.changes.trees import differences
from management.engine.protocol import Done, Say, Step

_ACTIONS: Final = {
    OpType.CREATE: "created",
    OpType.UPDATE: "updated",
    OpType.REPLACE: "replaced",
    OpType.DELETE: "deleted",
}
"""What the other steps do is part of one of these, or nothing."""
_LONGEST: Final = 40
"""Characters of a value that is shown."""


class Events:
    """Follows one update."""

    def __init__(self, done: Done, say: Say) -> None:
        self._done, self._say = done, say
        self.errors: list[str] = []
        """What went wrong, each with the name of its resource."""

    def hear(self, event: EngineEvent) -> None:
        """Take an event."""
        if event.res_outputs_event is not None:
            step = _step(event.res_outputs_event.metadata)
            if step is not None:
                self._done(step)
        if event.diagnostic_event is not None:
            self._diagnostic(event.diagnostic_event)

    def _diagnostic(self, diagnostic: DiagnosticEvent) -> None:
        message = diagnostic.message.strip()
        whose = f"{_name(diagnostic.urn)}: " if diagnostic.urn else ""
        if diagnostic.severity == "error":
            self.errors.append(f"{whose}{message}")
        elif message and diagnostic.severity == "info" and diagnostic.urn:
            self._say(f"{whose}{message}")


def _step(metadata: StepEventMetadata) -> Step | None:
    """A resource that was changed; None for what stayed, and for what is nothing outside the state."""
    state = metadata.new or metadata.old
    outside = state is not None and state.custom and not metadata.type.startswith("pulumi:")
    if not outside or metadata.op not in _ACTIONS:
        return None
    before = metadata.old.inputs if metadata.old else None
    after = metadata.new.inputs if metadata.new else None
    changes = tuple(_changes(before, after)) if before is not None and after is not None else ()
    return Step(_ACTIONS[metadata.op], metadata.type.rpartition(":")[2], _name(metadata.urn), changes)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What differs in words: `config.minute: 1000 → 500`. The engine has masked secrets."""
    for path, old, new in differences(dict(before), dict(after)):
        if not str(path[0]).startswith("__"):
            yield f"{'.'.join(map(str, path))}: {_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST and "\n" not in text else "…"


def _name(urn: str | None) -> str:
    return (urn or "").rpartition("::")[2]
