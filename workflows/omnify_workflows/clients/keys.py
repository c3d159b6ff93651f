"""Idempotency keys: the same for every try of an activity, another one for everything else."""

from temporalio import activity


def idempotency_key(*parts: str | int) -> str:
    """The key of a request of the activity that runs.

    `parts` tell apart requests of one run; they come from what is asked, not from a clock or a count of tries.
    """
    return key_of(activity.info().activity_type, *parts)


def key_of(activity_type: str, *parts: str | int) -> str:
    """The key that another activity of the same run has used.

    It has the workflow's run in it: a client who is onboarded again after everything was taken back is created again.
    """
    info = activity.info()
    return ":".join([info.workflow_id or "", info.workflow_run_id or "", activity_type, *map(str, parts)])
