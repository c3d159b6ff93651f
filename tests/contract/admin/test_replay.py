"""The stand-in answers what a real Kong 3.9.1 answered, exchange by exchange, but for the list below."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.contract.admin.replay import GATEWAYS, Outcome, outcomes
from tests.recordings import needs_recordings, recorded_exchanges

pytestmark = needs_recordings


class Exclusion(NamedTuple):
    """Why an exchange is not reproduced."""

    name: str
    reason: str


_NOT_COUNTED_DOWN = "credentials do not expire: `ttl` is kept, not counted down"
_OPENSSL = "after `invalid certificate:` and `invalid key:` Kong repeats OpenSSL's own text, source lines and all"
_NOT_FLATTENED = "`flatten_errors` serves Kong's ingress controller; the project never asks for it"

LEFT_OUT = {
    ("consumers_and_credentials", 56): Exclusion("key-auth ttl", _NOT_COUNTED_DOWN),
    ("consumers_and_credentials", 60): Exclusion("key-auth get ttl", _NOT_COUNTED_DOWN),
    ("consumers_and_credentials", 63): Exclusion("hmac", "no pulumi-kong type makes hmac-auth credentials here"),
    ("certificates_snis_ca", 4): Exclusion("garbage", _OPENSSL),
    ("certificates_snis_ca", 26): Exclusion("ca garbage", _OPENSSL),
    ("dbless", 36): Exclusion("errors flattened", _NOT_FLATTENED),
    ("dbless", 39): Exclusion("dup names flattened", _NOT_FLATTENED),
    ("dbless", 59): Exclusion("metrics", "the proxy's metrics are compared with the recording in its own tests"),
}
"""Exchanges that the stand-in answers differently, by recording and position."""

IN_PART = {
    ("dbless", 0): Exclusion("root", "of Kong's settings the stand-in shows those it has; it has no pids and timers"),
    ("dbless", 3): Exclusion("status", "memory and connections would be made up"),
    ("dbless", 18): Exclusion("status hash", "memory and connections would be made up"),
}
"""Exchanges of which everything that the stand-in answers agrees, but Kong answers more."""

_ALL_RECORDINGS = [recording for recordings in GATEWAYS.values() for recording in recordings]


def _explained(outcome: Outcome) -> bool:
    place = (outcome.recording, outcome.position)
    only_more = all(difference.endswith("only Kong has it") for difference in outcome.differences)
    return place in LEFT_OUT or (place in IN_PART and only_more)


@pytest.mark.parametrize("recording", _ALL_RECORDINGS)
def test_the_stand_in_answers_as_kong_did(recording: str) -> None:
    unexplained = {
        f"{outcome.position} {outcome.name}": outcome.differences
        for outcome in outcomes()
        if outcome.recording == recording and outcome.differences and not _explained(outcome)
    }
    assert unexplained == {}


@pytest.mark.parametrize("place", [*LEFT_OUT, *IN_PART], ids=str)
def test_what_is_excluded_still_differs(place: tuple[str, int]) -> None:
    exclusion = {**LEFT_OUT, **IN_PART}[place]
    outcome = next(each for each in outcomes() if (each.recording, each.position) == place)
    assert (outcome.name, bool(outcome.differences)) == (exclusion.name, True)


def test_every_recorded_exchange_was_replayed() -> None:
    assert len(outcomes()) == len(recorded_exchanges())
