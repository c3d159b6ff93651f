"""`make down` leaves nothing behind, and nothing in the way of the next `make up`, nor of two at once."""

import pytest

from tests.e2e.rehearsal.driver import Rehearsals, declared, is_there_once

pytestmark = pytest.mark.xdist_group("rehearsal")


def test_it_leaves_no_process_though_parts_had_ended_before(dev: Rehearsals) -> None:
    # As after a reboot: what was up is to be removed, though parts of it do not run any more.
    dev.kill("kong")

    down = dev.down()

    assert down.code == 0, down.text
    assert f"stack dev: {declared()} deleted" in down.text
    assert dev.processes() == []
    assert not dev.layout.cluster.exists()
    assert not dev.layout.outputs("dev").exists()


def test_two_at_once_then_begin_with_nothing_both_succeed_and_nothing_is_there_twice(rehearsals: Rehearsals) -> None:
    if rehearsals.standing:
        rehearsals.down()
    with rehearsals.starting() as one, rehearsals.starting() as other:
        texts = [process.communicate(timeout=300)[0] for process in (one, other)]

    assert (one.returncode, other.returncode) == (0, 0), texts
    created, same = sorted(texts, key=lambda text: "nothing to change" in text)
    assert f"{declared()} created" in created
    assert f"nothing to change, {declared()} resources are as declared" in same
    assert "✓ another rehearsal, which was under way" in same
    is_there_once(rehearsals)


def test_where_nothing_is_up_it_says_so_and_starts_nothing(nothing: Rehearsals) -> None:
    down = nothing.down()

    assert (down.code, down.text) == (0, "Nothing of stack dev is up.\n")
    assert nothing.processes() == []
