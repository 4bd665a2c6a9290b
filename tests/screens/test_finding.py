"""The filter says what is wrong in it while it is typed, and what was found, what changed and what is handed over is shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import note_incident
from core.desk.finding import by_words
from core.desk.finding.fields import BOTH
from core.desk.requests import commands
from core.store.store import Store
from screens.filter_hints import completed, hint
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.desk_scene import BEN, make_desk
from tests.screens.scene import WITHIN_S, console, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_desk(tmp_path)


def typed(text: str) -> list[str]:
    """Returns the keys of a text."""
    return [{" ": "space", ":": "colon"}.get(letter, letter) for letter in text]


async def test_a_filter_says_what_is_wrong_in_it_and_what_it_could_go_on_with(place: Path) -> None:
    async with desk_at(place, "queue", size=(80, 24)) as desk:
        await settle_in(desk.pilot, "queue")
        await desk.press("/", *typed("servce:x"))
        assert "no field is called 'servce'. Did you mean \"service\"" in desk.said
        await desk.press(*["backspace"] * 8, *typed("state:"))
        assert desk.said.startswith("state: what? open, over, held")
        await desk.press(*typed("held "))
        assert desk.said == ""
        await desk.press("enter")
        assert "/state:held" in desk.seen


async def test_incidents_are_found_by_what_was_noted_of_them(place: Path) -> None:
    store = Store.at(place)
    store.write(BEN, note_incident, 1, "the concentrator was replaced")
    store.close()
    async with desk_at(place, "incidents") as desk:
        await settle_in(desk.pilot, "incidents")
        assert len(desk.grid.model.rows) == 2
        await desk.press("/", *typed("state:open sev:2"), "enter")
        assert list(desk.grid.model.rows) == ["I-2"]
        await desk.press("escape", "/", *typed("concentrator"), "enter")
        async with asyncio.timeout(WITHIN_S):
            while list(desk.grid.model.rows) != ["I-1"]:
                await desk.pilot.pause(0.05)


async def test_what_is_found_is_listed_the_newest_first_and_opened(place: Path) -> None:
    async with desk_at(place, "home", size=(80, 24)) as desk:
        await desk.app.obey("find lagos")
        await settle_in(desk.pilot, "find")
        assert list(desk.grid.model.rows) == ["R-2", "R-1"]
        assert "2 found" in desk.seen
        await desk.press("/", *typed(" ledger"), "enter")
        await settle_in(desk.pilot, "find")
        assert list(desk.grid.model.rows) == ["R-2"]
        await desk.press("enter")
        await settle_in(desk.pilot, "request")
        assert desk.app.current == "request"


async def test_how_far_back_was_looked_is_said_where_it_takes_long(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FEW_ITEMS", "MANY"):
        monkeypatch.setattr(by_words, name, 0)
    monkeypatch.setattr(by_words, "NEWEST", 2)
    monkeypatch.setattr("screens.find.PATIENCE_S", 0)
    async with desk_at(place, "home", size=(120, 30)) as desk:
        await desk.app.obey('find "lagos office"')
        await settle_in(desk.pilot, "find")
        assert "and older not looked through: say more, or id<=" in desk.seen


async def test_what_others_did_is_new_until_one_says_that_one_has_looked(place: Path) -> None:
    async with desk_at(place, "home", size=(80, 24)) as desk:
        await desk.app.obey("since")
        await settle_in(desk.pilot, "since")
        assert "R-5" in desk.grid.model.rows
        assert "owner nobody → ben" in desk.seen
        await desk.press("S")
        await settle_in(desk.pilot, "since")
        assert list(desk.grid.model.rows) == []
        assert "you have looked up to entry" in desk.said
        store = Store.at(place)
        store.write(BEN, commands.note_request, 1, "still nothing")
        store.close()
        async with asyncio.timeout(WITHIN_S):
            while list(desk.grid.model.rows) != ["R-1"]:
                await desk.pilot.pause(0.05)


async def test_who_takes_over_accepts_line_by_line(place: Path) -> None:
    async with desk_at(place, "home", size=(80, 24)) as desk:
        await desk.app.obey("handover")
        await settle_in(desk.pilot, "handover")
        await desk.press("B")
        await desk.press("tab", "enter")
        await settle_in(desk.pilot, "handover")
        assert "HO-1 of ana" in desk.seen
        await desk.press("a")
        assert "nobody takes over from themselves" in desk.said
    app = console(place, "handover")
    app.setup = replace(app.setup, author=replace(app.setup.author, actor="ben"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "handover")
        desk = Desk(pilot, app)
        lines = len(desk.grid.model.rows)
        await desk.press("a")
        await settle_in(pilot, "handover")
        assert f"{lines - 1} of {lines} lines not accepted" in desk.seen
        assert "1  ben" in desk.seen


def test_a_hint_names_what_is_at_hand() -> None:
    known = {"service": {"mail", "Mail archive"}}
    assert hint("service:", BOTH, known) == ('service: what? "mail archive", mail, none', False)
    assert hint("x service:mail", BOTH, known) == ("", False)
    assert completed("x servi", BOTH, known) == "x service:"
    assert completed("-(service:ma", BOTH, known) == "-(service:mail"
    assert completed("x ", BOTH, known) is None
