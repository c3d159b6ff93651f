"""A small GitHub for tests: comments, issues and pull requests of a repository, over HTTP, as its REST API has them."""

import asyncio
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.github import Repository

NAME = "omnify/gateway"
TOKEN = "a-token-5b1e"

BOT = {"login": "github-actions[bot]", "type": "Bot"}
PERSON = {"login": "octocat", "type": "User"}


@dataclass
class FakeGitHub:
    """What it holds, and what it was asked."""

    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict[int, list[dict[str, Any]]])
    issues: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    pulls: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    refuses: bool = False
    """Whether the token may not write."""
    left: int = 4_999
    """Requests that the token has left."""
    page: int = 100
    """Items on a page at most, whatever is asked for."""
    asked: list[str] = field(default_factory=list[str])
    url: str = ""

    @property
    def repository(self) -> Repository:
        return Repository(NAME, TOKEN, self.url)

    @property
    def environment(self) -> dict[str, str]:
        return {"GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": self.url}

    def add(self, number: int, body: str, user: dict[str, str]) -> None:
        listed = self.comments.setdefault(number, [])
        listed.append({"id": 1000 * number + len(listed), "body": body, "user": user})

    def bodies(self, number: int) -> list[str]:
        return [comment["body"] for comment in self.comments.get(number, [])]

    async def answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url.path.removeprefix(f'/repos/{NAME}')}")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"message": "Bad credentials"}, 401)
        if request.method == "GET":
            return self._listed(request)
        if self.refuses:
            headers = {"x-ratelimit-remaining": str(self.left)}
            return JSONResponse({"message": "Resource not accessible by integration"}, 403, headers=headers)
        return self._written(request, await request.json())

    def _listed(self, request: Request) -> Response:
        query = request.query_params
        match request.path_params.get("what"):
            case "pulls":
                found: Sequence[Any] = [each for each in self.pulls if each["head"]["label"] == query["head"]]
            case "issues" if "number" in request.path_params:
                found = self.comments.get(int(request.path_params["number"]), [])
            case _:
                found = [
                    each
                    for each in self.issues
                    if each["state"] == query["state"] and query["labels"] in each["labels"]
                ]
        size, page = min(self.page, int(query["per_page"])), int(query.get("page", 1))
        more = request.url.include_query_params(page=page + 1)
        links = {"link": f'<{more}>; rel="next"'} if page * size < len(found) else {}
        return JSONResponse(found[(page - 1) * size : page * size], headers=links)

    def _written(self, request: Request, document: dict[str, Any]) -> Response:
        parameters = request.path_params
        if "comment" in parameters:
            every = (each for listed in self.comments.values() for each in listed)
            (comment,) = (each for each in every if each["id"] == parameters["comment"])
            comment |= document
            return JSONResponse(comment)
        if request.url.path.endswith("/comments"):
            self.add(parameters["number"], document["body"], BOT)
            return JSONResponse(self.comments[parameters["number"]][-1], 201)
        if "number" in parameters:
            self.issues[parameters["number"] - 1] |= document
            return JSONResponse(self.issues[parameters["number"] - 1])
        self.issues.append({"number": len(self.issues) + 1, "state": "open", "user": BOT, **document})
        return JSONResponse(self.issues[-1], 201)


@contextmanager
def fake_github() -> Generator[FakeGitHub]:
    """One that answers inside the block."""
    github = FakeGitHub()
    place = f"/repos/{NAME}"
    routes = [
        Route(f"{place}/issues/comments/{{comment:int}}", github.answer, methods=["PATCH"]),
        Route(f"{place}/{{what}}/{{number:int}}/comments", github.answer, methods=["GET", "POST"]),
        Route(f"{place}/issues/{{number:int}}", github.answer, methods=["PATCH"]),
        Route(f"{place}/{{what}}", github.answer, methods=["GET", "POST"]),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error"))
    ready = threading.Event()

    async def serve() -> None:
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup()
        ready.set()
        await server.main_loop()
        await server.shutdown()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    github.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield github
    finally:
        server.should_exit = True
        thread.join(20)
