"""Under which agreements an item's clocks run: an incident's under all that are in force, a request's under its own, in its version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Promise, Staff
from core.desk.clocks.keeping import differences
from core.desk.clocks.model import ClockKind
from core.desk.clocks.promises import item_of, promises
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.desk.requests.queries import one_request, requests
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import BOX, CATALOG, GOLD, HOUR, OFFICE, TELLING, Desk, due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.desk.clocks.promised import Clock
    from core.store.work import Author

RESPOND, RESOLVE = ClockKind.RESPOND, ClockKind.RESOLVE
IRON = replace(GOLD, id="iron", title="Iron", targets=(Promise(1, 2 * HOUR, 3 * HOUR),))


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    made = Desk(place, ada)
    yield made
    made.check_what_is_kept()
    items = [item_of(each) for each in made.store.read(requests, over=True)]
    assert made.store.read(differences, items, to_micros(made.now)) == []
    made.store.close()


def of_request(desk: Desk, number: int) -> dict[tuple[str, ClockKind], Clock]:
    found = desk.store.read(one_request, number)
    return {(c.agreement.id, c.kind): c for c in desk.store.read(promises, [found], desk.now)[number]}


@pytest.mark.parametrize(
    ("begins", "ends", "counts"),
    [
        ("", "", True),
        ("2026-11-23", "2026-11-23", True),
        ("2026-11-24", "", False),
        ("", "2026-11-22", False),
        ("2026-01-01", "2026-12-31", True),
    ],
)  # fmt: skip
def test_an_agreement_counts_on_its_days_only(desk: Desk, begins: str, ends: str, counts: bool) -> None:
    desk.load(replace(CATALOG, agreements={"gold": replace(GOLD, begins=begins, ends=ends)}))
    desk.pass_(seconds=1)
    desk.fail()
    assert (desk.clocks() != {}) is counts


def test_its_days_are_those_of_its_calendars_zone(desk: Desk) -> None:
    """At noon of the 23rd in UTC it is the 24th in Auckland."""
    auckland = replace(OFFICE, zone="Pacific/Auckland")
    gold = replace(GOLD, begins="2026-11-24")
    desk.load(replace(CATALOG, agreements={"gold": gold}, calendars={"office": auckland}))
    desk.pass_(hours=3)
    desk.fail()
    assert due(desk.clocks()[RESPOND]) == "Mon 19:30"


def test_what_runs_goes_on_after_its_agreement_has_ended(desk: Desk) -> None:
    desk.load(replace(CATALOG, agreements={"gold": replace(GOLD, ends="2026-11-23")}))
    desk.pass_(hours=8, minutes=50)
    desk.fail()
    desk.pass_(days=1)
    assert due(desk.clocks()[RESOLVE]) == "Tue 11:50"


def test_an_incident_has_the_clocks_of_all_a_request_those_of_its_own(desk: Desk) -> None:
    desk.load(replace(CATALOG, agreements={"gold": GOLD, "iron": IRON}))
    desk.pass_(seconds=1)
    number = desk.do(
        commands.new_request, Asked("a key", "shop", "eve@acme.example", impact=1, urgency=1), BOX
    ).id
    assert {name for name, _ in of_request(desk, number)} == {"gold"}  # of equals the one that responds first


def test_a_request_keeps_the_version_it_came_in_under_also_once_it_is_worked_on(desk: Desk) -> None:
    number = desk.do(
        commands.new_request, Asked("a bulb", "lamp", "eve@acme.example", impact=1, urgency=1), BOX
    ).id
    before = {key: clock.due for key, clock in of_request(desk, number).items()}
    desk.pass_(minutes=1)
    strict = replace(TELLING, targets=(Promise(1, 60.0, 120.0, 60.0), Promise(2, 60.0, 120.0, 60.0)))
    desk.load(
        replace(
            CATALOG, agreements={"talk": strict}, calendars={"office": replace(OFFICE, zone="Asia/Tokyo")}
        )
    )
    desk.pass_(minutes=1)
    desk.do(commands.take_request, number)
    after = of_request(desk, number)
    assert {key: clock.due for key, clock in after.items()} == before
    assert {clock.terms.version for clock in after.values()} == {1}
    desk.do(commands.set_priority, number, 2)
    assert due(of_request(desk, number)["talk", RESOLVE]) == "Tue 15:00"
    fresh = desk.do(
        commands.new_request, Asked("a bulb", "lamp", "eve@acme.example", impact=1, urgency=1), BOX
    ).id
    assert {clock.terms.version for clock in of_request(desk, fresh).values()} == {2}


@pytest.mark.parametrize(
    "email", ["Ada@Acme.example", "a_d%a@acme.example", "\u00c4da@acme.example", 'a"da@acme.example']
)
def test_who_asks_is_found_among_the_staff_however_their_address_is_written(desk: Desk, email: str) -> None:
    staff = {n: Staff(n, n.capitalize(), email=f"{n}@acme.example") for n in ("bob", "eve")}
    desk.load(replace(CATALOG, staff={**staff, "ada": Staff("ada", "Ada", email=email)}))
    desk.pass_(seconds=1)
    number = desk.do(
        commands.new_request, Asked("a bulb", "lamp", email.lower(), impact=1, urgency=1), BOX
    ).id
    desk.do(commands.take_request, number)
    assert of_request(desk, number)["talk", RESOLVE].due is None  # whoever asked has it in hand
    desk.do(commands.assign_request, number, "bob")
    assert of_request(desk, number)["talk", RESOLVE].due is not None
