"""What the journal answers to a measure is counted in the database, and is what counting its signs one by one comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.improvement import commands, signs
from core.improvement.recurring import figure, measure_in
from core.improvement.signs import figure_of, signs_between
from core.journal import queries as journal
from core.journal.model import Subject
from tests.core.improvement.actions import ADA

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.core.improvement.actions import House


def story(work: Work) -> None:
    """Writes what may answer any measure, and much that does not."""
    for n in range(1, 40):
        about = Subject("incident", str(n % 7 + 1))
        work.record(
            ("incident.reopened", "incident.failed_again", "incident.noted")[n % 3], about, {"n": (None, n)}
        )
        work.record("incident.breached", about, {"clock": (None, "resolve")})
        work.record("request.breached", Subject("request", str(n)), {"clock": (None, "resolve")})
        work.record("finding.reopened", Subject("finding", str(n % 3)), {"state": (None, "reopened")})


@pytest.mark.parametrize(
    "measure",
    ["component:till", "component:none", "service:shop", "finding:1", "cause:capacity", "cause:design"],
)
def test_the_database_counts_what_the_signs_come_to(house: House, measure: str) -> None:
    for name in ("till", "door", "till", "lamp", "till", "door", "till"):
        house.fails(name)
    house.do(story)
    number = house.carried_out(measure=measure)
    house.pass_(hours=1)
    house.do(story)
    for category in ("capacity", "monitoring", "capacity"):
        house.do(commands.draft_action, {"deviation": "another", "category": category}, author=ADA)
    action = house.one(number)
    assert action.done_at is not None
    every = house.store.read(signs_between, 0, house.store.read(journal.newest).seq)
    expected = figure(measure_in(measure), number, every, action.done_at)
    assert house.store.read(figure_of, action) == expected
    assert bool(expected.times) is not measure.endswith((":none", ":design"))


def test_no_entry_is_read_one_by_one_for_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = house.carried_out()
    house.pass_(hours=1)
    house.fails()

    def never(*_: object) -> None:
        raise AssertionError("the journal is read entry by entry")

    monkeypatch.setattr(signs, "kinds_between", never)
    found = house.store.read(figure_of, house.one(number))
    assert found is not None
    assert found.times == 1
