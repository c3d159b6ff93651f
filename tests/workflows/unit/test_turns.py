"""Whose turn it is in a campaign, and how fast it goes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omnify_workflows.retention.decisions import Turn, Wait, batch_size, next_turn, pause
from omnify_workflows.retention.models import QuietHours

NIGHT = QuietHours(begins=time(20), ends=time(8))
NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)


def turn(audience: dict[str, int], offsets: dict[str, int], now: datetime = NOON, size: int = 10) -> Turn | Wait | None:
    return next_turn(audience, offsets, now=now, quiet=NIGHT, size=size)


def test_a_zone_goes_on_where_it_was() -> None:
    assert turn({"UTC": 25}, {"UTC": 10}) == Turn("UTC", 10, 10)


def test_the_last_batch_has_what_is_left() -> None:
    assert turn({"UTC": 25}, {"UTC": 20}) == Turn("UTC", 20, 5)


def test_when_everybody_had_their_turn_there_is_none() -> None:
    assert turn({"UTC": 25, "Europe/Berlin": 3}, {"UTC": 25, "Europe/Berlin": 3}) is None
    assert turn({}, {}) is None


def test_who_sleeps_is_left_for_later() -> None:
    assert turn({"Asia/Tokyo": 5, "UTC": 5}, {}) == Turn("UTC", 0, 5)


def test_when_all_who_are_left_sleep_the_first_to_wake_is_waited_for() -> None:
    # 21:00 in Tokyo, 01:00 in Auckland (UTC+13)
    assert turn({"Asia/Tokyo": 5, "Pacific/Auckland": 5}, {}) == Wait(timedelta(hours=7))


def test_who_goes_to_bed_first_goes_first() -> None:
    assert turn({"America/New_York": 5, "Europe/Moscow": 5, "UTC": 5}, {}) == Turn("Europe/Moscow", 0, 5)


@settings(deadline=None)
@given(
    audience=st.dictionaries(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo"]), st.integers(0, 40)),
    size=st.integers(1, 15),
)
def test_everybody_has_their_turn_once_and_at_last_there_is_none(audience: dict[str, int], size: int) -> None:
    offsets: dict[str, int] = {}
    now = NOON
    while (next_one := turn(audience, offsets, now, size)) is not None:
        if isinstance(next_one, Wait):
            assert next_one.until_someone_wakes > timedelta(0)
            now += next_one.until_someone_wakes
        else:
            assert next_one.offset == offsets.get(next_one.zone, 0)
            assert 1 <= next_one.size <= size
            offsets[next_one.zone] = next_one.offset + next_one.size
    assert offsets == {zone: count for zone, count in audience.items() if count}


@pytest.mark.parametrize(
    ("messages", "per_minute", "took", "seconds"),
    [(100, 600, 0, 10), (100, 600, 4, 6), (100, 600, 60, 0), (0, 600, 0, 0), (1, 0.5, 0, 120)],
)
def test_after_a_batch_there_is_rest_for_the_rate(messages: int, per_minute: float, took: int, seconds: int) -> None:
    assert pause(messages, per_minute, timedelta(seconds=took)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("batch", "per_minute", "size"), [(100, 600, 100), (100, 30, 30), (100, 0.5, 1), (1, 1, 1)])
def test_no_batch_is_more_than_a_minute_may_have(batch: int, per_minute: float, size: int) -> None:
    assert batch_size(batch, per_minute) == size
