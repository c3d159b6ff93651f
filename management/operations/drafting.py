"""A change of the stack's file as it is asked for: drafted, judged and weighed, and nothing written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from config.files import PROJECT_FILE
from config.problems import InvalidSettingsError
from config.project import PROJECT
from gateway.changes import phrases
from gateway.changes.report import Report
from management.declaring.kind import AlreadyDeclaredError, NotDeclaredError, Placed
from management.models.operations import Preview
from management.problems import RefusedError, conflict, not_found, wrong_settings
from management.settings import ManagementSettings
from management.stack.edit import StackEdit, UneditableError
from management.stack.weighing import Candidate, MisreadError, Weighed, patch, weigh
from management.workers import Workers

Change = Callable[[StackEdit], Placed | None]
"""Changes what a stack's file says. Raises as the kinds of declarations do."""


@dataclass(frozen=True)
class Draft:
    """A change that would be right."""

    before: str
    """The stack's file as it is."""
    after: str
    """The stack's file as it would be."""
    patch: str
    report: Report
    note: str

    def preview(self) -> Preview:
        """The draft as an answer."""
        return Preview(
            changes=not self.report.clean or self.before != self.after,
            summary=phrases.counts(self.report),
            report=self.report,
            patch=self.patch,
            note=self.note,
        )


@dataclass(frozen=True)
class _Edited:
    before: str
    after: str
    placed: Placed | None
    edit: StackEdit


async def drafted(settings: ManagementSettings, workers: Workers, change: Change) -> Draft:
    """What a change comes to.

    Raises:
        RefusedError: it would be wrong, or there is nothing of that name.
    """
    try:
        edited = await asyncio.to_thread(_edit, settings, change)
        expected = {key: edited.edit.value(key) for key in edited.edit.changed}
        weighed = await workers.run(weigh, Candidate(settings.stack, edited.before, edited.after, expected))
    except (UneditableError, MisreadError, OSError) as error:
        raise conflict(f"the stack's file cannot be changed: {error}") from error
    except AlreadyDeclaredError as error:
        raise conflict(str(error)) from error
    except NotDeclaredError as error:
        raise not_found(str(error)) from error
    except InvalidSettingsError as refusal:
        raise wrong_settings(refusal, Placed(())) from refusal
    return Draft(
        before=edited.before,
        after=edited.after,
        patch=patch(settings.stack, edited.before, edited.after),
        report=_judged(weighed, edited.placed),
        note=_note(edited.edit.copied),
    )


def _edit(settings: ManagementSettings, change: Change) -> _Edited:
    before = settings.file.read_text("utf-8")
    edit = StackEdit(before, (PROJECT / PROJECT_FILE).read_text("utf-8"))
    placed = change(edit)
    return _Edited(before, edit.text(), placed, edit)


def _judged(weighed: Weighed, placed: Placed | None) -> Report:
    if weighed.problems:
        raise wrong_settings(InvalidSettingsError(weighed.problems), placed or Placed(()))
    if weighed.report is None:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the program refuses it", weighed.reason)
    return weighed.report


def _note(copied: tuple[str, ...]) -> str:
    if not copied:
        return ""
    keys = " and ".join(f"`{key}`" for key in copied)
    return (
        f"{keys} stood in Pulumi.yaml alone, and is copied into the stack's file with this change: "
        "what other stacks change there does not reach this one from then on"
    )
