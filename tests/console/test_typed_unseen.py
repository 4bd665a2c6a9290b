"""What is typed while the console opens never runs as verbs on what then comes under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key

from console import app as console_app
from console import keys
from tests.screens.scene import console, make_night, settle, settle_in, stand_still

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    monkeypatch.setattr(console_app, "OPEN_AFTER_S", 3600.0)
    return make_night(tmp_path)


async def test_the_rest_of_a_go_line_typed_ahead_does_nothing(
    night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "UNSEEN_S", 60.0)
    app = console(night, "incidents")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(":")
        assert "go: the database is being opened" in str(app.message_lines(100, 2, app.glyphs))
        app._open_once()
        await settle_in(pilot, "incidents")
        before = dict(app.picture.incidents)
        await pilot.press("m", "u", "l", "t", "enter")
        await settle(pilot)
        assert (app.current, app.picture.incidents) == ("incidents", before)
        assert len(app.screen_stack) == 1
        assert "typed before the console was open" in str(app.message_lines(100, 2, app.glyphs))

        monkeypatch.setattr(keys, "UNSEEN_S", 0.0)  # as after a pause
        await pilot.press("9")
        await settle_in(pilot, "log")


async def test_the_console_can_be_left_while_it_opens_and_behind_what_was_typed_ahead(
    night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "UNSEEN_S", 60.0)
    app = console(night)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(":")
        app._open_once()
        await settle_in(pilot, "home")
        await pilot.press("ctrl+q")
        await pilot.pause(0.2)
    assert app.return_code == 0


async def test_what_was_typed_long_after_the_first_key_and_still_before_there_was_anything_to_see_does_nothing(
    night: Path,
) -> None:
    app = console(night, "incidents")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("O")
        app._open_once()
        await settle_in(pilot, "incidents")
        assert app._unseen_at is not None
        app._unseen_at -= 5.0  # the start kept the loop busy so long
        for character in "why":
            app.post_message(Key(character, character))
        await pilot.press("enter")
        await settle(pilot)

        assert app.current == "incidents"
        assert len(app.screen_stack) == 1


async def test_a_verb_typed_before_the_database_is_open_says_that_it_is_being_opened_and_then_that_it_was_not_done(
    night: Path,
) -> None:
    app = console(night, "board")
    async with app.run_test(size=(80, 24)) as pilot:
        for key, name in (("M", "M"), ("v", "v"), ("O", "WATCH/OPERATE")):
            app._no_box_at = None  # a while later
            await pilot.press(key)
            assert f"{name}: the database is being opened" in str(app.message_lines(80, 3, app.glyphs))
        app._open_once()
        await settle_in(pilot, "board")
        await settle(pilot)
        assert "the database is open; WATCH/OPERATE was not done" in str(app.message_lines(80, 3, app.glyphs))
        assert len(app.screen_stack) == 1


async def test_a_screen_asked_for_before_the_database_is_open_comes_once_it_is(night: Path) -> None:
    app = console(night, "board")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("M")
        app._no_box_at = None  # a while later
        await pilot.press("3")
        assert "comes as soon as the database is open" in str(app.message_lines(80, 3, app.glyphs))
        app._open_once()
        await settle_in(pilot, "incidents")
        await settle(pilot)
        assert app.current == "incidents"
        assert "not done" not in str(app.message_lines(80, 3, app.glyphs))
