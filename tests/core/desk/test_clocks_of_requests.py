"""Requests have the clocks of their agreement, by the same rules as incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.model import Staff
from core.desk.clocks.announcing import announce_due, end_waits, is_due
from core.desk.clocks.due_words import due_words
from core.desk.clocks.keeping import differences
from core.desk.clocks.model import ClockKind
from core.desk.clocks.promises import item_of, promises, with_clocks
from core.desk.requests import commands
from core.desk.requests.model import Asked, RequestState, WaitingFor
from core.desk.requests.queries import one_request, requests
from core.desk.requests.revising import revise_request
from core.desk.requests.tables import request
from core.journal.queries import page
from core.store.rows import row_of
from core.timekeeping import from_micros, to_micros
from tests.core.desk.at_the_desk import AGENT, BOX, CATALOG, GOLD, HOUR, MONDAY, OnDuty, due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.desk.clocks.promised import Clock
    from core.store.work import Author, Work

RESPOND, UPDATE, RESOLVE = ClockKind


class Counter(OnDuty):
    """A desk where requests come in."""

    def ask(self, requester: str = "eve@acme.example", service: str = "lamp") -> int:
        asked = Asked("a new bulb", service, requester, impact=1, urgency=1)  # priority 1
        return self.do(commands.new_request, asked, BOX).id

    def of(self, number: int) -> dict[ClockKind, Clock]:
        found = self.store.read(one_request, number)
        return {c.kind: c for c in self.store.read(promises, [found], self.now)[number]}

    def look(self) -> list[str]:
        before = self.store.read(page, limit=1)[0].seq
        for doing in (end_waits, announce_due):
            while self.do(doing, self.token, author=AGENT):
                pass
        found = [e for e in reversed(self.store.read(page, limit=100)) if e.seq > before]
        return [
            " ".join([e.kind, *(str(e.changes[name][1]) for name in ("clock",) if name in e.changes)])
            for e in found
        ]

    def change(self, number: int, kind: str, **after: Any) -> None:
        """Changes what no command changes yet."""

        def command(work: Work) -> None:
            revise_request(work, row_of(work, request, "request", number), kind, after)

        self.do(command)


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Counter]:
    made = Counter(place, ada)
    yield made
    items = [item_of(each) for each in made.store.read(requests, over=True)]
    assert made.store.read(differences, items, to_micros(made.now)) == []
    made.store.close()


def test_an_answer_an_update_and_the_delivery_are_promised(desk: Counter) -> None:
    number = desk.ask()
    clocks = desk.of(number)
    assert {kind: due(clock) for kind, clock in clocks.items()} == {
        RESPOND: "Mon 09:30", UPDATE: "Mon 10:00", RESOLVE: "Mon 17:00",
    }  # fmt: skip
    desk.pass_(minutes=31)
    assert desk.look() == ["request.breached respond"]
    desk.do(commands.tell_requester, number, "we will bring one")
    clocks = desk.of(number)
    assert (clocks[RESPOND].is_pending, due(clocks[UPDATE])) == (False, "Mon 10:31")
    desk.do(commands.deliver_request, number, "a new bulb", BOX)
    assert not any(clock.is_pending for clock in desk.of(number).values())


def test_waiting_on_the_customer_stops_update_and_resolution_never_the_answer(desk: Counter) -> None:
    number = desk.ask()
    desk.do(commands.take_request, number)
    desk.pass_(minutes=10)
    desk.do(commands.wait_for, number, WaitingFor.CUSTOMER, "which socket")
    desk.pass_(hours=4)
    clocks = desk.of(number)
    assert (clocks[UPDATE].due, clocks[RESOLVE].due) == (None, None)
    (shown,) = desk.store.read(with_clocks, [desk.store.read(one_request, number)], desk.now)
    assert due_words(shown.clocks, desk.now) == "resolve paused"
    assert desk.look() == []
    desk.do(commands.requester_said, number, "the big one")
    clocks = desk.of(number)
    assert (due(clocks[UPDATE]), due(clocks[RESOLVE])) == ("Mon 14:00", "Tue 11:00")
    assert clocks[RESOLVE].figures(to_micros(desk.now)).paused_s == 4 * HOUR


def test_waiting_on_a_supplier_is_ones_own_time(desk: Counter) -> None:
    number = desk.ask()
    desk.do(commands.wait_for, number, WaitingFor.CUSTOMER, "which socket")
    desk.pass_(minutes=10)
    desk.do(commands.wait_for, number, WaitingFor.SUPPLIER, "it is on its way")
    assert due(desk.of(number)[RESOLVE]) == "Mon 17:10"
    words = [part.segment.why for part in desk.of(number)[RESOLVE].explain(to_micros(desk.now) + 1)]
    assert words == ["new", "waiting on customer", "waiting on supplier"]


def test_a_wait_until_an_instant_ends_then_and_late_when_nobody_was_there(desk: Counter) -> None:
    number = desk.ask()
    until = MONDAY + timedelta(hours=2)
    desk.do(commands.wait_for, number, WaitingFor.UNTIL, "they are away", until=until)
    assert desk.look() == []
    desk.pass_(hours=1, minutes=59)
    assert not desk.store.read(is_due, to_micros(desk.now)) or "request.wait_over" not in desk.look()
    desk.pass_(minutes=2)
    assert "request.wait_over" in desk.look()
    found = desk.store.read(one_request, number)
    assert (found.state, found.wait_until, found.waiting_for) == (RequestState.ACKNOWLEDGED, None, "")
    assert desk.look() == []


def test_what_its_requester_says_again_restarts_no_answer(desk: Counter) -> None:
    number = desk.ask()
    desk.pass_(minutes=20)
    desk.do(commands.requester_said, number, "hello?")
    assert due(desk.of(number)[RESPOND]) == "Mon 09:30"


def test_what_is_cancelled_is_promised_nothing_any_more_and_a_breach_before_stays(desk: Counter) -> None:
    number = desk.ask()
    desk.pass_(hours=2)
    desk.do(commands.cancel_request, number, "they found one", BOX)
    clocks = desk.of(number)
    assert [clock.is_pending for clock in clocks.values()] == [False] * 3
    assert clocks[RESOLVE].ended_at == to_micros(desk.now)
    assert desk.look() == ["request.breached respond", "request.breached update"]
    desk.pass_(days=3)
    assert desk.look() == []


def test_reopened_it_goes_on_where_it_left_off(desk: Counter) -> None:
    number = desk.ask()
    desk.pass_(minutes=50)
    desk.do(commands.deliver_request, number, "a new bulb", BOX)
    desk.pass_(days=1)
    desk.do(commands.reopen_request, number, "it is the wrong one", BOX)
    assert due(desk.of(number)[RESOLVE]) == "Tue 17:00"
    assert due(desk.of(number)[UPDATE]) == "Tue 10:00"


def test_who_has_in_hand_what_they_asked_for_themselves_is_promised_nothing(desk: Counter) -> None:
    desk.load(replace(CATALOG, staff={"ada": Staff("ada", "Ada", email="Ada@acme.example")}))
    desk.pass_(seconds=1)
    number = desk.ask("ada@acme.example")
    desk.do(commands.take_request, number)
    assert [clock.due for clock in desk.of(number).values() if clock.is_pending] == [None, None]
    desk.do(commands.assign_request, number, "bob")
    assert None not in [clock.due for clock in desk.of(number).values()]


def test_the_agreement_that_is_chosen_counts_and_another_one_from_then_on(desk: Counter) -> None:
    desk.load(
        replace(
            CATALOG, agreements={**CATALOG.agreements, "iron": replace(GOLD, id="iron", services=("lamp",))}
        )
    )
    desk.pass_(seconds=1)
    number = desk.ask(service="shop")
    desk.pass_(hours=2)
    desk.change(number, "request.graded", agreement="iron", agreement_since=to_micros(MONDAY) + 500_000)
    found = desk.store.read(one_request, number)
    clocks = {(c.agreement.id, c.kind): c for c in desk.store.read(promises, [found], desk.now)[number]}
    assert {name for name, kind in clocks if clocks[name, kind].is_pending} == {"iron"}
    assert from_micros(clocks["gold", RESPOND].broken_at or 0) == MONDAY + timedelta(minutes=30, seconds=1)
    assert clocks["gold", RESOLVE].ended_at == to_micros(desk.now)
    assert due(clocks["iron", RESOLVE]) == "Mon 13:00"
    desk.pass_(seconds=1)
    assert desk.look() == ["request.breached respond", "request.breached respond"]


def test_what_an_older_one_brought_with_it_counts_from_the_earliest(desk: Counter) -> None:
    older = desk.ask()
    opened = to_micros(desk.now)
    desk.pass_(hours=1)
    number = desk.ask()
    assert due(desk.of(number)[RESOLVE]) == "Mon 18:00"

    def merge(work: Work) -> None:
        row = row_of(work, request, "request", number)
        work.record("request.graded", commands.subject(number), {"counts_from": (None, opened)})
        revise_request(work, row, "request.graded", {"priority": row.priority})

    desk.do(merge)
    assert due(desk.of(number)[RESOLVE]) == "Mon 17:00"
    assert from_micros(desk.of(number)[RESPOND].broken_at or desk.of(number)[RESPOND].due or 0) >= MONDAY
    assert older < number
