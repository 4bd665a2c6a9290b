"""Handed over, watched, snoozed: and nothing that is owed is out of sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Catalog, Customer, Promise, Service, Staff
from core.desk.requests import attending, commands, queries
from core.desk.requests.model import Asked, Request
from core.desk.requests.pages import Wanted, figures, page
from core.errors import BadInput, NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.model import Via
from core.journal.wording import sentence
from core.restorers import RESTORERS
from core.store.lease import LeaseLost, take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import MONDAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT, "agent:one")
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
    agreements={
        "a": Agreement("a", "A", "acme", ("mail",), targets=tuple(Promise(p, 3600, 7200) for p in (1, 2, 3, 4)), may_ask=("*",))
    },
    staff={"ada": Staff("ada", "Ada"), "bob": Staff("bob", "Bob", login="bobby")},
)  # fmt: skip


class Queue:
    """A store whose clock is moved by hand, with one request in it."""

    def __init__(self, place: Path | str, ada: Author) -> None:
        self.now: datetime = MONDAY
        self.ada = ada
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.store.write(AGENT, load_catalog, CATALOG, directory="/c", digest="1", changes=())
        self.token = self.store.write(AGENT, take_lease, attending.DUTY, "agent:one")
        self.store.write(ada, commands.new_request, Asked("Help", "mail", "eve@acme.example"), BOX)

    def one(self) -> Request:
        found: Request = self.store.read(queries.one_request, 1)
        return found

    def snooze(self, minutes: int) -> Request:
        until = self.now + timedelta(minutes=minutes)
        found: Request = self.store.write(self.ada, attending.snooze_request, 1, until, "the part comes then")
        return found

    def in_sight(self) -> list[int]:
        return [each.id for each in self.store.read(page, Wanted("ada"))]

    def wake(self) -> bool:
        """Wakes what is due as the agent does; tells whether something was."""
        due = self.store.read(attending.is_due, to_micros(self.now))
        assert due == bool(self.store.read(attending.due_snoozes, to_micros(self.now)))
        self.store.write(AGENT, attending.wake, self.token)
        return due

    def last(self) -> str:
        return sentence(self.store.read(journal.of_subject, commands.subject(1))[-1])

    def undo(self) -> None:
        entry = self.store.read(last_undoable, RESTORERS, "ada", self.now)
        assert entry is not None
        self.store.write(self.ada, take_back, RESTORERS, entry.seq)


@pytest.fixture
def queue(place: Path | str, ada: Author) -> Iterator[Queue]:
    found = Queue(place, ada)
    yield found
    found.store.close()


def test_snoozed_it_is_out_of_sight_until_then(queue: Queue) -> None:
    queue.snooze(40)
    assert queue.last() == "R-1 out of sight until 2026-11-23 09:40Z: the part comes then"
    assert queue.in_sight() == []
    assert [each.id for each in queue.store.read(page, Wanted("ada", "snoozed"))] == [1]
    counted = queue.store.read(figures, "ada")
    assert (counted.in_sight, counted.unowned, counted.snoozed) == (1, 0, 1)
    queue.now += timedelta(minutes=39)
    assert not queue.wake()
    queue.now += timedelta(minutes=1)
    assert queue.wake()
    assert queue.last() == "R-1 back in sight"
    assert queue.in_sight() == [1]
    assert not queue.wake()


def test_it_is_woken_when_what_is_promised_is_due(queue: Queue) -> None:
    queue.snooze(300)
    queue.now += timedelta(minutes=60)
    assert queue.wake()
    assert queue.last() == "R-1 back in sight: before 2026-11-23 14:00Z: what is promised of it is due"
    with pytest.raises(
        NotPossible, match="R-1 was due 2026-11-23 10:00Z; what is owed is not put out of sight"
    ):
        queue.snooze(60)


def test_what_nobody_woke_in_time_says_so(queue: Queue) -> None:
    queue.snooze(10)
    queue.now += timedelta(minutes=30)
    queue.wake()
    assert queue.last() == "R-1 back in sight: 20 minutes late: no agent kept the clocks then"


def test_its_requester_wakes_it_and_so_does_whoever_is_given_it(queue: Queue) -> None:
    queue.snooze(40)
    queue.store.write(AGENT, commands.record_said, 1, "it got worse")
    assert (queue.one().snoozed_until, queue.one().snoozed_by) == (None, "")
    queue.snooze(40)
    queue.store.write(queue.ada, commands.set_priority, 1, 2)
    assert queue.one().snoozed_by == "ada"
    queue.store.write(queue.ada, attending.hand_over_request, 1, "bobby", "call the carrier")
    assert queue.one().snoozed_until is None
    queue.undo()
    assert (queue.one().owner, queue.one().snoozed_by) == ("", "ada")
    queue.store.write(queue.ada, commands.cancel_request, 1, "not any more", BOX)
    assert queue.one().snoozed_until is None
    with pytest.raises(NotPossible, match="R-1 is cancelled; there is nothing to snooze"):
        queue.snooze(10)


def test_it_is_woken_by_hand_and_both_are_taken_back(queue: Queue) -> None:
    before = queue.one()
    queue.snooze(40)
    queue.undo()
    assert queue.one() == replace(before, version=3)
    queue.snooze(40)
    queue.store.write(queue.ada, attending.wake_request, 1)
    with pytest.raises(NotPossible, match="not snoozed"):
        queue.store.write(queue.ada, attending.wake_request, 1)
    queue.undo()
    assert queue.one().snoozed_by == "ada"


@pytest.mark.parametrize(
    ("minutes", "text", "why"),
    [(10, " ", "why it can rest"), (0, "later", "in the future"), (60 * 24 * 40, "later", "within 31 days")],
)
def test_a_snooze_has_a_reason_and_an_end(queue: Queue, minutes: int, text: str, why: str) -> None:
    until = queue.now + timedelta(minutes=minutes)
    with pytest.raises(BadInput, match=why):
        queue.store.write(queue.ada, attending.snooze_request, 1, until, text)


def test_only_who_holds_the_duty_wakes(queue: Queue) -> None:
    queue.snooze(10)
    queue.now += timedelta(minutes=20)
    with pytest.raises(LeaseLost):
        queue.store.write(AGENT, attending.wake, queue.token + 1)
    assert queue.one().snoozed_until is not None


def test_the_staff_watch_and_are_named(queue: Queue) -> None:
    store, ada = queue.store, queue.ada
    store.write(ada, attending.watch_request, 1)
    store.write(ada, attending.watch_request, 1, "bob")
    assert queue.last() == "R-1 is watched by bobby"
    assert store.read(attending.watchers_of, commands.subject(1)) == ["ada", "bobby"]
    with pytest.raises(NotPossible, match="ada watches R-1 already"):
        store.write(ada, attending.watch_request, 1)
    with pytest.raises(BadInput, match="eve is none of the staff"):
        store.write(ada, attending.watch_request, 1, "eve")
    queue.undo()
    assert store.read(attending.watchers_of, commands.subject(1)) == ["ada"]
    store.write(ada, attending.unwatch_request, 1)
    assert queue.last() == "R-1 is no longer watched by ada"
    with pytest.raises(NotPossible, match="does not watch"):
        store.write(ada, attending.unwatch_request, 1)
    queue.undo()
    assert store.read(attending.watchers_of, commands.subject(1)) == ["ada"]


def test_what_is_theirs_already_is_not_handed_over(queue: Queue) -> None:
    queue.store.write(queue.ada, commands.take_request, 1)
    with pytest.raises(NotPossible, match="R-1 is ada's already"):
        queue.store.write(queue.ada, attending.hand_over_request, 1, "ada", "go on")
