"""The grid in an app: keys in, lines and messages out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.monitoring.model import State
from screens.widgets.grid_keys import GRID_KEYS
from screens.widgets.line import differs_until
from tests.screens.widgets.grid_host import BEGAN, GridHost, make_row, make_rows

if TYPE_CHECKING:
    import pytest
    from textual.pilot import Pilot

SIZE = (80, 24)
FOR_EVER = 3600.0


def cursor_line(app: GridHost) -> int:
    (line,) = [y for y, text in enumerate(app.lines()) if text.startswith("▌")]
    return line


async def test_the_row_under_the_cursor_stays_when_rows_change_around_it() -> None:
    app = GridHost(make_rows(60), hold_s=FOR_EVER)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "j")
        before, line = app.grid.cursor_id, cursor_line(app)
        rows = app.lines()

        app.add(replace(make_row(500), state=State.CRITICAL, name="aaa"))
        app.change(app.grid.model.rows[0], state=State.OK)
        app.remove(app.grid.model.rows[1])
        await pilot.pause()

        assert (app.grid.cursor_id, cursor_line(app)) == (before, line)
        assert "gone" in app.lines()[2]
        assert "● OK" in app.lines()[1]
        assert app.lines()[3:20] == rows[3:20]
        assert app.lines()[-1].startswith(" ▼ 3 held · ctrl+r merges")
        assert ("held", 3) in app.said


async def test_the_operator_merges_what_is_held() -> None:
    app = GridHost(make_rows(60), hold_s=FOR_EVER)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j")
        cursor = app.grid.cursor_id
        app.add(replace(make_row(500), id="a-first", state=State.CRITICAL))
        await pilot.pause()
        assert app.grid.held_count == 1

        await pilot.press("ctrl+r")

        assert app.grid.model.rows[0] == "a-first"
        assert app.grid.cursor_id == cursor
        assert app.lines()[-1].endswith("61 of 61")
        assert app.said[-1] == ("held", 0)


async def test_at_rest_rows_take_their_places_by_themselves() -> None:
    app = GridHost(make_rows(10), hold_s=0)
    async with app.run_test(size=SIZE) as pilot:
        app.add(replace(make_row(500), id="a-first", state=State.CRITICAL))
        await wait_until(pilot, lambda: app.grid.model.rows[0] == "a-first")

        assert cursor_line(app) == 2
        assert ("held", 1) not in app.said


async def test_a_paused_list_keeps_its_order_until_told() -> None:
    app = GridHost(make_rows(10), hold_s=0)
    async with app.run_test(size=SIZE) as pilot:
        app.grid.keep_order = True
        app.add(replace(make_row(500), id="a-first", state=State.CRITICAL))
        app.grid.rest()
        await pilot.pause()
        assert app.grid.held_count == 1

        app.grid.keep_order = False
        await wait_until(pilot, lambda: app.grid.model.rows[0] == "a-first")


async def test_verbs_are_refused_on_an_item_that_is_gone() -> None:
    app = GridHost(make_rows(10), hold_s=FOR_EVER)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        gone = app.grid.cursor_id
        assert gone is not None
        app.remove(gone)
        await pilot.pause()
        app.said.clear()

        await pilot.press("enter", "space")

        assert app.said == [("refused", f"{gone} is gone: nothing can be done with it here")] * 2
        assert app.grid.cursor_gone
        assert app.grid.subjects == ()
        assert app.lines()[cursor_line(app)].startswith("▌×")


async def test_a_list_longer_than_the_screen_scrolls_with_the_cursor() -> None:
    app = GridHost(make_rows(100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G")
        assert app.grid.cursor_id == app.grid.model.rows[-1]
        assert cursor_line(app) == 20
        await pilot.press("k")
        assert cursor_line(app) == 19
        await pilot.press("ctrl+u")
        assert (cursor_line(app), app.grid.model.cursor_place) == (19, 88)
        await pilot.press("pageup", "pageup", "pageup", "pageup", "pageup")
        assert (cursor_line(app), app.grid.model.cursor_place) == (1, 0)


async def test_marks_go_by_id_and_verbs_get_them_in_the_order_shown() -> None:
    app = GridHost(make_rows(10))
    async with app.run_test(size=SIZE) as pilot:
        first, second, third = app.grid.model.rows[:3]
        await pilot.press("space", "shift+down")

        assert list(app.grid.subjects) == [first, second, third]
        assert app.lines()[1].startswith(" * ")
        assert app.lines()[-1].endswith("3 marked · 10 of 10")
        await pilot.press("asterisk")
        assert len(app.grid.marked) == 10
        await pilot.press("asterisk")
        assert app.said[-1] == ("marked", frozenset())
        assert list(app.grid.subjects) == [third]


async def test_enter_and_a_double_click_open_the_row() -> None:
    app = GridHost(make_rows(10))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "enter")
        await pilot.click(app.grid, offset=(10, 4), times=2)

        rows = app.grid.model.rows
        assert [what for what in app.said if isinstance(what, tuple) and what[0] == "opened"] == [
            ("opened", rows[1]),
            ("opened", rows[3]),
        ]


async def test_ages_grow_and_only_lines_that_differ_are_painted() -> None:
    app = GridHost(make_rows(10))
    async with app.run_test(size=SIZE) as pilot:
        before = app.grid.draw().lines
        app.grid.tick(BEGAN + timedelta(minutes=1))
        await pilot.pause()
        after = app.grid.draw().lines

        changed = {y for y, line in enumerate(after) if differs_until(line, before[y])}
        ages = {y for y in range(1, 11) if app.lines()[y] != before[y].text.rstrip()}
        assert changed == ages
        assert 0 < len(ages) < 10


async def test_a_patch_out_of_view_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GridHost(make_rows(1000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn: list[int] = []
        monkeypatch.setattr(app.grid, "show", lambda: drawn.append(1))

        app.change(app.grid.model.rows[500], owner="elsewhere")
        await pilot.pause()
        assert drawn == []
        app.change(app.grid.model.rows[5], owner="here")
        await pilot.pause()
        assert drawn == [1]


async def test_many_patches_between_two_frames_draw_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GridHost(make_rows(30))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn: list[int] = []
        monkeypatch.setattr(app.grid, "show", lambda: drawn.append(1))

        for number in range(50):
            app.change(app.grid.model.rows[5], owner=f"n{number}")
        await pilot.pause()

        assert drawn == [1]


async def test_sorting_and_filtering_keep_the_cursor_on_its_id() -> None:
    app = GridHost(make_rows(50))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j")
        cursor = app.grid.cursor_id

        app.grid.sort_by("name", reverse=True)
        assert "COMPONENT▼" in app.lines()[0]
        assert app.grid.cursor_id == cursor
        app.grid.filter(lambda row: row.state is State.CRITICAL)
        assert app.grid.cursor_id == cursor
        assert app.lines()[-1].endswith("10 of 50")
        app.grid.filter(lambda row: row.name == "nobody")
        assert "None of 50 passes the filter." in app.lines()[1]
        assert app.said[-1] == ("cursor", cursor) or app.grid.cursor_id is None


async def test_an_empty_list_says_so_and_a_list_on_its_way_too() -> None:
    app = GridHost({})
    app.grid.empty_text = "No open requests."
    async with app.run_test(size=SIZE):
        assert app.lines()[1].strip() == "No open requests."
        app.grid.is_loaded = False
        app.grid.show()
        assert app.lines()[1].strip() == "Loading …"


async def test_narrow_terminals_lose_the_least_important_columns() -> None:
    app = GridHost(make_rows(5))
    async with app.run_test(size=SIZE) as pilot:
        assert "LAST HOUR" in app.lines()[0]
        await pilot.resize_terminal(44, 12)
        await pilot.pause()

        assert app.lines()[0].split() == ["STATE▲", "COMPONENT", "SINCE", "OWNER"]
        assert app.grid.page_height == 8


async def test_every_theme_can_be_put_on_while_it_runs() -> None:
    app = GridHost(make_rows(5))
    async with app.run_test(size=SIZE) as pilot:
        texts = app.lines()
        for theme in ("light", "high-contrast", "terminal-16", "dark"):
            app.theme = theme
            await pilot.pause()
            assert app.lines() == texts


def test_keys_are_data_with_an_action_and_words_for_each() -> None:
    keys = [key for entry in GRID_KEYS for key in entry.keys]

    assert len(set(keys)) == len(keys)
    assert all(
        callable(getattr(GridHost({}).grid, f"action_{entry.action}")) and entry.text for entry in GRID_KEYS
    )


async def wait_until(pilot: Pilot[None], holds: object) -> None:
    """Waits until a state is there; the app's own timers bring it."""
    assert callable(holds)
    for _ in range(200):
        if holds():
            await pilot.pause()
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not come")
