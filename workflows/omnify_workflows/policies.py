"""How long activities may take and how they are tried again, with the reasons: the one place for both.

`attempt` is the longest that one try may take (start-to-close), `whole` the longest for all tries and the waits
between them (schedule-to-close); nothing is tried again for ever. Tries are not counted: how often does not matter, how
long does. What must not be tried again says so itself (`omnify_workflows.failures`), and an answer's Retry-After goes
before the waits here.
"""

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from omnify_workflows.vocabulary import Message


class Policy(Message):
    """How an activity is run."""

    attempt: timedelta
    """The longest that one try may take."""
    whole: timedelta
    """The longest for all tries and the waits between them."""
    heartbeat: timedelta | None = None
    """The longest silence of a try, for those that report how far they are; a dead worker is noticed after it."""
    first_wait: timedelta = timedelta(seconds=1)
    """The wait before the second try; each one after it is twice as long."""
    longest_wait: timedelta = timedelta(minutes=1)
    """The longest wait."""

    @property
    def options(self) -> ActivityConfig:
        """As the SDK takes it."""
        return ActivityConfig(
            start_to_close_timeout=self.attempt,
            schedule_to_close_timeout=self.whole,
            heartbeat_timeout=self.heartbeat,
            retry_policy=RetryPolicy(
                initial_interval=self.first_wait, backoff_coefficient=2.0, maximum_interval=self.longest_wait
            ),
        )


class Policies(Message):
    """Every kind of activity."""

    call: Policy = Policy(attempt=timedelta(seconds=30), whole=timedelta(hours=2))
    """One or two requests. The gateway gives a backend 10 s, three times that is for a token and a slow answer. Two
    hours outlast a deploy, a node's loss and most incidents; somebody waits for the result, so no longer."""
    undo: Policy = Policy(attempt=timedelta(seconds=30), whole=timedelta(days=2), longest_wait=timedelta(minutes=10))
    """What takes back a step. Given up, it leaves something behind that a person must clear away, so it outlasts a
    weekend's incident."""
    pages: Policy = Policy(
        attempt=timedelta(minutes=30),
        whole=timedelta(hours=12),
        heartbeat=timedelta(minutes=1),
        longest_wait=timedelta(minutes=5),
    )
    """A chunk of pages, a heartbeat each. A page takes seconds, so a minute of silence is a dead worker. Platforms
    refuse for hours when a day's quota is used up: twelve hours see the next one."""
    training: Policy = Policy(
        attempt=timedelta(hours=12),
        whole=timedelta(days=1),
        heartbeat=timedelta(minutes=2),
        longest_wait=timedelta(minutes=10),
    )
    """Training runs elsewhere for hours; the activity watches it and takes up the same training in the next try. It
    asks every few seconds, so two minutes of silence are a dead worker."""
    batch: Policy = Policy(attempt=timedelta(minutes=5), whole=timedelta(hours=6), longest_wait=timedelta(minutes=5))
    """A batch of messages. Six hours: later than that quiet hours may have begun, and the campaign fails rather than
    wakes people."""


POLICIES: Final = Policies()
"""What holds where an order says nothing else."""
