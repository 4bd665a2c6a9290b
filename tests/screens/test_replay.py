"""An incident is replayed: its story entry by entry, the keys that play it, and that nothing is left of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk import commands as desk
from core.errors import BadInput
from core.store.store import Store
from screens import replay as pace
from tests.screens.at_the_keys import Desk, desk_at
from tests.screens.scene import ANA, NOW, settle, settle_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from screens.replay import Progress


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plays so that no test waits long; how long entries stand is tested apart."""
    monkeypatch.setattr(pace, "LEAST_S", 0.1)
    monkeypatch.setattr(pace, "MOST_S", 0.15)


def progress(desk: Desk) -> Progress:
    then = desk.app.then
    assert then is not None
    assert then.progress is not None
    return then.progress


def timers(desk: Desk) -> list[object]:
    """Returns the timers that the console has going to show a next entry."""
    return [each for each in desk.app._timers if "_play_on" in repr(each._callback)]


async def held_at_first(desk: Desk, label: str = "I-1") -> None:
    """Begins a replay, holds it and goes to its first entry."""
    await desk.app.replay(label)
    await desk.press("space")
    if progress(desk).is_playing:  # it was over before the key: the key played it again
        await desk.press("space")
    await desk.press("left_curly_bracket")
    await desk.until(lambda: progress(desk).place == 0 and not progress(desk).is_playing)
    await settle(desk.pilot)


async def test_an_incident_is_played_from_its_first_entry_to_its_last(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        app, seen = desk.app, set[str]()
        await settle_in(desk.pilot, "incidents")
        await desk.press("g", "down")
        before = app.current, app.views["incidents"].subject_ids()
        assert before[1] == ("I-1",)
        await desk.pilot.press("r")
        await desk.until(lambda: desk.app.then is not None)
        while progress(desk).is_playing:
            seen |= {line.strip() for line in desk.seen.splitlines()}
            await desk.pilot.pause(0.01)
        assert app.current == "incident"
        assert any("replay I-1" in line and "THEN" in line for line in seen)
        assert any("entry 3 of" in line and "playing" in line for line in seen)
        assert any("acknowledged" in line for line in seen)
        story = progress(desk).story
        assert [step.entry.kind for step in story.steps][:1] == ["incident.opened"]
        assert {step.entry.subject.kind for step in story.steps} == {"incident", "component", "run"}
        assert story.steps[-1].entry.kind == "incident.closed"
        await desk.until_seen(f"entry {len(story.steps)} of {len(story.steps)}")
        await desk.until_said("entries of I-1 played; space plays it again, esc ends")
        assert timers(desk) == []
        await desk.press("escape")
        await settle_in(desk.pilot, "incidents")
        assert (app.current, app.views["incidents"].subject_ids()) == before
        assert app.then is None
        assert "THEN" not in desk.seen


async def test_its_keys_hold_step_and_change_the_speed(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        await held_at_first(desk)
        story = progress(desk).story
        assert "entry 1 of" in desk.seen
        assert "60x" in desk.seen
        assert "paused" in desk.seen
        assert timers(desk) == []
        await desk.press("right")
        await desk.until_seen("entry 2 of")
        await desk.press("right", "right")
        await desk.until_seen("entry 4 of")
        assert desk.app.then is not None
        assert desk.app.then.seq == story.steps[3].entry.seq
        await desk.press("left")
        await desk.until_seen("entry 3 of")
        await desk.press("greater_than_sign")
        await desk.until_seen("600x")
        await desk.press(*["less_than_sign"] * 9)
        await desk.until_seen("1 a second")
        await desk.press("right_curly_bracket")
        await desk.until_seen(f"entry {len(story.steps)} of {len(story.steps)}")
        await desk.press("right")
        await desk.until_said("that is the last entry of I-1")
        await desk.press("left_curly_bracket")
        await desk.until_seen("entry 1 of")
        await desk.press("left")
        await desk.until_said("that is the first entry of I-1")
        assert "1 a second" in desk.seen
        await desk.press(*["greater_than_sign"] * 9, "space")
        await desk.until(lambda: progress(desk).place > 0)
        await desk.until(lambda: progress(desk).is_over and not progress(desk).is_playing)
        await desk.press("space")
        await desk.until(lambda: progress(desk).place < 3)
        await desk.press("escape")
        assert timers(desk) == []


async def test_the_board_goes_with_it_and_its_rows_are_not_marked(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        await settle_in(desk.pilot, "board")
        await desk.app.obey("replay I-1")
        assert desk.app.current == "board"  # whoever looks at the board goes on looking at it
        await desk.until(lambda: progress(desk).is_over and not progress(desk).is_playing)
        assert "replay I-1" in desk.seen
        grid = desk.grid
        assert not grid.model.marks
        await desk.press("left_curly_bracket")
        await desk.until_seen("entry 1 of")
        assert "■ CRIT" in desk.seen
        await desk.press("enter")  # what is under the cursor, as it was
        await settle_in(desk.pilot, "component")
        assert "THEN" in desk.seen
        await desk.press("escape")
        await settle_in(desk.pilot, "board")
        assert desk.app.then is None


async def test_nothing_can_be_changed_while_it_plays(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        await held_at_first(desk)
        app = desk.app
        before = await app.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM journal").scalar())
        for view in ("incident", "board", "home"):
            app.go_to(view, "I-1" if view == "incident" else "")
            await settle(desk.pilot)
            for action in app.registry.actions:
                if action.verb or action.id == "operate":
                    assert "@ returns to now" in (app.why_not(action.id) or ""), action.id
        app.go_to("incident", "I-1")
        await settle_in(desk.pilot, "incident")
        for key in ("a", "t", "R", "O", "u"):
            await desk.press(key)
            assert len(app.screen_stack) == 1
        with pytest.raises(BadInput, match="the past"):
            await app.write(desk_take, 1)
        assert before == await app.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM journal").scalar())


desk_take: Callable[..., object] = desk.take_incident


async def test_a_box_and_a_screen_that_shows_now_hold_it(
    night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "EVEN_S", 600.0)
    async with desk_at(night, "incidents") as desk:
        await held_at_first(desk)
        await desk.press(*["less_than_sign"] * 9, "space")
        assert len(timers(desk)) == 1
        await desk.press("question_mark")
        await desk.until(lambda: len(desk.app.screen_stack) == 2)
        await desk.until_seen("replay: hold it")
        desk.app._play_on()  # it came due before the box was there
        await desk.until(lambda: progress(desk).place == 1)
        await settle(desk.pilot)
        assert timers(desk) == []
        await desk.press("escape")
        await desk.until(lambda: len(timers(desk)) == 1)
        desk.app.go_to("home")
        await settle_in(desk.pilot, "home")
        assert timers(desk) == []
        assert "this screen shows now" in desk.seen
        desk.app.go_to("incident", "I-1")
        await settle_in(desk.pilot, "incident")
        assert len(timers(desk)) == 1
        await desk.press("escape")
        assert timers(desk) == []


async def test_it_ends_where_one_was_also_in_the_past(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        app = desk.app
        await settle_in(desk.pilot, "incidents")
        await app.obey("@ 02:45")
        await settle(desk.pilot)
        was = app.then
        await app.replay("I-1")
        await desk.until(lambda: progress(desk).is_over and not progress(desk).is_playing)
        await desk.press("escape")
        await settle_in(desk.pilot, "incidents")
        assert app.then is not None
        assert app.then.progress is None
        assert was is not None
        assert app.then.seq == was.seq
        await app.replay("I-1")
        await desk.press("at")  # now, whatever was looked at
        await settle_in(desk.pilot, "incidents")
        assert "THEN" not in desk.seen.splitlines()[0]
        assert timers(desk) == []
        await app.replay("I-2")
        await app.obey("@ 02:45")
        await settle(desk.pilot)
        assert "THEN" in desk.seen.splitlines()[0]
        assert "replay" not in desk.seen.splitlines()[0]
        assert timers(desk) == []


@pytest.mark.parametrize(
    "said", ["replay", "replay nothing", "replay R-1", "replay I-99", "replay I-" + "9" * 30]
)
async def test_what_cannot_be_replayed_says_so(night: Path, said: str) -> None:
    async with desk_at(night, "incidents") as desk:
        await settle_in(desk.pilot, "incidents")
        await desk.app.obey(said)
        assert desk.app._said.is_bad
        assert desk.app.then is None
        assert desk.app.current == "incidents"


async def test_news_wait_behind_it(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        await held_at_first(desk)
        store = Store.at(night, now=lambda: NOW)
        store.write(ANA, desk_take, 2)
        store.close()
        await desk.until(lambda: desk.app.then_news == 1)
        assert "+1 since" in desk.seen.splitlines()[0]
        await desk.press("escape")
        await desk.until_said("this is now; 1 entries came meanwhile")


def test_a_gap_is_never_long_and_an_entry_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for speed in pace.SPEEDS:
        for gap in (0.0, 0.5, 30.0, 1e7):
            assert pace.LEAST_S <= pace.stands_s(gap, speed) <= 2.0
    assert pace.stands_s(60, 60) == 1.0
    assert pace.stands_s(1e7, None) == 1.0
    assert pace.stands_s(1.0, 1) == 1.0
