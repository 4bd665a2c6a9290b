"""What would have been due under other agreements is found by the clocks that judge live, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.model import Calendar, Promise
from core.desk import commands
from core.desk.agreements.terms import all_versions
from core.desk.clocks.announcing import DUTY, announce_due
from core.desk.clocks.model import ClockKind
from core.desk.clocks.trying import Trial, terms_in, try_terms
from core.journal.queries import newest
from core.store.lease import take_lease
from core.timekeeping import from_micros, to_micros
from tests.core.desk.at_the_desk import AGENT, BOX, CATALOG, GOLD, HOUR, MONDAY, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.catalog.model import Catalog
    from core.store.work import Author

TIGHTER = replace(GOLD, targets=(Promise(1, HOUR / 2, HOUR), GOLD.targets[1]))
LOOSER = replace(GOLD, targets=(Promise(1, HOUR / 2, 400 * HOUR), GOLD.targets[1]))


class Trier(Desk):
    """A desk that tries what might have been agreed."""

    def of(self, catalog: Catalog, only: str = "") -> Trial:
        """Tries a catalog on everything that was opened."""
        return self.tried(terms_in(catalog), only=only, is_all=True)

    def tried(self, terms: object, *, only: str = "", is_all: bool = False) -> Trial:
        begin, end = to_micros(MONDAY), to_micros(self.now)
        found: Trial = self.store.read(try_terms, terms, begin, end, is_all=is_all, only=only)
        return found

    def say_what_is_due(self) -> None:
        token = self.do(take_lease, DUTY, "one", author=AGENT)
        while self.do(announce_due, token, author=AGENT):
            pass


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Trier]:
    made = Trier(place, ada)
    made.pass_(minutes=1)
    number = made.fail()
    made.fail("bulb", 2)
    made.pass_(minutes=10)
    made.do(commands.acknowledge_incident, number)
    made.pass_(hours=2)
    made.do(commands.resolve_incident, number, "mended", BOX)
    made.pass_(hours=30)
    yield made
    made.check_what_is_kept()
    made.store.close()


def shown(trial: Trial) -> list[str]:
    return [f"{each.item} {each.agreement} {each.kind} {each.more:+d}" for each in trial.otherwise]


@pytest.mark.parametrize("is_said", [True, False], ids=["said", "not said yet"])
def test_what_is_in_force_judges_as_it_did(desk: Trier, is_said: bool) -> None:
    if is_said:
        desk.say_what_is_due()
    trial = desk.of(CATALOG)
    assert (trial.opened, trial.otherwise) == (2, ())
    assert trial.broken == trial.would_break == 3  # nobody saw to the bulb


def test_a_tighter_target_would_have_broken_what_was_kept(desk: Trier) -> None:
    before = desk.store.read(newest).seq
    trial = desk.of(replace(CATALOG, agreements={**CATALOG.agreements, "gold": TIGHTER}))
    (found,) = trial.otherwise
    assert (found.item, found.agreement, found.kind, found.more) == ("I-1", "gold", ClockKind.RESOLVE, 1)
    assert found.was is not None
    assert found.would is not None
    assert found.was.due is not None
    assert found.would.broken_at is not None
    assert [f"{from_micros(at):%a %H:%M}" for at in (found.was.due, found.would.broken_at)] == [
        "Mon 13:01",
        "Mon 10:01",
    ]
    assert (trial.broken, trial.would_break) == (3, 4)
    assert desk.store.read(newest).seq == before


def test_a_breach_that_was_said_stays_in_what_was_and_not_in_what_would_be(desk: Trier) -> None:
    talk = replace(CATALOG.agreements["talk"], targets=(Promise(2, 400 * HOUR, 400 * HOUR, 400 * HOUR),))
    desk.say_what_is_due()
    trial = desk.of(replace(CATALOG, agreements={**CATALOG.agreements, "talk": talk}))
    assert shown(trial) == ["I-2 talk resolve -1", "I-2 talk respond -1", "I-2 talk update -1"]
    assert (trial.broken, trial.would_break) == (3, 0)
    assert desk.of(replace(CATALOG, agreements={}), "gold").would_break == 0


def test_other_hours_of_a_calendar_are_tried_too(desk: Trier) -> None:
    always = Calendar("office", "UTC", tuple((day, 0, 24 * 60) for day in range(7)))
    trial = desk.of(replace(CATALOG, calendars={"office": always}))
    dues = {each.kind: each.would.due for each in trial.otherwise if each.would and each.item == "I-2"}
    due = dues[ClockKind.RESOLVE]
    assert due is not None
    assert f"{from_micros(due):%a %H:%M}" == "Tue 01:01"


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({"holidays": ("2026-11-24 Works closed",)}, "Wed 25 Nov 15:01"),
        ({"exceptions": ("2026-11-23 08:00-09:31 Stock-taking",)}, "Wed 25 Nov 13:30"),
        ({"zone": "Pacific/Auckland"}, "Wed 25 Nov 01:00"),
    ],
    ids=["a day off", "other hours of a day", "another zone"],
)  # fmt: skip
def test_days_off_and_other_hours_of_a_day_are_tried_too(
    desk: Trier, changed: dict[str, Any], due: str
) -> None:
    office = replace(CATALOG.calendars["office"], **changed)
    before = desk.store.read(newest).seq
    trial = desk.of(replace(CATALOG, calendars={"office": office}))
    found = {each.kind: each for each in trial.otherwise if each.item == "I-2"}
    resolve = found[ClockKind.RESOLVE]
    assert resolve.was is not None
    assert resolve.would is not None
    assert resolve.was.due is not None
    assert resolve.would.due is not None
    assert (
        resolve.was.allowed_s == resolve.would.allowed_s
    )  # what was agreed stays; only when it is due moves
    dues = [f"{from_micros(at):%a %d %b %H:%M}" for at in (resolve.was.due, resolve.would.due)]
    assert dues == ["Tue 24 Nov 15:01", due]
    assert desk.store.read(newest).seq == before


def test_an_item_is_judged_by_another_version_of_its_agreement(desk: Trier) -> None:
    desk.load(replace(CATALOG, agreements={**CATALOG.agreements, "gold": LOOSER}))
    desk.do(commands.close_incident, 1, "it holds", BOX)
    desk.pass_(hours=1)
    desk.fail()  # under the second version
    desk.pass_(days=2)
    first, second = (desk.store.read(lambda c, n=n: all_versions(c).of_version("gold", n)) for n in (1, 2))
    assert first is not None
    assert second is not None
    assert shown(desk.tried({"gold": first})) == ["I-3 gold resolve +1"]
    assert shown(desk.tried({"gold": second})) == ["I-1 gold resolve +0"]
    assert desk.store.read(lambda c: all_versions(c).of_version("gold", 3)) is None


def test_no_more_than_the_newest_of_some_days_are_tried_and_what_is_left_out_is_said(
    desk: Trier, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = 1
    for _ in range(5):
        desk.do(commands.close_incident, number, "it holds", BOX)
        desk.pass_(days=1)
        number = desk.fail()
        desk.do(commands.acknowledge_incident, number)
        desk.do(commands.resolve_incident, number, "mended", BOX)
    desk.pass_(hours=1)
    assert (desk.of(CATALOG).opened, desk.of(CATALOG).cut) == (7, ())
    monkeypatch.setattr(
        "core.desk.clocks.trying.AT_ONCE", 2
    )  # several pages, and the first one's items on the last
    assert (desk.of(CATALOG).opened, desk.of(CATALOG).cut) == (7, ())
    monkeypatch.setattr("core.desk.clocks.trying.MOST", 4)
    none = replace(CATALOG, agreements={})
    trial = desk.of(none)
    assert (trial.opened, trial.cut) == (4, ("incident",))
    assert {each.item for each in trial.otherwise} == {"I-4", "I-5", "I-6", "I-7"}
    monkeypatch.setattr("core.desk.clocks.trying.MOST_DAYS", 2)
    trial = desk.of(none)
    assert (trial.opened, trial.cut) == (2, ())
    assert trial.begin == to_micros(desk.now) - 2 * 86_400_000_000
