"""What a stack comes to here, beside what it comes to in another commit."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.files import StackFileError, stack_file, stacks
from gateway.changes.comparison import compared
from gateway.changes.declared import Declared
from gateway.changes.report import Report
from gateway.diff.commits import CommitError, checked_out, commit, declared_in
from gateway.recording import PROJECT


def report_against(stack: str, ref: str) -> Report:
    """Compare a stack as the files at hand have it with the same stack in a commit.

    Raises:
        StackFileError: neither has the stack.
        CommitError: one of them cannot be rendered.
    """
    with checked_out(ref) as folder, ThreadPoolExecutor(max_workers=2) as pool:
        here, there = ((place / stack_file(stack)).is_file() for place in (PROJECT, folder))
        if not here and not there:
            known = ", ".join(stacks(PROJECT)) or "none"
            raise StackFileError(
                f"there is no stack {stack!r}, neither here nor in {ref}; the stacks here are: {known}"
            )
        sides = pool.submit(_side, folder, stack, ref), pool.submit(_side, PROJECT, stack, "the files at hand")
        before, after = (side.result() for side in sides)
    note = _NEW if not there else _GONE if not here else ""
    return compared(stack, before, after).model_copy(update={"against": commit(ref), "note": note})


def _side(folder: Path, stack: str, where: str) -> Declared:
    try:
        return declared_in(folder, stack)
    except CommitError as error:
        raise CommitError(f"stack {stack!r} cannot be rendered as {where} has it: {error}") from error


_NEW = "The stack is new: there is no such stack in the commit that this is compared with."
_GONE = "The stack's file is removed. Nothing deletes what is deployed of it: `pulumi destroy` does."
