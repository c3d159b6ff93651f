"""What is wrong with a stack's settings: where, what, and what to write instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Location = tuple[str | int, ...]


def key_path(location: Sequence[str | int]) -> str:
    """A location as people write it: `apis[0].routes[2].paths`."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif "." in step or not path:
            path += step if not path else f"[{step!r}]"
        else:
            path += f".{step}"
    return path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong."""

    location: Location
    message: str
    """What is wrong and what to write instead; reads on after the key path."""

    def __str__(self) -> str:
        return f"{key_path(self.location)}: {self.message}"


class InvalidSettingsError(Exception):
    """A stack's settings were refused. Carries every problem, in the order of the stack file's keys."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=str))
        count = len(self.problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{count} {'problem' if count == 1 else 'problems'} in the stack's settings:\n{lines}")
