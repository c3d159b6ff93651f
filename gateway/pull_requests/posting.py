"""One comment for each stack of a pull request, edited in place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from gateway.github import GitHub, Item
from gateway.pull_requests.markdown import stack_of, untouched


def post(github: GitHub, number: int, comments: Mapping[str, str]) -> Sequence[str]:
    """Write the comments of a pull request by stack, and tell what was done with each.

    Of a stack that had a comment and is not touched any more, the comment says so. Raises as `GitHub` does.
    """
    return list(_posted(github, number, comments, dict(_ours(github.comments(number)))))


def _posted(github: GitHub, number: int, comments: Mapping[str, str], ours: Mapping[str, Item]) -> Iterator[str]:
    gone = {stack: untouched(stack) for stack in sorted(ours.keys() - comments.keys())}
    for stack, body in (*comments.items(), *gone.items()):
        if stack not in ours:
            github.add_comment(number, body)
            yield f"{stack}: commented"
        elif _text(ours[stack]) == body.strip():
            yield f"{stack}: nothing new"
        else:
            github.edit_comment(int(ours[stack]["id"]), body)
            yield f"{stack}: edited"


def _ours(comments: Iterable[Item]) -> Iterator[tuple[str, Item]]:
    """The comments of earlier runs by stack. Anybody can copy a marker: what a person wrote is theirs."""
    for comment in comments:
        stack = stack_of(_text(comment))
        if stack is not None and _is_bots(comment):
            yield stack, comment


def _is_bots(comment: Item) -> bool:
    user = cast("Item | None", comment.get("user"))
    return user is not None and user["type"] == "Bot"


def _text(comment: Item) -> str:
    return str(comment.get("body") or "").replace("\r\n", "\n").strip()
