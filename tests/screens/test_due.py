"""What is promised of incidents, on their list and their own screen, at an instant that stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.catalog.model import Agreement, Promise
from core.desk.agreements.targets import Terms
from core.desk.clocks.promised import clocks_of
from core.desk.clocks.told import Told
from core.desk.hours.service_hours import ServiceHours
from core.desk.model import Incident, IncidentState
from core.timekeeping import to_micros
from screens.due_explained import due_lines
from screens.incident_rows import COLUMNS, incident_cells, incident_head
from screens.staleness import FRESH
from screens.tones import Tone
from screens.widgets.glyphs import UNICODE
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.desk_scene import make_desk
from tests.screens.scene import stand_still

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OPENED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GOLD = Agreement(
    "gold", "Gold", "acme", ("shop",), targets=(Promise(1, 3600.0, 14400.0), Promise(2, 7200.0, 28800.0))
)


def incident(number: int, severity: int, *, seen: bool = False) -> Incident:
    told = [Told(to_micros(OPENED), "open", severity, is_noted=True if seen else None)]
    found = Incident(number, 1, IncidentState.OPEN, severity, "web", "shop", "it is down", OPENED, "agent")
    return replace(found, clocks=clocks_of(Terms(GOLD, ServiceHours()), told, to_micros(OPENED)))


def due_cell(found: Incident, **later: float) -> object:
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


def test_every_part_of_a_promise_stands_in_its_line_and_the_sum_at_its_end() -> None:
    told = [
        Told(to_micros(OPENED), "new", 1, is_noted=True),
        Told(to_micros(OPENED + timedelta(hours=1)), "waiting", waits_for="customer"),
        Told(to_micros(OPENED + timedelta(hours=3)), "in progress", waits_for=""),
    ]
    now = OPENED + timedelta(hours=4)
    _, resolve = clocks_of(Terms(GOLD, ServiceHours()), told, to_micros(now))
    lines = ["".join(text for text, _ in line) for line in due_lines([resolve], now, 79, UNICODE)]
    assert lines[1:] == [
        " resolve 2h, due Mon 23 Nov 15:00Z: 4h round the clock, Gold",
        "   23 Nov 09:00-23 Nov 10:00 new                   +1h          =1h",
        "   23 Nov 10:00-23 Nov 12:00 waiting on customer   stands still =1h",
        "   23 Nov 12:00-now          in progress           +1h          =2h",
        " ─ target 4h, elapsed 2h, paused 2h, due Mon 23 Nov 15:00:00Z: 2h left",
        "   agreement gold version 1; it counts round the clock",
    ]
    assert "23 Nov 09:00:00-23 Nov 10:00:00" in "".join(
        text for line in due_lines([resolve], now, 120, UNICODE) for text, _ in line
    )
    assert "no agreement promises anything" in due_lines((), now, 80, UNICODE)[1][0][0]


async def explained(desk: Desk) -> str:
    """Presses the key and returns what the box shows, once it is there."""
    await desk.press("d")
    await desk.until_seen("elapsed")
    return desk.seen


async def test_a_key_shows_how_what_is_due_of_an_incident_comes_about(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        seen = await explained(desk)
        assert "until note is taken" in seen
        assert " elapsed " in seen
        await desk.press("escape")
        assert desk.app.current == "incidents"


async def test_the_same_key_shows_it_of_a_request_in_the_queue_and_on_its_own_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_still(monkeypatch)
    async with desk_at(make_desk(tmp_path), "queue") as desk:
        await desk.until(lambda: desk.grid.is_loaded and desk.grid.cursor_id)
        in_queue = await explained(desk)
        assert "agreement house version 1" in in_queue
        await desk.press("escape", "enter")
        assert desk.app.current == "request"
        assert "agreement house version 1" in await explained(desk)
