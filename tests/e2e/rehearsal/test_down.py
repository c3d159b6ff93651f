"""`make down` leaves nothing behind, and nothing in the way of the next `make up`."""

import pytest

from tests.e2e.rehearsal.driver import Rehearsals

pytestmark = pytest.mark.xdist_group("rehearsal")


def test_it_leaves_no_process_and_the_next_up_begins_with_nothing(nothing: Rehearsals) -> None:
    first = nothing.up()
    assert first.code == 0, first.text
    # As after a reboot: what was up is to be removed, though parts of it do not run any more.
    nothing.kill("kong")

    down = nothing.down()

    assert down.code == 0, down.text
    assert "stack dev: 49 deleted" in down.text
    assert nothing.processes() == []
    assert not nothing.layout.cluster.exists()
    assert not nothing.layout.outputs("dev").exists()

    again = nothing.up()

    assert again.code == 0, again.text
    assert "49 created" in again.text


def test_where_nothing_is_up_it_says_so_and_starts_nothing(nothing: Rehearsals) -> None:
    down = nothing.down()

    assert (down.code, down.text) == (0, "Nothing of stack dev is up.\n")
    assert nothing.processes() == []
