"""What an onboarding decides without asking anybody."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from omnify_workflows.onboarding.models import ConnectionState, ConsentTerms, Step
from omnify_workflows.vocabulary import Platform

_LEFT_OUT = frozenset({ConnectionState.DECLINED, ConnectionState.EXPIRED})


def waits(terms: ConsentTerms) -> Iterator[timedelta]:
    """How long to wait for consent before each reminder, and at last before the deadline; they sum up to it.

    A reminder that would come with the deadline or after it is none.
    """
    left = terms.deadline
    while left > terms.remind_after:
        yield terms.remind_after
        left -= terms.remind_after
    yield left


def undo_order(begun: Iterable[Step]) -> tuple[Step, ...]:
    """What to take back, the last first.

    Steps that began count, done or not: one that failed may have done its work and only its answer was lost. What was
    synchronised goes with its connection and needs nothing of its own; a message cannot be taken back.
    """
    known = set(begun)
    undoable = (Step.CLIENT, Step.TENANT, Step.CONNECTIONS, Step.SCHEDULES)
    return tuple(step for step in reversed(undoable) if step in known)


def connected(states: Mapping[Platform, ConnectionState]) -> tuple[Platform, ...]:
    """The platforms that are connected, in the order they were asked for."""
    return tuple(platform for platform, state in states.items() if state is ConnectionState.CONNECTED)


def left_out(states: Mapping[Platform, ConnectionState]) -> Mapping[Platform, ConnectionState]:
    """The platforms whose client declined or did not answer."""
    return {platform: state for platform, state in states.items() if state in _LEFT_OUT}


def in_vain(states: Mapping[Platform, ConnectionState]) -> bool:
    """Whether platforms were asked for and none was consented to: there is nothing to onboard."""
    return bool(states) and not connected(states)
