"""What retraining and synchronisation decide without asking anybody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omnify_workflows.retraining.decisions import verdict, why
from omnify_workflows.retraining.models import Approval, Evaluation, Verdict
from omnify_workflows.synchronisation.decisions import merged
from omnify_workflows.synchronisation.models import Window

DAY = datetime(2027, 1, 1, tzinfo=UTC)


def evaluation(score: float = 0.9, current: float = 0.8, changed: float = 0.05) -> Evaluation:
    return Evaluation(score=score, current=current, changed=changed)


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        (evaluation(), Verdict.PROMOTE),
        (evaluation(score=0.8), Verdict.PROMOTE),
        (evaluation(score=0.79), Verdict.ROLL_BACK),
        (evaluation(score=0.79, changed=0.5), Verdict.ROLL_BACK),
        (evaluation(changed=0.1), Verdict.PROMOTE),
        (evaluation(changed=0.11), Verdict.ASK),
    ],
)
def test_a_worse_candidate_goes_and_one_that_changes_more_than_the_threshold_is_asked_for(
    judged: Evaluation, expected: Verdict
) -> None:
    assert verdict(judged, 0.1) is expected


def test_why_says_who_decided() -> None:
    assert "worse" in why(evaluation(score=0.1), asked=False, approval=None)
    assert "decides 5.0% otherwise" in why(evaluation(), asked=False, approval=None)
    assert why(evaluation(), asked=True, approval=None) == "nobody approved it in time"
    assert why(evaluation(), asked=True, approval=Approval(approved=False, by="ada", reason="odd")) == (
        "ada refused it: odd"
    )


def window(begin: int, end: int) -> Window:
    return Window(since=DAY + timedelta(days=begin), until=DAY + timedelta(days=end))


def test_windows_that_touch_or_overlap_are_one() -> None:
    assert merged([window(4, 6), window(0, 2), window(1, 3), window(3, 4)]) == (window(0, 6),)
    assert merged([window(5, 6), window(0, 2)]) == (window(0, 2), window(5, 6))
    assert merged([window(0, 9), window(2, 3)]) == (window(0, 9),)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=8))
def test_merged_windows_have_the_same_days_and_none_twice(spans: list[tuple[int, int]]) -> None:
    result = merged([window(begin, begin + length) for begin, length in spans])
    days = [one.since + timedelta(days=day) for one in result for day in range((one.until - one.since).days)]
    assert len(days) == len(set(days))
    assert set(days) == {DAY + timedelta(days=begin + day) for begin, length in spans for day in range(length)}


def test_a_window_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="since must be before until"):
        window(2, 2)
