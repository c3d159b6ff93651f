"""What is in the way of a step."""


class StepError(Exception):
    """The step could not be done; says why, and what to do."""
