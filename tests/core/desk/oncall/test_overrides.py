"""Overrides are made and ended by command, with who, why, from and until."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.desk.oncall.commands import end_override, make_override
from core.desk.oncall.model import on_call
from core.desk.oncall.queries import overrides_since, people_at
from core.errors import BadInput, Moved, NotFound, NotPossible
from core.gate.model import AT_ONCE
from core.journal.queries import page
from core.journal.wording import sentence
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import BOX
from tests.core.desk.escalation.house import Pager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Pager]:
    made = Pager(place, ada)
    yield made
    made.store.close()


def now_on_call(desk: Pager) -> str:
    people = desk.store.read(people_at, to_micros(desk.now))
    return on_call(people.rotas["ops"], people.overrides, to_micros(desk.now))


def test_it_counts_from_its_beginning_to_its_end_and_stands_in_the_journal(desk: Pager) -> None:
    begin, end = desk.now + timedelta(hours=1), desk.now + timedelta(hours=3)
    made = desk.do(make_override, "ops", "cyd", begin, end, "a swap", BOX)
    (entry,) = desk.store.read(page, limit=1)
    assert sentence(entry) == "OV-1 cyd is on call in ops from Mon 23 Nov 10:00Z to Mon 23 Nov 12:00Z: a swap"
    assert (made.made_by, now_on_call(desk)) == ("ada", "ada")
    desk.pass_(hours=1)
    assert now_on_call(desk) == "cyd"
    desk.pass_(hours=2)
    assert now_on_call(desk) == "ada"


def test_one_that_is_ended_counts_no_longer_and_what_it_did_stays(desk: Pager) -> None:
    begin = desk.now
    desk.do(make_override, "ops", "cyd", begin, begin + timedelta(hours=8), "a swap", BOX)
    desk.pass_(hours=1)
    ended = desk.do(end_override, 1, "back early", BOX, 1)
    assert (ended.ended_by, now_on_call(desk)) == ("ada", "ada")
    (kept,) = desk.store.read(overrides_since)
    assert kept.holds(to_micros(begin))
    with pytest.raises(NotPossible, match="OV-1 was over"):
        desk.do(end_override, 1, "again", BOX)
    with pytest.raises(Moved):
        desk.do(end_override, 1, "again", BOX, 1)


def test_what_cannot_be_meant_is_refused(desk: Pager) -> None:
    now, hour = desk.now, timedelta(hours=1)
    for rota, person, begin, end, reason, error, words in (
        ("op", "cyd", now, now + hour, "why", NotFound, "there is no rota 'op'"),
        ("ops", "cyb", now, now + hour, "why", NotFound, "'cyb' is not of the staff"),
        ("ops", "cyd", now + hour, now + hour, "why", BadInput, "ends before it begins"),
        ("ops", "cyd", now - hour, now + hour, "why", BadInput, "is past"),
        ("ops", "cyd", now, now + 400 * 24 * hour, "why", BadInput, "longer than a year"),
        ("ops", "cyd", now, now + hour, " ", BadInput, "a reason is asked for"),
    ):
        with pytest.raises(error, match=words):
            desk.do(make_override, rota, person, begin, end, reason, BOX)
    with pytest.raises(BadInput, match="asks to be confirmed"):
        desk.do(make_override, "ops", "cyd", now, now + hour, "why", AT_ONCE)
    assert desk.store.read(overrides_since) == []
