"""Agreements read as they stood at an instant, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from core.catalog.model import Agreement, Calendar, Catalog, Customer, Group, Service, Staff
from core.catalog.queries import declared_catalog
from core.desk.agreements.coverage import InForce, judge
from core.desk.agreements.versions import agreements_at, one_agreement, versions_at
from core.errors import NotFound
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import MONDAY, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author

HOURS = ((0, 480, 1080),)
GOLD = Agreement("gold", "Gold", "acme", ("shop",), "office", may_ask=("buyers",))
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")},
    services={"shop": Service("shop", "Shop")},
    agreements={"gold": GOLD},
    calendars={"office": Calendar("office", "UTC", HOURS)},
    staff={"ada": Staff("ada", "Ada", role="admin")},
    groups_of_people={"buyers": Group("buyers", "The buyers", ("@acme.example",))},
)


class Past(Desk):
    """A desk that looks back at what was agreed."""

    def at(self, instant: datetime) -> InForce:
        return self.store.read(agreements_at, to_micros(instant))


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Past]:
    made = Past(place, ada, CATALOG)
    yield made
    made.store.close()


def test_what_is_declared_is_read_back_with_its_calendar(desk: Past) -> None:
    found = desk.at(MONDAY)
    assert [each.agreement for each in found.agreements] == [GOLD]
    assert found.agreements[0].calendar == CATALOG.calendars["office"]
    assert found.agreements[0].since == to_micros(MONDAY)
    assert (found.groups, found.staff, found.customers) == (
        CATALOG.groups_of_people, CATALOG.staff, CATALOG.customers,
    )  # fmt: skip
    assert desk.store.read(declared_catalog) == CATALOG


def test_an_earlier_instant_has_the_agreements_and_calendars_of_then(desk: Past) -> None:
    desk.now += timedelta(hours=1)
    closed = replace(CATALOG.calendars["office"], holidays=("2026-11-30 Moving day",))
    changed = replace(GOLD, may_ask=("buyers", "ann@else.example"))
    desk.load(replace(CATALOG, agreements={"gold": changed}, calendars={"office": closed}))
    then, later = desk.at(MONDAY + timedelta(minutes=59)), desk.at(desk.now)
    assert (then.agreements[0].agreement, later.agreements[0].agreement) == (GOLD, changed)
    assert (then.agreements[0].calendar, later.agreements[0].calendar) == (
        CATALOG.calendars["office"],
        closed,
    )
    said = [
        judge(each, asker="ann@else.example", service="shop", at=desk.now).outcome for each in (then, later)
    ]
    assert said == ["held", "covered"]
    assert desk.at(MONDAY - timedelta(seconds=1)).agreements == ()


def test_what_is_no_longer_declared_covers_nothing_from_then_on(desk: Past) -> None:
    desk.now += timedelta(hours=1)
    desk.load(replace(CATALOG, agreements={}))
    assert desk.at(desk.now).agreements == ()
    assert len(desk.at(MONDAY).agreements) == 1


def test_a_version_is_read_and_decoded_once(desk: Past) -> None:
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def read_twice(connection: object) -> tuple[InForce, InForce]:
        event.listen(connection, "before_cursor_execute", note)
        try:
            return tuple(agreements_at(connection, to_micros(MONDAY)) for _ in range(2))  # type: ignore[arg-type, return-value]
        finally:
            event.remove(connection, "before_cursor_execute", note)

    first, second = desk.store.read(read_twice)
    assert first.agreements[0].agreement is second.agreements[0].agreement
    assert ["definition" in statement for statement in asked] == [False, True, False]


def test_two_databases_with_one_instant_are_not_taken_for_each_other(
    desk: Past, tmp_path: Path, ada: Author
) -> None:
    other = Past(tmp_path / "other.db", ada, CATALOG)
    try:
        assert other.at(MONDAY) == desk.at(MONDAY)
        other.now = desk.now = MONDAY + timedelta(hours=1)
        other.load(replace(CATALOG, agreements={"gold": replace(GOLD, title="Silver")}))
        desk.load(replace(CATALOG, agreements={"gold": replace(GOLD, title="Bronze")}))
        titles = [each.at(other.now).agreements[0].agreement.title for each in (other, desk)]
        assert titles == ["Silver", "Bronze"]
    finally:
        other.store.close()


def test_hundreds_of_versions_are_read_in_few_questions(desk: Past) -> None:
    desk.now += timedelta(hours=1)
    many = {f"g{n}": replace(GOLD, id=f"g{n}") for n in range(450)}
    desk.load(replace(CATALOG, agreements=many))
    found = desk.store.read(versions_at, ("agreement",), to_micros(desk.now))
    assert [version.id for version in found] == sorted(many)
    assert all(version.value == many[version.id] for version in found)


def test_an_agreement_that_is_not_there_brings_the_nearest(desk: Past) -> None:
    assert one_agreement(desk.at(MONDAY), "gold").agreement is not None
    with pytest.raises(NotFound, match="there is no agreement 'gald'") as refused:
        one_agreement(desk.at(MONDAY), "gald")
    assert refused.value.next_step == 'Did you mean "gold"?'
