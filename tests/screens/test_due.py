"""What is promised of incidents, on their list and their own screen, at an instant that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.catalog.model import Agreement, Promise
from core.desk.agreements.targets import Terms
from core.desk.clocks.promised import clocks_of
from core.desk.clocks.told import Told
from core.desk.hours.service_hours import ServiceHours
from core.desk.model import Incident, IncidentState
from core.timekeeping import to_micros
from screens.incident_rows import COLUMNS, incident_cells, incident_head
from screens.staleness import FRESH
from screens.tones import Tone
from screens.widgets.glyphs import UNICODE
from tests.screens.test_by_keyboard import desk_at, night

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["night"]

OPENED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GOLD = Agreement(
    "gold", "Gold", "acme", ("shop",), targets=(Promise(1, 3600.0, 14400.0), Promise(2, 7200.0, 28800.0))
)


def incident(number: int, severity: int, *, seen: bool = False) -> Incident:
    told = [Told(to_micros(OPENED), "open", severity, is_noted=True if seen else None)]
    found = Incident(number, 1, IncidentState.OPEN, severity, "web", "shop", "it is down", OPENED, "agent")
    return replace(found, clocks=clocks_of(Terms(GOLD, ServiceHours()), told, to_micros(OPENED)))


def due_cell(found: Incident, **later: float) -> object:
    from datetime import timedelta

    return incident_cells(found, OPENED + timedelta(**later), UNICODE)["due"]


def test_the_next_promise_stands_in_the_row_and_looks_as_near_as_it_is() -> None:
    urgent = incident(1, 1)
    assert due_cell(urgent, minutes=5) == (("respond 55m", Tone.TEXT),)
    assert due_cell(urgent, minutes=50) == (("!respond 10m", Tone.WARNING),)
    assert due_cell(urgent, minutes=75) == (("late respond", Tone.CRITICAL),)
    assert due_cell(incident(1, 1, seen=True), minutes=75) == (("resolve 2h", Tone.TEXT),)
    assert due_cell(incident(1, 3), minutes=75) == ""


def test_what_is_due_first_comes_first_and_what_is_promised_nothing_last() -> None:
    column = next(column for column in COLUMNS if column.id == "due")
    assert column.sort is not None
    found = [incident(1, 3), incident(2, 2), incident(3, 1), incident(4, 1, seen=True)]
    assert [each.id for each in sorted(found, key=column.sort)] == [3, 2, 4, 1]


def test_each_promise_has_its_line_above_what_it_is_about() -> None:
    lines = incident_head(incident(1, 1, seen=True), {}, [], [], OPENED, UNICODE, stale=FRESH)
    words = ["".join(text for text, _ in line) for line in lines]
    assert words[2:4] == [
        " answered Mon 23 Nov 09:00Z, due Mon 23 Nov 10:00Z: 1h round the clock, Gold",
        " resolve 4h, due Mon 23 Nov 13:00Z: 4h round the clock, Gold",
    ]


async def test_the_list_shows_what_the_agreement_in_force_promised(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        assert "DUE" in desk.seen
        assert " respond " in desk.seen
        assert ", due " in desk.seen
