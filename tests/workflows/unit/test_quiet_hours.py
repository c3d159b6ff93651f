"""When recipients may be written to, by their own clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omnify_workflows.retention.decisions import quiet_for
from omnify_workflows.retention.models import QuietHours

NIGHT = QuietHours(begins=time(20), ends=time(8))
NOON = QuietHours(begins=time(12), ends=time(13, 30))


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2027-01-15T19:59", 0),
        ("2027-01-15T20:00", 12),
        ("2027-01-15T23:00", 9),
        ("2027-01-16T00:00", 8),
        ("2027-01-16T07:30", 0.5),
        ("2027-01-16T08:00", 0),
        ("2027-01-16T12:00", 0),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
def test_a_night_lasts_until_the_morning_of_the_recipients_own_clock(now: str, hours: float, zone: str) -> None:
    assert quiet_for(zone, at(now, zone), NIGHT) == timedelta(hours=hours)


@pytest.mark.parametrize(("now", "minutes"), [("11:59", 0), ("12:00", 90), ("13:29", 1), ("13:30", 0)])
def test_quiet_hours_may_be_within_a_day(now: str, minutes: int) -> None:
    assert quiet_for("UTC", at(f"2027-05-01T{now}", "UTC"), NOON) == timedelta(minutes=minutes)


def test_the_same_moment_is_night_in_one_zone_and_day_in_another() -> None:
    now = datetime(2027, 1, 15, 21, tzinfo=UTC)
    assert quiet_for("Europe/London", now, NIGHT) > timedelta(0)
    assert quiet_for("America/New_York", now, NIGHT) == timedelta(0)


def test_without_quiet_hours_nobody_waits() -> None:
    now = at("2027-01-15T23:00", "Europe/Berlin")
    assert quiet_for("Europe/Berlin", now, None) == timedelta(0)
    assert quiet_for("Europe/Berlin", now, QuietHours(begins=time(8), ends=time(8))) == timedelta(0)


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    assert quiet_for("Europe/Berlin", at("2027-03-27T20:00", "Europe/Berlin"), NIGHT) == timedelta(hours=11)


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    assert quiet_for("Europe/Berlin", at("2027-10-30T20:00", "Europe/Berlin"), NIGHT) == timedelta(hours=13)


def test_an_end_within_the_hour_that_comes_twice_is_never_in_the_past() -> None:
    quiet = QuietHours(begins=time(1), ends=time(2, 45))
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in Berlin, for the second time
    assert quiet_for("Europe/Berlin", second, quiet) == timedelta(minutes=15)


@settings(deadline=None)
@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    begins=st.times(),
    ends=st.times(),
)
def test_when_the_wait_is_over_it_is_quiet_no_more(now: datetime, zone: str, begins: time, ends: time) -> None:
    quiet = QuietHours(begins=begins, ends=ends)
    wait = quiet_for(zone, now, quiet)
    assert timedelta(0) <= wait <= timedelta(hours=25)
    # Where the end falls into the hour that clocks leave out, or that comes twice, it may be quiet for an hour more.
    assert quiet_for(zone, now + wait, quiet) <= timedelta(hours=1)
