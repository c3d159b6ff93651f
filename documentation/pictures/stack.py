"""The stack of which the pictures are drawn."""

from functools import cache
from typing import Final

from config.files import NAMESPACE
from entities.desired import desired_state
from entities.state import DesiredState, Owner
from gateway.recording import Recording, record
from gateway.stacks import stack_document, stack_settings

STACK: Final = "dev"


@cache
def declared() -> DesiredState:
    """What Kong should hold."""
    return desired_state(stack_settings(STACK), Owner(NAMESPACE, STACK))


@cache
def recorded() -> Recording:
    """What the program registers."""
    return record(stack_document(STACK), STACK, preview=True)
