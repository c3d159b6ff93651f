"""What is answered where something is wrong: problem details (RFC 9457), with key paths where settings are."""

from pydantic import ConfigDict, Field

from config.problems import Problem, key_path
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


def setting_problem(problem: Problem, field: str | None = None) -> SettingProblem:
    """A problem of settings for an answer; `field` is its place in what was sent."""
    wrong, _, instead = problem.message.partition("; ")
    return SettingProblem(path=key_path(problem.location), field=field, wrong=wrong, instead=instead)
