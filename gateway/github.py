"""GitHub's REST API, as far as comments and issues go (docs.github.com/rest, version 2022-11-28)."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, cast

import httpx

API: Final = "https://api.github.com"
"""Where it is, unless `GITHUB_API_URL` says otherwise, as it does in GitHub Enterprise."""
_PATIENCE: Final = 30
"""Seconds that GitHub has for each answer."""
_PAGE: Final = 100

Item = Mapping[str, Any]
"""A comment, an issue or a pull request, as GitHub gives it."""


class GitHubError(Exception):
    """GitHub refused, or did not answer; says what was asked, why it failed and what to do."""


@dataclass(frozen=True)
class Repository:
    """A repository, and who asks."""

    name: str
    """`owner/name`."""
    token: str
    api: str = API

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The one that a workflow runs in (`GITHUB_REPOSITORY`, `GITHUB_TOKEN`, `GITHUB_API_URL`).

        Raises:
            GitHubError: one of the first two is not set.
        """
        missing = [name for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN") if not environment.get(name)]
        if missing:
            raise GitHubError(f"{' and '.join(missing)} must be set in the environment")
        api = environment.get("GITHUB_API_URL") or API
        return cls(environment["GITHUB_REPOSITORY"], environment["GITHUB_TOKEN"], api)


class GitHub:
    """A repository's comments and issues. Use it as a context manager."""

    def __init__(self, repository: Repository) -> None:
        self._client = httpx.Client(
            base_url=f"{repository.api.rstrip('/')}/repos/{repository.name}",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {repository.token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=_PATIENCE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def comments(self, number: int) -> Iterator[Item]:
        """Every comment of an issue or a pull request, the oldest first."""
        return self._all(f"/issues/{number}/comments", {})

    def add_comment(self, number: int, body: str) -> None:
        """Comment on an issue or a pull request."""
        self._send("POST", f"/issues/{number}/comments", {"body": body})

    def edit_comment(self, identity: int, body: str) -> None:
        """Write a comment anew."""
        self._send("PATCH", f"/issues/comments/{identity}", {"body": body})

    def open_pull_requests(self, head: str) -> Iterator[Item]:
        """The open pull requests of a branch, which is `owner:name`."""
        return self._all("/pulls", {"state": "open", "head": head})

    def open_issues(self, label: str) -> Iterator[Item]:
        """The open issues with a label, pull requests left out."""
        issues = self._all("/issues", {"state": "open", "labels": label})
        return (issue for issue in issues if "pull_request" not in issue)

    def add_issue(self, title: str, body: str, label: str) -> int:
        """Open an issue; gives its number."""
        return int(self._send("POST", "/issues", {"title": title, "body": body, "labels": [label]})["number"])

    def edit_issue(self, number: int, **fields: str) -> None:
        """Change `title`, `body` or `state` of an issue."""
        self._send("PATCH", f"/issues/{number}", fields)

    def _all(self, path: str, parameters: Mapping[str, str]) -> Iterator[Item]:
        url, query = path, {**parameters, "per_page": str(_PAGE)}
        while True:
            answer = self._ask("GET", url, query=query)
            yield from cast("list[Item]", answer.json())
            following = answer.links.get("next", {}).get("url")
            if following is None:
                return
            url, query = following, {}

    def _send(self, method: str, path: str, document: Mapping[str, object]) -> Item:
        return self._ask(method, path, document=document).json()

    def _ask(
        self, method: str, url: str, *, query: Mapping[str, str] | None = None, document: object = None
    ) -> httpx.Response:
        try:
            answer = self._client.request(method, url, params=query or None, json=document)
        except httpx.HTTPError as error:
            raise GitHubError(f"{method} {url}: GitHub did not answer ({error!r})") from error
        if answer.is_success:
            return answer
        raise GitHubError(f"{method} {answer.url.path}: GitHub answers {answer.status_code}{_reason(answer)}")


def _reason(answer: httpx.Response) -> str:
    """What GitHub says, and what to do about it."""
    try:
        said = f", {answer.json()['message']!r}"
    except (ValueError, LookupError, TypeError):
        said = ""
    if answer.status_code in {401, 403}:
        limited = answer.headers.get("x-ratelimit-remaining") == "0"
        return said + (
            "; the token has used up its requests: try again later"
            if limited
            else "; the token may not do this: give the job `pull-requests: write` or `issues: write`"
        )
    return said
