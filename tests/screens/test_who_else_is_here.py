"""Who else is here, as a console shows it: real databases, a real console, and others who come and go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.attendance import RESTED_S
from core.journal.model import Via
from core.presence.commands import leave
from core.presence.model import Open, Present
from core.presence.queries import everyone
from core.store.work import Author
from screens.picture import gatherer
from screens.themes import theme_names
from screens.who import who_has_it_open
from screens.widgets.glyphs import UNICODE
from tests.screens.scene import ANA, NOW, WITHIN_S, console, settle, settle_in
from tests.screens.two_consoles import ADA, is_open, text_of, until

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store


async def test_others_are_counted_in_the_header_as_they_come_and_go(night: Path, other: Store) -> None:
    app = console(night, "incidents")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert " here" not in text_of(app).splitlines()[0]
        is_open(other, "board")
        await until(pilot, lambda text: "2 here" in text.splitlines()[0])
        is_open(other, "board", author=Author("eve", Via.CONSOLE, "console:watch-3:1:bbbb"))
        await until(pilot, lambda text: "3 here" in text.splitlines()[0])
        other.write(ADA, leave)
        await until(pilot, lambda text: "2 here" in text.splitlines()[0])


@pytest.mark.parametrize("theme", theme_names())
async def test_list_and_page_of_an_incident_say_who_has_it_open(
    night: Path, other: Store, theme: str
) -> None:
    app = console(night, "incidents")
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        await settle_in(pilot, "incidents")
        is_open(other, "incident", "I-2")
        app.views["incidents"].grid.go_to("I-2")  # type: ignore[attr-defined]
        await until(pilot, lambda text: "▌◉ I-2" in text and "◉ ada has it open" in text)
        is_open(other, "incident", "I-2", "incident.resolve:I-2")
        await until(pilot, lambda text: "▌✎ I-2" in text and "✎ ada resolves I-2" in text)
        app.go_to("incident", "I-2")
        await until(pilot, lambda text: "✎ ada resolves I-2" in text)
        is_open(other, "incident", "I-2")
        await until(pilot, lambda text: "◉ ada has it open" in text)
        other.write(ADA, leave)
        await until(pilot, lambda text: "ada has" not in text)


@pytest.mark.parametrize(
    ("view", "key", "subject"),
    [("incidents", "l", "I-2"), ("incidents", "R", "I-2"), ("actions", "e", "A-1")],
)
async def test_a_box_says_before_typing_who_else_writes_there(
    night: Path, other: Store, view: str, key: str, subject: str
) -> None:
    doing = {"l": "note", "R": "incident.resolve", "e": "action"}[key]
    is_open(other, view, "", f"{doing}:{subject}")
    app = console(night, view)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, view)
        app.views[view].grid.go_to(subject)  # type: ignore[attr-defined]
        await pilot.press(key)
        text = await until(pilot, lambda _: len(app.screen_stack) > 1 and app.screen.is_mounted)
        await until(pilot, lambda text: subject in text and "now, at watch-2" in text)
        assert "ada" in text
        is_open(other, view)
        await until(pilot, lambda text: "now, at watch-2" not in text)
        is_open(other, view, "", f"{doing}:{subject}")
        await until(pilot, lambda text: "now, at watch-2" in text)
        await pilot.press("escape")


OPENED = {
    "board": ("component", "orders-files-001", "component.release", "has watched again"),
    "runs": ("run", "PR-1", "run.cancel", "ends"),
    "actions": ("actions", "A-1", "action", "writes"),
    "dependencies": ("component", "orders-files-001", "run.begin", "begins"),
    "component": ("component", "orders-files-001", "incident:new", "opens an incident on"),
    "run": ("run", "PR-1", "run.skip/2", "skips a step of"),
}


@pytest.mark.parametrize("view", OPENED)
async def test_lists_and_pages_say_who_has_something_open_and_nothing_moves(
    night: Path, other: Store, view: str
) -> None:
    where, subject, doing, words = OPENED[view]
    app = console(night)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.go_to(view, subject)
        await settle_in(pilot, view)
        is_list = hasattr(app.views[view], "grid")
        if view == "dependencies":
            app.views[view].grid.action_first()  # type: ignore[attr-defined]
        before = [line[3:].rstrip("─ ") for line in text_of(app).splitlines()[1:]]
        is_open(other, where, "" if where == "actions" else subject, f"{doing}:{subject}")
        text = await until(pilot, lambda text: f"✎ ada {words} {subject}" in text)
        assert ("▌✎ " in text) == is_list
        after = [line[3:].partition("✎ ada")[0].rstrip("─ ") for line in text.splitlines()[1:]]
        moved = [(was, now) for was, now in zip(before, after, strict=True) if was != now]
        assert [pair for pair in moved if "j k choose" not in pair[0]] == []
        other.write(ADA, leave)
        await until(pilot, lambda text: "✎" not in text)


async def test_home_marks_every_pane_and_says_who_for_the_row_under_the_cursor(
    night: Path, other: Store
) -> None:
    eve = Author("eve", Via.CONSOLE, "console:watch-3:1:bbbb")
    app = console(night)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "home")
        is_open(other, "incident", "I-2")
        is_open(other, "actions", "", "action:A-1", author=eve)
        text = await until(pilot, lambda text: "◉ I-2" in text and "✎ A-1" in text)
        assert "✎ eve" not in text
        app.go_to("home", "actions A-1")
        await until(pilot, lambda text: "✎ eve writes A-1" in text and "◉ ada" not in text)


async def test_a_marked_row_shows_both_signs(night: Path, other: Store) -> None:
    app = console(night, "incidents")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "incidents")
        grid = app.views["incidents"].grid  # type: ignore[attr-defined]
        grid.go_to("I-2")
        grid.mark("I-2", on=True)
        is_open(other, "incident", "I-2")
        await until(pilot, lambda text: "▌*◉I-2" in text)


def test_no_more_people_are_named_than_there_is_room_for() -> None:
    def said(count: int, room: int) -> str:
        others = [
            Present(f"seat-{n}", f"person-{n}", "h", Open("incident", "I-7"), NOW, NOW) for n in range(count)
        ]
        spans = who_has_it_open(others, "I-7", "ana", UNICODE, room)
        return "".join(text for text, _ in spans)

    assert said(1, 30) == "◉ person-0 has it open"
    assert said(3, 30) == "◉ person-0 has it open  +2"
    assert said(3, 60) == "◉ person-0 has it open  ◉ person-1 has it open  +1"
    assert said(3, 20) == "◉ person-0  +2"
    assert said(3, 8) == "◉ 3"
    assert said(3, 2) == ""
    assert said(0, 80) == ""


async def test_what_this_console_opens_and_writes_is_told_and_its_end_too(night: Path, other: Store) -> None:
    app = console(night, "board")

    async def told(opened: Open) -> None:
        async with asyncio.timeout(WITHIN_S):
            while [each.open for each in other.read(everyone)] != [opened]:
                await asyncio.sleep(0.05)

    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "board")
        await told(Open("board"))
        app.go_to("incident", "I-2")
        await told(Open("incident", "I-2"))
        app.go_to("dependencies", "orders-files-001")
        await told(Open("dependencies", "orders-files-001"))
        app.go_to("incident", "I-2")
        await told(Open("incident", "I-2"))
        await pilot.press("l")
        await told(Open("incident", "I-2", "note:I-2"))
        await pilot.press("escape")
        await told(Open("incident", "I-2"))
        (found,) = other.read(everyone)
        assert (found.actor, found.seat) == (ANA.actor, ANA.seat)
    assert other.read(everyone) == ()


def test_a_beat_is_no_news_and_what_somebody_opens_is(other: Store) -> None:
    is_open(other, "incident", "I-2")
    gather = gatherer(ANA.seat)
    assert other.read(gather, ()).moved
    is_open(other, "incident", "I-2")
    assert not other.read(gather, ()).moved
    is_open(other, "incident", "I-1")
    assert other.read(gather, ()).moved
    other.write(ADA, leave)
    assert other.read(gather, ()).moved
    assert not other.read(gather, ()).moved


async def test_a_wall_at_which_nobody_sits_is_not_here(night: Path, other: Store) -> None:
    app = console(night, "wall")
    object.__setattr__(app.setup, "is_wall", True)
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        await pilot.pause(RESTED_S * 2)  # nothing is to be told: at a desk it would have been by now
        assert other.read(everyone) == ()
    assert other.read(everyone) == ()


async def test_who_lists_the_others_and_goes_to_what_one_of_them_has_open(night: Path, other: Store) -> None:
    is_open(other, "incident", "I-2", "note:I-2")
    app = console(night, "board")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "board")
        await pilot.press("colon")
        await pilot.pause(0.3)
        await pilot.press(*"who")
        await pilot.press("enter")
        await until(pilot, lambda text: "who else is here" in text)
        await pilot.pause(0.3)
        await pilot.press("enter")
        async with asyncio.timeout(WITHIN_S):
            while app.current != "incident":
                await pilot.pause(0.05)
        await until(pilot, lambda text: "ada writes a note on I-2" in text)


async def test_who_died_is_no_longer_shown_and_who_only_beats_changes_nothing(
    night: Path, other: Store
) -> None:
    is_open(other, "incident", "I-2")
    app = console(night, "incidents")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle_in(pilot, "incidents")
        await until(pilot, lambda text: "2 here" in text)
        assert app.attendance is not None
        roll = app.attendance._roll
        rows = other.read(everyone)
        shown = roll.others
        later = roll._steady() + 74
        roll._steady = lambda: later
        for pulse in roll._pulses.values():
            pulse._steady = lambda: later
        assert not roll.look(rows)
        assert roll.others == shown
        gone = later + 2
        for pulse in roll._pulses.values():
            pulse._steady = lambda: gone
        await until(pilot, lambda text: " here" not in text.splitlines()[0])
