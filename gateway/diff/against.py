"""What a stack comes to here, beside what it comes to in another commit."""

from concurrent.futures import ThreadPoolExecutor

import pulumi

from config.files import StackFileError, stack_file, stacks
from config.problems import InvalidSettingsError
from gateway.changes.comparison import compared
from gateway.changes.declared import NOTHING, Declared, declared
from gateway.changes.report import Report
from gateway.diff.commits import CommitError, checked_out, commit, declared_in
from gateway.recording import PROJECT
from gateway.rendering import desired_json, kubernetes_manifests

_NEW = "The stack is new: there is no such stack in the commit that this is compared with."
_GONE = "The stack's file is removed. Nothing deletes what is deployed of it: `pulumi destroy` does."


def report_against(stack: str, ref: str) -> Report:
    """Compare a stack as the files at hand have it with the same stack in a commit.

    Raises:
        StackFileError: neither has the stack.
        CommitError: one of them cannot be rendered.
    """
    with checked_out(ref) as folder, ThreadPoolExecutor(max_workers=1) as pool:
        here, there = ((place / stack_file(stack)).is_file() for place in (PROJECT, folder))
        if not here and not there:
            known = ", ".join(stacks(PROJECT)) or "none"
            raise StackFileError(f"there is no stack {stack!r}, neither here nor in {ref}; there are: {known}")
        other = pool.submit(declared_in, folder, stack)
        after = _declared_here(stack) if here else NOTHING
        try:
            before = other.result()
        except CommitError as error:
            raise CommitError(f"stack {stack!r} cannot be rendered as {ref} has it: {error}") from error
    note = _NEW if not there else _GONE if not here else ""
    return compared(stack, before, after).model_copy(update={"against": commit(ref), "note": note})


def _declared_here(stack: str) -> Declared:
    try:
        return declared(desired_json(stack), kubernetes_manifests(stack))
    except (InvalidSettingsError, StackFileError, pulumi.RunError) as error:
        raise CommitError(f"stack {stack!r} cannot be rendered as it is here: {error}") from error
