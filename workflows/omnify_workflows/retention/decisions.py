"""What a campaign decides without asking anybody: who is awake, how fast to send, whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from omnify_workflows.retention.models import QuietHours, Zone


def quiet_for(zone: Zone, now: datetime, quiet: QuietHours | None) -> timedelta:
    """How long quiet hours last in a zone from now on; nothing when it may be written to.

    The end is taken by the clock on the wall there: a night in which clocks change is an hour longer or shorter.
    """
    if quiet is None or quiet.begins == quiet.ends:
        return timedelta(0)
    there = now.astimezone(ZoneInfo(zone))
    at = there.time().replace(tzinfo=None)
    over_midnight = quiet.begins > quiet.ends
    after, before = at >= quiet.begins, at < quiet.ends
    is_quiet = after or before if over_midnight else after and before
    if not is_quiet:
        return timedelta(0)
    day = there.date() + timedelta(days=1 if over_midnight and after else 0)
    ends = datetime.combine(day, quiet.ends, tzinfo=ZoneInfo(zone))
    # Where clocks go back, an hour comes twice: the end that is still to come is meant.
    if ends.timestamp() <= now.timestamp():
        ends = ends.replace(fold=1)
    # By timestamps: the difference of two times of one zone is that of the walls' clocks.
    return timedelta(seconds=max(ends.timestamp() - now.timestamp(), 0.0))


def pause(messages: int, per_minute: float, took: timedelta) -> timedelta:
    """How long to wait after a batch so that no more go out in a minute than may; what sending took counts."""
    return max(timedelta(minutes=messages / per_minute) - took, timedelta(0))


def batch_size(batch: int, per_minute: float) -> int:
    """How many to send at once: no batch is more than a minute may have."""
    return max(1, min(batch, int(per_minute)))


@dataclass(frozen=True)
class Turn:
    """Whose turn it is."""

    zone: Zone
    offset: int
    size: int


@dataclass(frozen=True)
class Wait:
    """Everybody who is left sleeps."""

    until_someone_wakes: timedelta


def next_turn(
    audience: Mapping[Zone, int],
    offsets: Mapping[Zone, int],
    *,
    now: datetime,
    quiet: QuietHours | None,
    size: int,
) -> Turn | Wait | None:
    """Which recipients are next; how long to wait when it is quiet wherever some are left; None when none are.

    Zones whose next quiet hours come first go first, so that as many as can be are reached today.
    """
    left = {zone: count - offsets.get(zone, 0) for zone, count in audience.items() if count > offsets.get(zone, 0)}
    if not left:
        return None
    waits = {zone: quiet_for(zone, now, quiet) for zone in left}
    awake = [zone for zone, wait in waits.items() if not wait]
    if not awake:
        return Wait(min(waits.values()))
    zone = min(awake, key=lambda zone: (_until_quiet(zone, now, quiet), zone))
    return Turn(zone, offsets.get(zone, 0), min(size, left[zone]))


def _until_quiet(zone: Zone, now: datetime, quiet: QuietHours | None) -> timedelta:
    if quiet is None:
        return timedelta(0)
    there = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    begins = datetime.combine(there.date(), quiet.begins)
    return (begins if begins > there else begins + timedelta(days=1)) - there
