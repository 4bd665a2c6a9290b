"""What requesters answered is set against which promises of their requests were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Agreement
from core.desk.clocks.announcing import DUTY, announce_due
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked
from core.desk.requests.whole import whole_request
from core.improvement.surveys.commands import ask, take_answer
from core.improvement.surveys.model import Scale
from core.improvement.surveys.promises import HowKept, promises_kept, promises_words
from core.improvement.surveys.queries import satisfaction
from core.store.lease import take_lease
from tests.core.desk.at_the_desk import AGENT, BOX, CATALOG, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.improvement.surveys.measures import Measured
    from core.store.work import Author


class Counter(Desk):
    """A desk where requests come in, are delivered, and asked about."""

    def come(self, service: str = "lamp") -> int:
        """Has a request of the highest priority come in: to be answered in half an hour, resolved in eight."""
        asked = Asked("a new bulb", service, "eve@acme.example", impact=1, urgency=1)
        return self.do(requests.new_request, asked, BOX).id

    def deliver(self, number: int, score: int | None = None) -> None:
        """Delivers one, told and asked; takes down what its requester answers."""
        self.do(requests.deliver_request, number, "changed", BOX)
        self.do(ask, number, author=AGENT)
        if score is not None:
            self.do(take_answer, number, score)

    def in_time(self, score: int | None, service: str = "lamp") -> int:
        number = self.come(service)
        self.pass_(minutes=5)
        self.deliver(number, score)
        return number

    def say_what_is_due(self) -> None:
        """Has the agent say it."""
        token = self.do(take_lease, DUTY, "one", author=AGENT)
        while self.do(announce_due, token, author=AGENT):
            pass

    def measured(self) -> dict[HowKept, tuple[int, int, float | None]]:
        """Returns (asked, answers, value) by how promises were kept."""
        (found,) = self.store.read(
            satisfaction, self.now - timedelta(days=9), self.now + timedelta(1), self.now
        )
        told = {how: _told(each) for how, each in found.by_promises.items()}
        assert _told(found.measured)[:2] == tuple(
            map(sum, zip(*(each[:2] for each in told.values()), strict=True))
        )
        return told

    def words(self, number: int) -> str:
        return promises_words(self.store.read(promises_kept, number, self.now))


def _told(measured: Measured) -> tuple[int, int, float | None]:
    return measured.asked, measured.answers, measured.value


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Counter]:
    made = Counter(place, ada)
    bare = Agreement("bare", "Bare", "acme", ("free",), "office", may_ask=("*",))  # promises nothing
    made.load(replace(CATALOG, agreements={**CATALOG.agreements, "bare": bare}))
    yield made
    made.store.close()


@pytest.mark.parametrize("is_said", [True, False], ids=["said", "not said yet"])
def test_answers_are_split_by_whether_a_promise_was_broken(desk: Counter, is_said: bool) -> None:
    kept = desk.in_time(5)
    desk.in_time(4)
    desk.in_time(None)
    free = desk.in_time(1, "free")
    late = desk.come()
    desk.pass_(hours=9)  # to Monday 18:20: more than eight hours of the office
    desk.deliver(late, 2)
    if is_said:
        desk.say_what_is_due()
    assert desk.measured() == {
        HowKept.ALL: (3, 2, 100.0), HowKept.BROKEN: (1, 1, 0.0), HowKept.NOTHING: (1, 1, 0.0),
    }  # fmt: skip
    assert desk.words(kept) == "talk: respond kept, update kept, resolve kept"
    assert desk.words(free) == "nothing promised"
    assert desk.words(late) == (
        "talk: respond broken 2026-11-23 09:50Z, update broken 2026-11-23 10:20Z, resolve broken 2026-11-23 17:20Z"
    )


def test_what_is_not_over_is_not_called_kept(desk: Counter) -> None:
    number = desk.come()
    desk.pass_(minutes=10)
    desk.deliver(number, 3)
    desk.do(requests.reopen_request, number, "still dark", BOX)
    assert "resolve not broken so far" in desk.words(number)
    assert desk.measured()[HowKept.ALL] == (1, 1, 0.0)
    desk.pass_(days=1)
    assert "resolve broken 2026-11-23 17:00Z" in desk.words(number)
    assert desk.measured()[HowKept.BROKEN] == (1, 1, 0.0)


def test_a_request_shows_its_survey_with_the_promises(desk: Counter) -> None:
    number = desk.in_time(2)
    whole = desk.store.read(whole_request, number, desk.now)
    assert whole.asked is not None
    assert (whole.asked.scale, whole.asked.words) == (Scale.CSAT, "answered 2 of 5 by phone")
    assert [str(each.kind) for each in whole.promises] == ["respond", "update", "resolve"]
    unasked = desk.come()
    assert desk.store.read(whole_request, unasked, desk.now)[-2:] == (None, ())
