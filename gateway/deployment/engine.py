"""The Pulumi CLI on one stack of this project, as a workflow runs it: with its backend, login and secrets."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from gateway.recording import PROJECT

_UNATTENDED: Final = ("--non-interactive", "--color", "never")
_VIOLATION: Final = re.compile(r"(violates plan: [^:\[{]*).*", re.DOTALL)
"""What follows are the values on both sides, secrets in the clear (pulumi 3.259)."""
_LAST: Final = 40
"""Lines that are shown of what a failing preview said."""


class EngineError(Exception):
    """The CLI is missing, or failed; says how."""


def preview(stack: str, plan: Path | None = None) -> tuple[str, str]:
    """What the engine would do, for machines and for people; the second is saved as a plan if one is asked for.

    Raises:
        EngineError: it could not tell.
    """
    saved = () if plan is None else ("--save-plan", str(plan))
    said = _said("preview", "--stack", stack, "--diff", *saved)
    # Without what stays as it is, nobody could say on which route a plugin is.
    return _said("preview", "--stack", stack, "--json", "--show-sames"), said


def update(stack: str, plan: Path) -> Iterator[str]:
    """What the engine says line by line while it does what a plan has; it stops at anything else.

    Raises:
        EngineError: it failed, maybe after a part of the plan.
    """
    command = _command("up", "--stack", stack, "--yes", "--skip-preview", "--plan", str(plan))
    with subprocess.Popen(  # noqa: S603 (the CLI on PATH)
        command,
        cwd=PROJECT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        yield from without_values(running.stdout or ())
    if running.returncode:
        raise EngineError(
            f"`pulumi up` of stack {stack} stopped; what is not done, the next deployment does. "
            "Where it met something else than the plan has, preview again: others changed the stack meanwhile"
        )


def without_values(lines: Iterable[str]) -> Iterator[str]:
    """What the engine says, without the values of resources that violate a plan."""
    return (_VIOLATION.sub(r"\1 (values not shown)", line.rstrip("\n")) for line in lines)


def _said(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 (the CLI on PATH)
        _command(*arguments), cwd=PROJECT, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [*done.stdout.strip().splitlines(), *done.stderr.strip().splitlines()][-_LAST:]
        raise EngineError("\n".join(["`pulumi preview` failed:", *(f"  {line}" for line in without_values(lines))]))
    return done.stdout


def _command(*arguments: str) -> list[str]:
    cli = shutil.which("pulumi")
    if cli is None:
        raise EngineError("the Pulumi CLI is not on PATH (https://www.pulumi.com/docs/install)")
    return [cli, *arguments, *_UNATTENDED]


def _environment() -> dict[str, str]:
    return {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
