"""Applies what an operation asks for; a failed change is undone, and what cannot be undone is said."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from gateway.changes import phrases
from gateway.changes.report import Report
from management.engine.protocol import Engine, EngineError
from management.models.operations import Progress, Status, Verb
from management.operations.recorder import Recorder
from management.stack.journal import Entry
from management.stack.writing import write_whole

_LOG: Final = logging.getLogger(__name__)
_FINISH: Final = "mend what the failure names, then POST /api/kong/setup (or `pulumi up`), which does what is left"


class Applying:
    """Applies one stack."""

    def __init__(self, file: Path, engine: Engine) -> None:
        self._file, self._engine = file, engine

    async def run(self, recorder: Recorder, entry: Entry) -> None:
        """Bring an operation to its end, whatever that is."""
        if await self._is_somebody_elses(entry):
            await recorder.end(**_given_up())
        elif recorder.operation.verb is Verb.SETUP:
            await self._set_up(recorder)
        else:
            await self._change(recorder, entry)

    async def _is_somebody_elses(self, entry: Entry) -> bool:
        """Whether somebody wrote something else into the file since the operation began."""
        try:
            text = await asyncio.to_thread(self._file.read_text, "utf-8")
        except OSError:
            return True
        return text not in (entry.before, entry.after)

    async def _set_up(self, recorder: Recorder) -> None:
        try:
            recorder.say("previewing")
            report = await self._engine.preview(self._file)
            recorder.become(preview=report, summary=phrases.counts(report))
            await self._apply(recorder)
        except EngineError as error:
            left = tuple(_not_done(recorder.operation.preview, recorder.operation.progress))
            await recorder.end(
                status=Status.FAILED,
                detail=str(error),
                left=left or ("whatever the failure names",),
                finish=_FINISH,
            )
        else:
            await recorder.end(applied=True, status=Status.SUCCEEDED)

    async def _change(self, recorder: Recorder, entry: Entry) -> None:
        try:
            await asyncio.to_thread(write_whole, self._file, entry.after)
            await self._apply(recorder)
        except (EngineError, OSError) as error:
            await self._undo(recorder, entry, str(error))
        else:
            await recorder.end(applied=True, status=Status.SUCCEEDED)

    async def _undo(self, recorder: Recorder, entry: Entry, reason: str) -> None:
        """Bring file and gateway back to where they were."""
        done = recorder.operation.progress
        recorder.become(detail=reason)
        try:
            await asyncio.to_thread(write_whole, self._file, entry.before)
            recorder.say("undoing it")
            await self._apply(recorder)
        except (EngineError, OSError) as error:
            undone = {(step.kind, step.name) for step in recorder.operation.progress[len(done) :]}
            left = tuple(_words(step) for step in done if (step.kind, step.name) not in undone)
            await recorder.end(
                status=Status.FAILED,
                detail=f"{reason}\nundoing it failed as well: {error}",
                left=left or ("the resource that the failure names",),
                finish=f"the stack's file is as it was before; {_FINISH}",
            )
        else:
            await recorder.end(applied=True, status=Status.ROLLED_BACK)

    async def _apply(self, recorder: Recorder) -> None:
        try:
            await self._engine.apply(self._file, recorder.done, recorder.say)
        except EngineError:
            raise
        except Exception as error:
            _LOG.exception("the engine failed in a way of its own")
            raise EngineError(f"the engine failed: {type(error).__name__}; the application's log says more") from error


def _given_up() -> dict[str, Any]:
    return {
        "status": Status.FAILED,
        "detail": "the process ended while this was under way, and somebody changed the stack's file since then",
        "left": ("what was done until then is in the gateway; the stack's file says what somebody wrote",),
        "finish": "look at the file, then POST /api/kong/setup (or `pulumi up`), which makes the gateway as it says",
    }


def _not_done(report: Report | None, done: Sequence[Progress]) -> Iterator[str]:
    """What of a plan was not reported as done."""
    names = {step.name for step in done}
    for change in report.changes if report else ():
        if change.key not in names and change.key.rpartition("/")[2] not in names:
            yield f"{phrases.headline(change)} is not {phrases.DONE[change.action]}"


def _words(step: Progress) -> str:
    return f"{step.kind} {step.name} is {step.action}"
