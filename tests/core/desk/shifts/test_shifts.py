"""What changed since somebody looked, and what one shift tells the next: accepted line by line, and never by silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from core.desk.commands import acknowledge_incident, clear_after_recovery
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked, WaitingFor
from core.desk.shifts import commands, queries
from core.desk.shifts.model import HandoverState, Topic
from core.desk.shifts.tables import handover
from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.model import Consent, Level
from core.journal.folding import fold
from core.journal.model import Via
from core.journal.queries import newest, of_subject
from core.store.work import Author
from tests.core.desk.at_the_desk import BOX, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.desk.shifts.model import Handover

BOB = Author("bob", Via.CONSOLE, "seat-2")
ASKED = Asked("Printer jams", "shop", "eve@acme.example", "It jams.")


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    desk = Desk(place, ada)
    yield desk
    desk.store.close()


def changed(desk: Desk, person: str, seq: int) -> list[tuple[str, str]]:
    return [(item.label, item.words) for item in desk.store.read(queries.since, person, seq).changed]


def seq(desk: Desk) -> int:
    return desk.store.read(newest).seq


def test_what_others_did_since_is_told_item_by_item_the_worst_first(desk: Desk) -> None:
    desk.do(requests.record_request, ASKED)
    desk.do(requests.record_request, ASKED)
    mark = seq(desk)
    desk.do(requests.record_request, ASKED, author=BOB)
    desk.do(requests.take_request, 1, author=BOB)
    desk.do(requests.grade_request, 1, 1, 1, author=BOB)
    desk.do(requests.requester_said, 2, "Still jams.\nPlease hurry.", author=BOB)
    desk.do(requests.note_request, 1, "a note", author=BOB)
    desk.do(requests.take_request, 2)
    assert changed(desk, "ada", mark) == [
        ("R-2", "its requester said: Still jams. …"),
        ("R-1", "new → acknowledged; priority 3 → 1; owner nobody → bob; 1 note"),
        ("R-3", "opened"),
    ]
    assert changed(desk, "bob", mark) == [("R-2", "new → acknowledged; owner nobody → ada")]
    assert changed(desk, "ada", seq(desk)) == []


def test_what_one_did_oneself_is_where_it_goes_on_from(desk: Desk) -> None:
    desk.do(requests.record_request, ASKED, author=BOB)
    mark = seq(desk)
    desk.do(requests.take_request, 1)
    desk.do(requests.assign_request, 1, "bob", author=BOB)
    assert changed(desk, "ada", mark) == [("R-1", "owner ada → bob")]


def test_a_mark_is_kept_for_each_person_and_leaves_no_entry(desk: Desk) -> None:
    desk.do(requests.record_request, ASKED)
    before = seq(desk)
    never = desk.store.read(queries.since_last_look, "bob", desk.now - timedelta(days=9))
    assert (never.at, [item.label for item in never.changed]) == (None, ["R-1"])
    desk.do(commands.keep_mark, before, author=BOB)
    desk.pass_(hours=1)
    desk.do(commands.keep_mark, before, author=BOB)
    assert seq(desk) == before
    desk.do(requests.take_request, 1)
    found = desk.store.read(queries.since_last_look, "bob", desk.now)
    assert (found.at, [item.label for item in found.changed]) == (desk.now, ["R-1"])
    assert desk.store.read(queries.looked_upto, "ada") is None
    with pytest.raises(BadInput, match="there is no entry"):
        desk.do(commands.keep_mark, before + 100)


def hand_over(desk: Desk) -> Handover:
    return desk.do(commands.begin_handover, desk.now - timedelta(hours=8), desk.now + timedelta(hours=8), BOX)


def lines(handed: Handover) -> list[tuple[Topic, str, str]]:
    return [(line.topic, line.about, line.text) for line in handed.lines]


def test_what_is_handed_over_is_computed(desk: Desk) -> None:
    desk.fail("web", 1)
    desk.fail("bulb", 2)
    desk.do(requests.record_request, ASKED)
    desk.do(requests.record_request, ASKED)
    desk.do(requests.wait_for, 2, WaitingFor.SUPPLIER, "a part", until=desk.now + timedelta(hours=3))
    desk.pass_(minutes=30)
    told = lines(hand_over(desk))
    assert told[0] == (Topic.MAJOR, "I-1", "it is down (open, nobody's, open for 0.5 h)")
    assert {(topic, about) for topic, about, _ in told[1:]} >= {
        (Topic.DUE, "I-2"),
        (Topic.DUE, "R-1"),
        (Topic.NOBODY, ""),
    }
    assert [about for topic, about, _ in told if topic is Topic.WAITING] in (["R-2"], [])
    assert told[-1] == (Topic.DONE, "", "Mon 23 Nov 01:30Z to 09:30Z: 2 requests opened, 2 incidents opened")
    abouts = [about for _, about, _ in told if about]
    assert len(abouts) == len(set(abouts))


def test_what_came_back_while_nobody_looked_is_handed_over_until_somebody_does(desk: Desk) -> None:
    number = desk.fail()
    desk.do(clear_after_recovery, "web", cause=None)
    line = (Topic.NOBODY, f"I-{number}", "it is down (cleared, nobody looked, nobody's)")
    handed = hand_over(desk)
    assert line in lines(handed)
    desk.do(commands.withdraw_handover, handed.id, "once more", BOX)
    desk.do(acknowledge_incident, number)
    assert line not in lines(hand_over(desk))


def test_a_handover_is_taken_with_its_last_line_by_somebody_else_and_never_before(desk: Desk) -> None:
    handed = hand_over(desk)
    assert lines(handed) == [(Topic.DONE, "", "Mon 23 Nov 01:00Z to 09:00Z: nothing was opened or closed")]
    handed = desk.do(commands.add_line, handed.id, "Carrier calls at noon.")
    assert lines(handed)[-1] == (Topic.WORDS, "", "Carrier calls at noon.")
    with pytest.raises(NotPermitted, match="from themselves"):
        desk.do(commands.accept_line, handed.id, 1)
    with pytest.raises(NotPermitted, match="handed over by ada"):
        desk.do(commands.add_line, handed.id, "x", author=BOB)
    with pytest.raises(NotPossible, match="still open: 2 lines"):
        hand_over(desk)
    desk.pass_(hours=30)
    handed = desk.do(commands.accept_line, handed.id, 2, author=BOB)
    assert (handed.state, [line.number for line in handed.open_lines]) == (HandoverState.OPEN, [1])
    assert (handed.lines[1].accepted_by, handed.lines[1].accepted_at) == ("bob", desk.now)
    with pytest.raises(NotPossible, match="accepted by bob"):
        desk.do(commands.accept_line, handed.id, 2, author=BOB)
    with pytest.raises(NotPossible, match="no line 9"):
        desk.do(commands.accept_line, handed.id, 9, author=BOB)
    handed = desk.do(commands.accept_line, handed.id, 1, author=BOB)
    assert (handed.state, handed.ended_by, handed.open_lines) == (HandoverState.TAKEN, "bob", ())
    with pytest.raises(NotPossible, match="HO-1 is taken"):
        desk.do(commands.accept_line, handed.id, 1, author=BOB)
    kinds = [entry.kind for entry in desk.store.read(of_subject, commands.subject(handed.id))]
    assert kinds == ["handover.begun", "handover.line_added", "handover.line_accepted", "handover.taken"]
    assert desk.store.read(queries.open_handover) is None
    assert hand_over(desk).id == 2


def test_its_entries_folded_are_its_row(desk: Desk) -> None:
    handed = hand_over(desk)
    desk.do(commands.add_line, handed.id, "more")
    desk.do(commands.accept_line, handed.id, 1, author=BOB)
    desk.do(commands.withdraw_handover, handed.id, "the wrong shift", BOX)
    row = desk.store.read(lambda c: c.execute(select(handover)).one())._asdict()
    assert row.pop("id") == 1
    assert row.pop("version") == 4
    assert fold(desk.store.read(of_subject, commands.subject(1))) == row
    assert row["state"] == "withdrawn"
    with pytest.raises(BadInput, match="why it is withdrawn"):
        desk.do(commands.withdraw_handover, hand_over(desk).id, " ", BOX)


def test_a_shift_lies_on_both_sides_and_is_no_longer_than_a_week(desk: Desk) -> None:
    for begun, until in ((1, 2), (-2, -1), (-200, 8), (-8, 200)):
        with pytest.raises(BadInput):
            desk.do(
                commands.begin_handover,
                desk.now + timedelta(hours=begun),
                desk.now + timedelta(hours=until),
                BOX,
            )
    with pytest.raises(BadInput, match="asks to be confirmed"):
        desk.do(
            commands.begin_handover,
            desk.now - timedelta(hours=1),
            desk.now + timedelta(hours=1),
            Consent(Level.READ),
        )
