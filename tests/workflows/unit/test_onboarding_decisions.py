"""What an onboarding decides without asking anybody."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omnify_workflows.onboarding.decisions import connected, in_vain, left_out, undo_order, waits
from omnify_workflows.onboarding.models import ConnectionState, ConsentTerms, OnboardingOrder, Step
from omnify_workflows.vocabulary import Contact, Platform, Tier

DAYS = st.integers(1, 60).map(lambda days: timedelta(days=days))


def terms(remind: int, deadline: int) -> ConsentTerms:
    return ConsentTerms(remind_after=timedelta(days=remind), deadline=timedelta(days=deadline))


@pytest.mark.parametrize(
    ("remind", "deadline", "days"),
    [(2, 7, [2, 2, 2, 1]), (2, 6, [2, 2, 2]), (7, 7, [7]), (9, 7, [7])],
)
def test_reminders_come_until_the_deadline_and_never_with_it(remind: int, deadline: int, days: list[int]) -> None:
    assert [wait.days for wait in waits(terms(remind, deadline))] == days


@given(DAYS, DAYS)
def test_all_waits_sum_up_to_the_deadline(remind: timedelta, deadline: timedelta) -> None:
    all_waits = list(waits(ConsentTerms(remind_after=remind, deadline=deadline)))
    assert sum(all_waits, timedelta(0)) == deadline
    assert all(timedelta(0) < wait <= remind for wait in all_waits)


def test_what_began_is_taken_back_the_last_first() -> None:
    assert undo_order(list(Step)) == (Step.SCHEDULES, Step.CONNECTIONS, Step.TENANT, Step.CLIENT)


def test_what_never_began_is_not_taken_back() -> None:
    assert undo_order([Step.CLIENT, Step.TENANT]) == (Step.TENANT, Step.CLIENT)
    assert undo_order([]) == ()


@given(st.sets(st.sampled_from(list(Step))))
def test_the_order_does_not_follow_from_how_steps_are_listed(begun: set[Step]) -> None:
    order = undo_order(begun)
    assert list(order) == sorted(order, key=list(Step).index, reverse=True)
    assert set(order) == begun - {Step.SYNCHRONISATION, Step.WELCOME}


def test_connections_are_told_apart() -> None:
    states = {
        Platform.META: ConnectionState.CONNECTED,
        Platform.GOOGLE: ConnectionState.DECLINED,
        Platform.TIKTOK: ConnectionState.EXPIRED,
    }
    assert connected(states) == (Platform.META,)
    assert set(left_out(states)) == {Platform.GOOGLE, Platform.TIKTOK}
    assert not in_vain(states)


def test_an_onboarding_without_any_consent_is_in_vain_and_one_without_platforms_is_not() -> None:
    assert in_vain({Platform.META: ConnectionState.EXPIRED})
    assert not in_vain({})


def test_a_platform_stands_in_an_order_once() -> None:
    with pytest.raises(ValueError, match="each stand there once"):
        OnboardingOrder(
            client="acme",
            name="Acme",
            contact=Contact(name="Ada", email="ada@acme.example"),
            tier=Tier.PRO,
            platforms=(Platform.META, Platform.META),
        )
