"""What is answered where something is wrong: problem details (RFC 9457), with key paths where settings are."""

from collections.abc import Iterable

from pydantic import ConfigDict, Field

from config.problems import Location, Problem, key_path
from management.models.base import Answer


class SettingProblem(Answer):
    """One thing that is wrong with the stack's settings, as `python -m gateway validate` says it."""

    path: str = Field(examples=["apis[0].routes[2].access.groups[0]"])
    """The key path in the stack's settings, or in the request where it is about no setting."""
    field: str | None = Field(default=None, examples=["access.groups[0]"])
    """The same place in what was sent; null where the problem is elsewhere in the stack."""
    wrong: str = Field(examples=["no tier has the group 'gold'"])
    """What is wrong; reads on after the path."""
    instead: str = Field(examples=["write one of enterprise, free, pro, or add a tier with it"])
    """What to write instead; empty where `wrong` says it."""


class ProblemDetails(Answer):
    """Why a request was not done."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "the stack's settings would be wrong",
                    "status": 422,
                    "detail": "1 problem in the stack's settings",
                    "problems": [
                        {
                            "path": "apis[0].routes[5].access.groups[0]",
                            "field": "access.groups[0]",
                            "wrong": "no tier has the group 'gold'",
                            "instead": "write one of enterprise, free, pro, or add a tier with it",
                        }
                    ],
                    "operation": None,
                }
            ]
        }
    )

    title: str
    """What kind of problem it is."""
    status: int
    """The status of the answer."""
    detail: str
    """What is wrong here, and what to do."""
    problems: tuple[SettingProblem, ...] = ()
    """Each thing that is wrong with the settings."""
    operation: str | None = None
    """The operation that is in the way, or that keeps this refusal."""


def setting_problems(problems: Iterable[Problem], declared: Location | None = None) -> tuple[SettingProblem, ...]:
    """Problems of settings for an answer; `declared` is where in the stack stands what was sent."""
    return tuple(_setting_problem(problem, declared) for problem in problems)


def _setting_problem(problem: Problem, declared: Location | None) -> SettingProblem:
    wrong, _, instead = problem.message.partition("; ")
    within = declared is not None and problem.location[: len(declared)] == declared
    field = key_path(problem.location[len(declared or ()) :]) if within else None
    return SettingProblem(path=key_path(problem.location), field=field, wrong=wrong, instead=instead)
