"""What the always-on part is behind with is told to every console."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.desk.clocks import announcing
from core.journal import seals
from core.own_watch import LATE_S, OwnWatch, own_watch
from core.security.signals.commands import acknowledge_signal
from core.security.signals.own import look_through, notice_broken, take_in_own, tell_broken
from core.security.signals.taking_in import DUTY
from core.store.lease import beat, give_up_lease, take_lease
from tests.core.desk.at_the_desk import AGENT, MONDAY, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    made = Desk(place, ada)
    yield made
    made.store.close()


def test_nothing_is_said_where_all_is_well_or_nobody_keeps_it(desk: Desk) -> None:
    assert desk.store.read(own_watch) == OwnWatch()
    desk.fail()
    desk.pass_(days=3)
    found = desk.store.read(own_watch)
    assert found == OwnWatch()  # no agent: which is said first, and elsewhere
    assert found.late(desk.now) == []


def test_a_journal_that_somebody_found_broken_is_told_until_that_is_judged(desk: Desk) -> None:
    desk.do(tell_broken, "entry 7 was changed")
    seen = desk.store.read(look_through, 0)
    token = desk.do(take_lease, DUTY, "one", author=AGENT)
    desk.do(take_in_own, token, DUTY, seen, 0, author=AGENT)
    told = desk.store.read(own_watch).broken
    assert told.startswith("SG-1: the journal does not hold: entry 7 was changed (found by ada, #")
    desk.do(acknowledge_signal, 1, "a restore went wrong")
    assert desk.store.read(own_watch) == OwnWatch()


def test_what_the_sealing_says_itself_is_told_once(desk: Desk) -> None:
    sealing = desk.do(take_lease, seals.DUTY, "one", author=AGENT)
    desk.do(notice_broken, "entry 7 was changed", author=AGENT)
    assert "entry 7" in desk.store.read(own_watch).broken
    desk.do(
        beat, seals.DUTY, sealing, {"trouble": "the journal is not sealed: entry 7 was changed"}, author=AGENT
    )
    assert desk.store.read(own_watch) == OwnWatch("the journal is not sealed: entry 7 was changed")


def test_a_journal_that_does_not_hold_is_told_from_the_lease_of_who_seals(desk: Desk) -> None:
    token = desk.do(take_lease, seals.DUTY, "one", author=AGENT)
    assert desk.store.read(own_watch).unsealed == ""
    desk.do(
        beat, seals.DUTY, token, {"trouble": "the journal is not sealed: entry 7 was changed"}, author=AGENT
    )
    assert desk.store.read(own_watch).unsealed == "the journal is not sealed: entry 7 was changed"
    desk.do(give_up_lease, seals.DUTY, token, author=AGENT)  # it is broken, whether or not somebody looks
    assert "entry 7" in desk.store.read(own_watch).unsealed
    token = desk.do(take_lease, seals.DUTY, "two", author=AGENT)
    assert desk.store.read(own_watch).unsealed == ""


def test_clocks_that_nobody_gets_round_to_are_late(desk: Desk) -> None:
    token = desk.do(take_lease, announcing.DUTY, "one", author=AGENT)
    desk.fail()
    due = desk.store.read(own_watch).clock_due
    assert due is not None
    assert due > MONDAY
    assert desk.store.read(own_watch).late(due + timedelta(seconds=LATE_S)) == []
    (words,) = desk.store.read(own_watch).late(due + timedelta(minutes=7))
    assert words.startswith("clocks are late: what was due 7m ago")
    desk.now = due + timedelta(minutes=7)
    while desk.do(announcing.announce_due, token, author=AGENT):
        pass
    assert desk.store.read(own_watch).late(desk.now) == []
