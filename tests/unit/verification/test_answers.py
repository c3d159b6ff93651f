import json

import httpx
import pytest

from gateway.verification.answers import BACKEND_HEADER, Answer, Problem, conclude, unless_passed, unless_refused
from gateway.verification.outcome import FailedError


def answer(status: int, message: str | None = None, *, backend: bool = False) -> Answer:
    headers = httpx.Headers({BACKEND_HEADER: "3"} if backend else {"X-Kong-Response-Latency": "1"})
    return Answer("GET /api/", status, headers, json.dumps({"message": message}).encode() if message else b"")


@pytest.mark.parametrize("status", [200, 204, 301, 401, 404, 413, 429, 500])
def test_whatever_the_backend_answers_has_passed_and_was_not_refused_by_kong(status: int) -> None:
    assert unless_passed(answer(status, backend=True)) is None
    assert unless_refused(answer(status, backend=True), status) is not None


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_missing_backend_is_no_pass_whoever_says_so(status: int) -> None:
    for backend in (True, False):
        problem = unless_passed(answer(status, backend=backend))
        assert problem is not None
        assert problem.fault == f"{status}, the backend did not answer; is it deployed, ready and at its URL?"


def test_what_kong_refuses_is_told_with_its_reason() -> None:
    problem = unless_passed(answer(404, "no Route matched with those values"))
    assert problem == Problem("GET /api/", "Kong answered 404 (no Route matched with those values) instead of passing")


def test_kongs_own_success_is_suspicious() -> None:
    problem = unless_passed(answer(200))
    assert problem is not None
    assert problem.fault.startswith("200 without X-Kong-Upstream-Latency")


def test_a_refusal_has_its_status() -> None:
    assert unless_refused(answer(401), 401) is None
    problem = unless_refused(answer(500, "An unexpected error occurred"), 401)
    assert problem is not None
    assert problem.fault == "Kong answered 500 (An unexpected error occurred) instead of Kong 401"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"\xff"])
def test_an_answer_without_a_message_has_none(body: bytes) -> None:
    assert Answer("GET /", 404, httpx.Headers(), body).message == ""


def test_nothing_wrong_concludes_with_what_was_seen() -> None:
    assert conclude([None, None], "all of it") == "all of it"


def test_a_fault_is_told_once_with_the_requests_that_met_it() -> None:
    problems = [Problem(f"GET /{n}", "broken") for n in range(6)] + [None, Problem("GET /x", "odd")]
    with pytest.raises(FailedError) as failure:
        conclude(problems, "")
    assert str(failure.value) == "GET /0, GET /1, GET /2, GET /3 and 2 more: broken; GET /x: odd"
