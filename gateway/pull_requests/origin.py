"""Which pull request a workflow's event is about, and whether it comes from a fork."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gateway.github import Item

Event = Mapping[str, Any]
"""The event that started a workflow, from the file that `GITHUB_EVENT_PATH` names."""


@dataclass(frozen=True)
class Origin:
    """A pull request."""

    number: int
    fork: bool
    """Whether its branch is in another repository, whose owner nobody here need know."""


def origin(event: Event, open_pull_requests: Callable[[str], Iterable[Item]]) -> Origin | None:
    """The pull request of an event; None where it is none, is closed, or has a newer commit than the event.

    What a fork's run left behind could name any pull request. So of a `workflow_run` the branch and commit count, which
    GitHub itself says.
    """
    if "pull_request" in event:
        request = cast("Item", event["pull_request"])
        return Origin(int(request["number"]), _is_fork(request["head"].get("repo"), event))
    run = cast("Item", event.get("workflow_run") or {})
    head = cast("Item | None", run.get("head_repository"))
    if run.get("event") != "pull_request" or head is None:
        return None
    requests = open_pull_requests(f"{head['owner']['login']}:{run['head_branch']}")
    own = (request for request in requests if request["head"]["sha"] == run["head_sha"])
    return next((Origin(int(request["number"]), _is_fork(head, event)) for request in own), None)


def _is_fork(head: Item | None, event: Event) -> bool:
    return head is None or head["full_name"] != event["repository"]["full_name"]
