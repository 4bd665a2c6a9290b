"""What the agent sees to: what came back is opened again, a broken promise opens one, who is late is reminded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.improvement import Improvement
from core.desk.messages.queries import messages_of
from core.improvement.checking import close_action
from core.improvement.model import ActionState, Origin
from core.improvement.queries import corrective_actions
from core.improvement.reminding import occasion, remind, reminders
from core.improvement.watching import (
    has_signs,
    news_after,
    open_for_broken_promise,
    reopen_recurred,
    watched_from,
)
from core.journal.model import Subject
from core.journal.queries import newest, of_subject
from core.store.lease import LeaseLost
from tests.core.improvement.actions import AGENT, BOX, LEA

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.core.improvement.actions import House


def look(house: House, after: int) -> tuple[int, list[int]]:
    """Looks through what is new, as the agent does; returns up to where, and what was opened again."""
    upto = house.store.read(news_after, after)
    return upto, house.agent(reopen_recurred, after, upto) if house.store.read(has_signs, after, upto) else []


def test_what_comes_back_opens_the_action_again_with_the_entry_that_says_so(house: House) -> None:
    house.fails()
    number = house.carried_out()
    start = house.store.read(watched_from, house.now)
    house.pass_(hours=1)
    upto, reopened = look(house, start)
    assert reopened == []
    incident = house.fails()
    _, reopened = look(house, upto)
    action = house.one(number)
    assert (reopened, action.state, action.recurred, action.done_by) == (
        [number],
        ActionState.NOT_EFFECTIVE,
        1,
        "",
    )
    last = house.store.read(of_subject, Subject("action", str(number)))[-1]
    cause = house.store.read(of_subject, Subject("incident", str(incident)))[-1]
    assert (last.kind, last.note, last.cause) == (
        "action.recurred",
        f"till fails again: I-{incident}",
        cause.seq,
    )
    assert look(house, start)[1] == []


def test_what_was_seen_to_work_is_watched_for_as_long_as_the_rules_say(house: House) -> None:
    house.declare(Improvement("house", watch_s=10 * 86_400.0))
    early, late = house.carried_out(), house.carried_out(measure="component:door")
    for number in (early, late):
        house.do(close_action, number, "it works", BOX, author=LEA)
    start = house.store.read(watched_from, house.now)
    house.pass_(days=9)
    house.fails()
    assert look(house, start)[1] == [early]
    house.pass_(days=2)
    house.fails("door")
    assert look(house, start)[1] == []
    assert house.one(late).state is ActionState.CLOSED
    assert house.store.read(watched_from, house.now) == house.store.read(newest).seq


def test_what_was_overruled_is_not_held_against_it_again(house: House) -> None:
    number = house.carried_out()
    house.pass_(hours=1)
    house.fails()
    house.pass_(hours=1)
    house.do(close_action, number, "it works", BOX, author=LEA, overrule="a drill")
    assert look(house, 0)[1] == []
    house.pass_(hours=1)
    house.fails()
    assert look(house, 0)[1] == [number]


def test_a_broken_promise_opens_one_action_a_service_where_the_rules_ask_for_it(house: House) -> None:
    def broken(work: Work, number: int, service: str) -> int | None:
        about = Subject("request", str(number))
        entry = work.record("request.breached", about, {"clock": (None, "resolve")})
        return open_for_broken_promise(
            work, about, service, "to resolve under gold", title="a badge", cause=entry
        )

    assert house.do(broken, 1, "shop", author=AGENT) is None
    house.declare(Improvement("house", missed_targets=True, due_after_s=7 * 86_400.0))
    found = [
        house.do(broken, number, service, author=AGENT)
        for number, service in ((1, "shop"), (2, "shop"), (3, "store"))
    ]
    assert found == [1, None, 2]
    first = house.one(1)
    assert (first.origin, first.source, first.measure) == (
        Origin.TARGET,
        Subject("request", "1"),
        "service:shop",
    )
    assert first.deviation == "R-1: to resolve under gold was missed: a badge"
    assert first.due == date(2026, 11, 30)
    drafted = house.store.read(of_subject, Subject("action", "1"))[0]
    assert drafted.cause == house.store.read(of_subject, Subject("request", "1"))[-1].seq


@pytest.mark.parametrize(
    ("days", "wanted"), [(-8, None), (-7, -7), (-2, -7), (-1, -1), (0, 0), (6, 0), (7, 7), (13, 7), (22, 21)]
)
def test_somebody_is_reminded_before_a_day_and_each_week_after(days: int, wanted: int | None) -> None:
    day = date(2026, 11, 30)
    said = occasion(day, day + timedelta(days=days))
    assert said == (None if wanted is None else day + timedelta(days=wanted))


def test_the_owner_is_reminded_once_an_occasion_and_whoever_checks_after_that(house: House) -> None:
    number = house.carried_out(checker="luke", due="2026-11-24")
    about = Subject("action", str(number))
    assert house.store.read(reminders, house.now) == []
    house.pass_(days=31)
    assert house.agent(remind) is False
    assert house.agent(remind) is False
    (told,) = house.store.read(messages_of, about)
    assert (told.recipient, told.purpose) == ("luke", "reminder")
    assert told.title.startswith(f"Not checked: A-{number} the till stood still")


def test_where_nobody_owns_it_the_leads_are_reminded(house: House) -> None:
    from core.improvement.commands import draft_action, revise_action

    house.do(draft_action, {"deviation": "x", "due": "2026-11-20"})
    house.do(draft_action, {"deviation": "y", "due": "2026-11-24", "owner": "ada"})
    house.do(draft_action, {"deviation": "z"})
    told = [(each.action.id, each.what, each.person) for each in house.store.read(reminders, house.now)]
    assert told == [(1, "Late", "lea"), (1, "Late", "luke"), (2, "Due", "ada")]
    house.agent(remind)
    house.do(revise_action, 2, {"due": "2026-11-23"})
    assert [each.action.id for each in house.store.read(reminders, house.now)] == [2]
    assert len(house.store.read(corrective_actions)) == 3


def test_who_lost_the_duty_opens_nothing_again(house: House) -> None:
    house.token -= 1
    with pytest.raises(LeaseLost):
        house.agent(reopen_recurred, 0, 1)
