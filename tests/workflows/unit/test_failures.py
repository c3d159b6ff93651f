"""Which failures are tried again, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omnify_workflows.failures import LONGEST_RETRY_AFTER, FailureKind, failure, kind_of, reason, retry_after
from temporalio.exceptions import ApplicationError

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [401, 408, 425, 429, 500, 502, 503, 504, 507, 520, 599])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert kind_of(status).retryable


@pytest.mark.parametrize("status", [300, 304, 400, 402, 403, 404, 405, 409, 410, 412, 413, 415, 418, 422, 451, 501])
def test_what_will_be_refused_again_is_for_good(status: int) -> None:
    assert not kind_of(status).retryable


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FailureKind.UNAUTHORISED),
        (403, FailureKind.FORBIDDEN),
        (404, FailureKind.MISSING),
        (409, FailureKind.CONFLICT),
        (412, FailureKind.CONFLICT),
        (422, FailureKind.REFUSED),
        (429, FailureKind.THROTTLED),
        (503, FailureKind.UNAVAILABLE),
    ],
)
def test_each_has_its_kind(status: int, kind: FailureKind) -> None:
    assert kind_of(status) is kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("Fri, 15 Jan 2027 12:00:30 GMT", 30),
        ("Fri, 15 Jan 2027 11:00:00 GMT", 0),
        ("Friday, 15-Jan-27 12:00:30 GMT", 30),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: int) -> None:
    assert retry_after(header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "99 Foo 2027"])
def test_retry_after_that_says_nothing_is_none(header: str | None) -> None:
    assert retry_after(header, NOW) is None


@pytest.mark.parametrize("header", ["86400", "9" * 40, "Fri, 15 Jan 2099 12:00:00 GMT"])
def test_no_answer_makes_us_wait_for_ever(header: str) -> None:
    assert retry_after(header, NOW) == LONGEST_RETRY_AFTER


@given(st.text(max_size=40))
def test_no_header_breaks_anything(header: str) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_RETRY_AFTER


def test_a_failure_to_try_again_waits_as_it_was_told() -> None:
    error = failure(FailureKind.THROTTLED, "slowly", wait=timedelta(seconds=9))
    assert not error.non_retryable
    assert error.next_retry_delay == timedelta(seconds=9)
    assert error.type == "throttled"


def test_a_failure_for_good_does_not_wait() -> None:
    error = failure(FailureKind.FORBIDDEN, "no", wait=timedelta(seconds=9))
    assert error.non_retryable
    assert error.next_retry_delay is None


def test_the_reason_is_what_is_at_the_bottom() -> None:
    assert reason(ApplicationError("not here", type="missing")) == "missing: not here"
    assert reason(ValueError("odd")) == "ValueError: odd"
