"""What goes into a retraining and comes out."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from omnify_workflows.policies import POLICIES, Policies
from omnify_workflows.vocabulary import ClientId, Message, ModelName

Share = Annotated[float, Field(ge=0, le=1)]
"""Between nothing and all."""


class RetrainingOrder(Message):
    """What to train again."""

    model: ModelName
    client: ClientId | None = None
    """Whose model it is; OmniFy's own when left out."""
    since: AwareDatetime
    """The oldest data to train with."""
    approve_above: Share = 0.1
    """A candidate that decides otherwise than the current model in more than this share of cases needs a person."""
    approve_within: timedelta = timedelta(days=3)
    """How long a person has; no word is a no."""
    look_every: timedelta = timedelta(seconds=15)
    """Between two looks at the training."""
    policies: Policies = POLICIES


class Stage(StrEnum):
    """How far a retraining is."""

    COLLECTING = "collecting"
    TRAINING = "training"
    EVALUATING = "evaluating"
    APPROVAL = "waiting for approval"
    PROMOTING = "promoting"
    ROLLING_BACK = "rolling back"
    ENDED = "ended"


class Collection(Message):
    """Which data to collect."""

    model: ModelName
    since: AwareDatetime
    until: AwareDatetime


class Dataset(Message):
    """Collected data."""

    dataset: str
    rows: int


class Training(Message):
    """What to train with."""

    model: ModelName
    dataset: str
    look_every: timedelta


class Candidate(Message):
    """A model that may become the current one."""

    model: ModelName
    candidate: str


class Evaluation(Message):
    """A candidate beside the current model."""

    score: Share
    """How good the candidate is on data it has not seen."""
    current: Share
    """How good the current model is on the same."""
    changed: Share
    """The share of cases that it decides otherwise."""


class Question(Message):
    """What a person is asked."""

    model: ModelName
    candidate: str
    evaluation: Evaluation
    workflow: str
    """Where the answer goes."""


class Verdict(StrEnum):
    """What an evaluation comes to."""

    PROMOTE = "promote"
    ASK = "ask"
    ROLL_BACK = "roll back"


class Approval(Message):
    """A person's word, by signal."""

    approved: bool
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=2_000)] = ""


class Progress(Message):
    """How a retraining is."""

    stage: Stage
    rows: int | None = None
    candidate: str | None = None
    evaluation: Evaluation | None = None
    approval: Approval | None = None


class Retrained(Message):
    """What came of it."""

    model: ModelName
    promoted: bool
    candidate: str
    evaluation: Evaluation
    why: str
    approval: Approval | None = None
