"""Whatever weakens control and ends soon stands in one list, what is past and still in force before all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.desk.requests.attending import snooze_request
from core.desk.requests.commands import record_request
from core.desk.requests.model import Asked
from core.endings.model import Ending, Sort, Standing, end_of, in_order
from core.endings.queries import HOUSES, endings
from core.gate.commands import unlock_operate
from core.security.findings import commands as findings
from core.security.findings.importing import import_report
from core.security.findings.reports.reading import read_report
from core.store.store import Store, backend_for
from tests.core.security.findings.house import BOX, CATALOG, SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> list[datetime]:
    return [NOON]


@pytest.fixture
def house(place: Path | str, clock: list[datetime]) -> Iterator[Store]:
    store = Store(backend_for(place), now=lambda: clock[0])
    store.open()
    yield store
    store.close()


def test_what_ends_first_stands_first_with_owner_and_reason(
    house: Store, ada: Author, clock: list[datetime]
) -> None:
    house.write(ada, load_catalog, CATALOG, directory="x", digest="1", changes=[])
    house.write(ada, import_report, read_report(SAMPLES / "findings.csv"))
    house.write(ada, findings.accept_finding, 1, date(2026, 11, 24), "ada", "no way in", BOX)
    house.write(ada, findings.accept_finding, 2, date(2026, 12, 24), "ada", "only read", BOX)
    house.write(ada, unlock_operate, "web is down")
    asked = Asked("a badge", "shop", "kim@acme.example")
    number = house.write(ada, record_request, asked).id
    house.write(ada, snooze_request, number, NOON + timedelta(days=2), "the badge is being printed")

    found = house.read(endings, NOON, NOON + timedelta(days=7))
    assert [(each.sort, each.subject, each.owner, each.reason) for each in found] == [
        (Sort.OPERATE, "ada", "ada", "web is down"),
        (Sort.RISK, "F-1", "ada", "no way in"),
        (Sort.SNOOZE, f"R-{number}", "ada", "the badge is being printed"),
    ]
    assert found[1].ends_at == datetime(2026, 11, 25, tzinfo=UTC)
    assert {each.standing(NOON) for each in found} == {Standing.HOLDS}

    clock[0] = NOON + timedelta(days=3)
    later = house.read(endings, clock[0], clock[0] + timedelta(days=7))
    assert [(each.subject, each.is_past(clock[0])) for each in later] == [
        ("F-1", True),
        (f"R-{number}", True),
    ]


def test_every_house_answers_where_nothing_is_weakened(house: Store) -> None:
    assert [house.read(each, NOON, NOON + timedelta(days=7)) for each in HOUSES] == [[] for _ in HOUSES]


def test_a_day_ends_at_midnight_after_it() -> None:
    ending = Ending(Sort.RISK, "F-1", "x", "ada", "y", end_of(date(2026, 11, 24)))
    assert not ending.is_past(datetime(2026, 11, 24, 23, 59, tzinfo=UTC))
    assert ending.standing(datetime(2026, 11, 25, tzinfo=UTC)) is Standing.PAST


def test_what_has_no_end_stands_before_what_is_past_and_says_so() -> None:
    past = Ending(Sort.RISK, "F-1", "x", "ada", "y", NOON - timedelta(days=1))
    soon, endless = (
        replace(past, subject="F-2", ends_at=NOON + timedelta(hours=1)),
        replace(past, ends_at=None),
    )
    assert sorted([soon, past, endless], key=in_order) == [endless, past, soon]
    assert [each.needs_somebody(NOON) for each in (endless, past, soon)] == [True, True, False]
    assert (endless.end, endless.is_past(NOON)) == ("no end is set", False)
    assert past.end == "2026-11-22 12:00Z"
