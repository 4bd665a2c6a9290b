"""Major incidents: declared, commanded, stood down, reviewed; their rhythm, taking back, and as of every entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.model import Staff
from core.desk import commands as incidents
from core.desk.as_of import some_incidents_at
from core.desk.clocks.announcing import DUTY, announce_due
from core.desk.clocks.due_words import promise_line
from core.desk.clocks.model import ClockKind
from core.desk.major import commands
from core.desk.major.model import Major, Review
from core.desk.major.queries import major_incidents
from core.desk.queries import one_incident
from core.desk.telling import tell_incident
from core.errors import BadInput, NotPossible
from core.gate.model import AT_ONCE
from core.gate.undo import last_undoable, take_back
from core.improvement.queries import corrective_actions
from core.journal.queries import newest, page
from core.journal.wording import sentence
from core.restorers import RESTORERS
from core.store.lease import take_lease
from tests.core.desk.at_the_desk import AGENT, BOX, CATALOG, Desk, due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.desk.model import Incident
    from core.store.work import Author

MINUTES = 60.0


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    made = Desk(place, ada)
    yield made
    made.check_what_is_kept()
    made.store.close()


def major(desk: Desk, number: int = 1) -> Major:
    found = desk.store.read(one_incident, number).major
    assert found is not None
    return found


def declared(desk: Desk, component: str = "bulb", **said: Any) -> Incident:
    return desk.do(commands.declare_major, desk.fail(component), BOX, **said)


def test_declaring_names_who_commands_and_takes_note(desk: Desk) -> None:
    found = declared(desk, roles={"scribe": "bob"}, text="nobody can pay")
    assert (found.is_major, found.state, found.acknowledged_by) == (True, "acknowledged", "ada")
    assert major(desk) == Major(desk.now, "ada", {"scribe": "bob"}, 1800)
    assert major(desk).words == "ada commands, scribe bob; who waits is told every 30 min"
    (entry,) = desk.store.read(page, limit=1)
    assert sentence(entry) == "I-1 is a MAJOR INCIDENT, ada commands: nobody can pay"
    with pytest.raises(NotPossible, match="a major incident already"):
        desk.do(commands.declare_major, 1, BOX)


def test_it_is_asked_first_and_people_roles_and_rhythm_are_looked_at(desk: Desk) -> None:
    number = desk.fail()
    with pytest.raises(BadInput, match="asks to be confirmed"):
        desk.do(commands.declare_major, number, AT_ONCE)
    with pytest.raises(BadInput, match="no role 'scribbler'") as strange:
        desk.do(commands.declare_major, number, BOX, roles={"scribbler": "bob"})
    assert strange.value.next_step == 'Did you mean "scribe"?'
    for rhythm in (60, 90 * MINUTES + 1, 25 * 60 * MINUTES):
        with pytest.raises(BadInput, match="cannot be told every"):
            desk.do(commands.declare_major, number, BOX, update_every_s=rhythm)
    staff = {"bob": Staff("bob", "Bob"), "ada": Staff("ada", "Ada")}
    desk.load(replace(CATALOG, staff=staff))
    with pytest.raises(BadInput, match="'bo' is not declared as staff"):
        desk.do(commands.declare_major, number, BOX, commander="bo")
    assert desk.do(commands.declare_major, number, BOX, commander="bob").is_major


def test_command_is_handed_over_and_roles_and_rhythm_change(desk: Desk) -> None:
    declared(desk, roles={"scribe": "bob", "liaison": "eve"})
    desk.do(
        commands.change_command, 1, commander="bob", roles={"scribe": "", "communications": "eve"},
        update_every_s=15 * MINUTES, text="vendor calls at ten",
    )  # fmt: skip
    assert (
        major(desk).words == "bob commands, communications eve, liaison eve; who waits is told every 15 min"
    )
    (entry,) = desk.store.read(page, limit=1)
    assert sentence(entry) == (
        "I-1 bob commands; nobody has scribe; communications is eve; who waits is told every 15 min: vendor calls at ten"
    )
    with pytest.raises(BadInput, match="nothing would change"):
        desk.do(commands.change_command, 1, commander="bob")
    with pytest.raises(NotPossible, match="no major incident"):
        desk.do(commands.change_command, desk.fail("web"), commander="bob")


def test_it_is_not_closed_before_it_is_stood_down_and_its_review_is_owed_then(desk: Desk) -> None:
    declared(desk)
    desk.do(incidents.resolve_incident, 1, "restarted", BOX)
    with pytest.raises(NotPossible, match="it cannot be closed"):
        desk.do(incidents.close_incident, 1, "done", BOX)
    with pytest.raises(BadInput, match="why it is over"):
        desk.do(commands.stand_down, 1, "", BOX)
    with pytest.raises(BadInput, match="is past"):
        desk.do(commands.stand_down, 1, "over", BOX, due=date(2026, 11, 22))
    found = desk.do(commands.stand_down, 1, "light for all", BOX)
    assert not found.is_major
    assert (major(desk).review, major(desk).review_owner, major(desk).review_due) == (
        "owed",
        "ada",
        date(2026, 11, 28),
    )
    desk.do(incidents.close_incident, 1, "done", BOX)
    assert [each.label for each in desk.store.read(major_incidents)] == ["I-1"]  # its review is owed
    assert not major(desk).is_review_late(date(2026, 11, 28))
    assert major(desk).is_review_late(date(2026, 11, 29))


def test_closing_the_review_makes_a_corrective_action(desk: Desk) -> None:
    declared(desk)
    with pytest.raises(NotPossible, match="no review of I-1 is owed"):
        desk.do(commands.close_review, 1, "x", BOX)
    desk.do(commands.stand_down, 1, "over", BOX, owner="bob")
    desk.do(
        commands.close_review,
        1,
        "one bulb for all",
        BOX,
        action={"action": "a second one", "due": "2026-12-24"},
    )
    (action,) = desk.store.read(corrective_actions)
    assert (action.deviation, action.cause) == ("I-1, a major incident: it is down", "one bulb for all")
    assert (action.owner, action.action, action.incident, str(action.due)) == (
        "bob",
        "a second one",
        1,
        "2026-12-24",
    )
    assert (major(desk).review, major(desk).review_action) == (Review.HELD, action.id)
    assert major(desk).words == "stood down; its review was held, which led to A-1: one bulb for all"
    assert desk.store.read(major_incidents) == []
    assert [each.id for each in desk.store.read(major_incidents, over=True)] == [1]
    with pytest.raises(NotPossible, match="it was held"):
        desk.do(commands.waive_review, 1, "x", BOX)


def test_a_review_is_waived_with_a_reason(desk: Desk) -> None:
    declared(desk)
    desk.do(commands.stand_down, 1, "false alarm", BOX)
    with pytest.raises(BadInput, match="why there is no review"):
        desk.do(commands.waive_review, 1, " ", BOX)
    desk.do(commands.waive_review, 1, "it was an exercise", BOX)
    assert (major(desk).review, desk.store.read(corrective_actions)) == (Review.WAIVED, [])


def updates(desk: Desk) -> str:
    return due(desk.clocks()[ClockKind.UPDATE])


def test_its_updates_go_by_its_rhythm_from_the_declaring_on(desk: Desk) -> None:
    desk.fail("bulb")  # its agreement promises an update every hour
    assert updates(desk) == "Mon 10:00"
    desk.pass_(minutes=20)
    desk.do(commands.declare_major, 1, BOX)
    assert updates(desk) == "Mon 09:50"
    desk.do(commands.change_command, 1, update_every_s=15 * MINUTES)
    assert updates(desk) == "Mon 09:35"
    desk.pass_(minutes=10)
    desk.do(tell_incident, 1, "we look into it")
    assert updates(desk) == "Mon 09:45"
    desk.do(commands.stand_down, 1, "it shines", BOX)
    assert updates(desk) == "Mon 10:30"  # as agreed, since it was told last


def test_its_rhythm_goes_on_through_the_night(desk: Desk) -> None:
    desk.pass_(hours=10)  # 19:00, after hours
    declared(desk)
    clock = desk.clocks()[ClockKind.UPDATE]
    assert due(clock) == "Mon 19:30"
    assert promise_line(clock, desk.now).endswith("30m round the clock, Talk")
    assert (
        due(desk.clocks()[ClockKind.RESOLVE]) == "Tue 16:00"
    )  # within the hours of the agreement, as before


def test_without_an_agreement_who_waits_is_told_all_the_same(desk: Desk) -> None:
    declared(desk, "toy")
    clocks = desk.clocks()
    assert list(clocks) == [ClockKind.UPDATE]
    assert due(clocks[ClockKind.UPDATE]) == "Mon 09:30"
    desk.pass_(minutes=10)
    desk.do(commands.stand_down, 1, "over", BOX)
    assert not desk.clocks()[ClockKind.UPDATE].is_pending


def test_an_update_that_is_missed_is_said(desk: Desk) -> None:
    token = desk.do(take_lease, DUTY, "one", author=AGENT)
    declared(desk, "toy")
    desk.pass_(minutes=31)
    desk.do(announce_due, token, author=AGENT)
    (entry,) = desk.store.read(page, limit=1)
    assert sentence(entry).startswith(
        "I-1 broke its promise: to update by Mon 23 Nov 09:30:00Z (major-incident)"
    )


def undo(desk: Desk) -> None:
    entry = desk.store.read(last_undoable, RESTORERS, "ada", desk.now)
    assert entry is not None
    desk.do(take_back, RESTORERS, entry.seq)


def test_declaring_handing_over_and_standing_down_are_taken_back(desk: Desk) -> None:
    desk.fail("bulb")
    before = desk.store.read(one_incident, 1)
    desk.do(commands.declare_major, 1, BOX)
    undo(desk)
    assert replace(desk.store.read(one_incident, 1), version=1) == before
    assert updates(desk) == "Mon 10:00"
    desk.do(commands.declare_major, 1, BOX)
    was = major(desk)
    desk.do(commands.change_command, 1, commander="bob")
    undo(desk)
    assert major(desk) == was
    desk.do(commands.stand_down, 1, "over", BOX)
    undo(desk)
    assert major(desk) == was


def test_every_past_moment_is_what_the_row_was(desk: Desk) -> None:
    desk.fail("bulb")
    story: list[tuple[Any, ...]] = [
        (commands.declare_major, 1, BOX),
        (tell_incident, 1, "we look into it"),
        (commands.stand_down, 1, "over", BOX),
        (commands.close_review, 1, "one bulb", BOX),
        (commands.declare_major, 1, BOX),
        (commands.stand_down, 1, "over", BOX),
        (commands.waive_review, 1, "as before", BOX),
    ]
    was = []
    for command, *args in story:
        desk.do(command, *args)
        was.append(
            (desk.store.read(newest).seq, replace(desk.store.read(one_incident, 1), version=1, due=None))
        )
        desk.pass_(minutes=1)
    for seq, incident in was:
        assert desk.store.read(some_incidents_at, [1], seq) == [incident]
