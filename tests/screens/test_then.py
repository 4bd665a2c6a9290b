"""Board and Incidents as they were: what is shown, what the frame says of it, and what cannot be done meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.desk import commands as desk
from core.errors import BadInput
from core.store.store import Store
from screens.widgets.canvas import Canvas
from screens.widgets.glyphs import ASCII
from screens.widgets.lines import Lines
from tests.screens.scene import ANA, BROKEN, NOW, console, settle, settle_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from console.app import Console

AT = "@ 02:42"
"""Twenty seconds after the first incident was opened, forty before somebody took it."""


def text_of(app: Console, bar: str) -> str:
    lines = app.query_one(f"#{bar}", Lines)
    lines.show()
    return "\n".join(lines.render_line(y).text for y in range(lines.size.height))


def slider(app: Console) -> str:
    lines = app.views[app.current].query_one(".then", Lines)
    lines.show()
    return (
        "\n".join(lines.render_line(y).text.strip() for y in range(lines.size.height))
        if lines.display
        else ""
    )


def states(app: Console) -> dict[str, str]:
    model = app.views["board"].grid.model  # type: ignore[attr-defined]
    return {name: str(model.item(name).status.state) for name in model.rows}


async def at(pilot: Pilot[int], view: str = "board", when: str = AT) -> Console:
    app: Console = pilot.app  # type: ignore[assignment]
    await settle(pilot)
    app.go_to(view)
    await settle_in(pilot, view)
    await app.obey(when)
    await settle(pilot)
    return app


async def test_the_board_is_shown_as_it_was_and_now_again(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to("board")
        await settle_in(pilot, "board")
        now = states(app)
        await at(pilot)
        bad = {name for name, state in states(app).items() if state == "critical"}
        assert len(bad) == 1
        assert bad != {name for name, state in now.items() if state == "critical"}
        assert text_of(app, "header").startswith(" ◄◄ THEN 01 Mar 02:42:00Z · 30m ago ")
        assert "agent" not in text_of(app, "header")
        assert "now 03:12:40Z" in text_of(app, "header")
        assert "[1 Board·THEN]" in text_of(app, "tabs")
        assert "entry" in slider(app)
        await pilot.press("escape")
        await settle(pilot)
        assert states(app) == now
        assert "THEN" not in text_of(app, "header") + text_of(app, "tabs")
        assert slider(app) == ""


async def test_what_was_said_of_now_does_not_stand_under_the_sign_of_then(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to("board")
        await settle_in(pilot, "board")
        app.say("I-9 is resolved")
        await at(pilot)
        assert "THEN" in text_of(app, "header")
        assert "I-9" not in text_of(app, "message")
        app.say("said of then")
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert "THEN" in text_of(app, "header")
        app.leave_then()
        await settle(pilot)
        assert "this is now" in text_of(app, "message")


async def test_steps_go_entry_by_entry_and_say_who_did_what(night: Path) -> None:
    async with console(night).run_test(size=(120, 30)) as pilot:
        app = await at(pilot, "incidents", "@ 02:45")
        assert app.then is not None
        assert "ana I-1 taken" in slider(app)
        taken = app.then.seq
        await pilot.press("left")
        await settle(pilot)
        assert "agent I-1 opened" in slider(app)
        await pilot.press("left")
        await settle(pilot)
        assert "nothing earlier" in text_of(app, "message")
        await pilot.press("right")
        await settle(pilot)
        assert app.then.seq <= taken
        assert "ana I-1 taken" in slider(app)
        for _ in range(20):
            await pilot.press("right")
        await settle(pilot)
        assert "nothing later" in text_of(app, "message")


async def test_longer_steps_stay_within_the_history(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app = await at(pilot)
        for key, told in (("<", "02:32:00Z"), (">", "02:42:00Z"), ("{", "01:42:00Z"), ("}", "02:42:00Z")):
            await pilot.press(
                {"<": "less_than_sign", ">": "greater_than_sign", "{": "left_curly_bracket"}.get(
                    key, "right_curly_bracket"
                )
            )
            await settle(pilot)
            assert told in text_of(app, "header")
        await pilot.press("right_curly_bracket")
        await settle(pilot)
        assert "nothing later" in text_of(app, "message")
        for _ in range(6):
            await pilot.press("left_curly_bracket")
        await settle(pilot)
        assert app.then is not None
        assert app.then.instant == app.then.reach.first


async def test_nothing_can_be_changed_while_then_is_shown(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app = await at(pilot, "incidents")
        changing = [a.id for a in app.registry.actions if a.verb or a.id == "operate"]
        for view in ("incidents", "board", "log", "home"):
            app.go_to(view)
            await settle(pilot)
            assert all("@ returns to now" in (app.why_not(each) or "") for each in changing)
        app.go_to("incidents")
        await settle(pilot)
        before = await app.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM journal").scalar())
        for key in ("a", "t", "b", "R", "P", "l", "O", "u"):
            await pilot.press(key)
            await settle(pilot)
            assert len(app.screen_stack) == 1
            assert "not now; @ returns to now" in text_of(app, "message")
        with pytest.raises(BadInput, match="the past"):
            await app.write(desk.take_incident, 1)
        after = await app.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM journal").scalar())
        assert before == after


async def test_news_are_counted_and_move_nothing(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app = await at(pilot, "incidents")
        shown = dict(app.views["incidents"].grid.model.items)  # type: ignore[attr-defined]
        store = Store.at(night, now=lambda: NOW)
        store.write(ANA, desk.note_incident, 2, "still down")
        store.write(ANA, desk.take_incident, 2)
        store.close()
        while app.then_news < 2:
            await pilot.pause(0.05)
        assert "+2 since" in text_of(app, "header")
        assert dict(app.views["incidents"].grid.model.items) == shown  # type: ignore[attr-defined]
        await pilot.press("at")
        await settle(pilot)
        assert "2 entries came meanwhile" in text_of(app, "message")
        assert app.views["incidents"].grid.model.item("I-2").owner == "ana"  # type: ignore[attr-defined]


BESIDE = "this screen shows now; the others show 01 Mar 02:42:00Z; @ returns to now"


async def test_home_and_wall_show_only_now_and_say_so_whatever_else_is_said(night: Path) -> None:
    async with console(night).run_test(size=(80, 24)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle_in(pilot, "home")
        assert "Home shows only now" in (app.why_not("then") or "")
        await app.obey(AT)  # from there the Board shows it
        await settle_in(pilot, "board")
        assert BESIDE not in text_of(app, "message")
        for view in ("home", "wall"):
            app.go_to(view)
            await settle(pilot)
            assert "THEN" not in text_of(app, "header")
            for said in ("", "something else", "a long answer " * 20):
                app.say(said, bad=bool(said))
                await settle(pilot)
                assert BESIDE in text_of(app, "message")
                assert said.strip()[:60] in text_of(app, "message")
        app.leave_then()
        await settle(pilot)
        assert BESIDE not in text_of(app, "message")


def shown(app: Console) -> str:
    """Returns what the view in front shows, below the frame's bars."""
    lines = []
    for canvas in app.views[app.current].query(Canvas):
        if canvas.display and canvas.size.height:
            canvas.show()
            lines += [canvas.render_line(y).text.rstrip() for y in range(canvas.size.height)]
    return "\n".join(lines)


UNDER_WAY = "@ 02:42:44"
"""The first step of the run is under way; its second is not begun."""
THEN_SCREENS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "component": (
        "payments-worker-002", AT,
        ("■ CRIT   payments-worker-002", "I-1 ", "no samples are kept of the hour before", "no figures are kept of then"),
        ("closed", "begins one", "not looked at yet"),
    ),
    "incident": (
        "I-1", UNDER_WAY, ("acknowledged", "owner ana", "the disk of this host was full", "PR-1 Restart it: running"),
        ("closed", "old logs removed", "A-1"),
    ),
    "dependencies": ("orders-files-001", UNDER_WAY, ("● OK", ), ("■ CRIT    health",)),
    "runs": ("PR-1", UNDER_WAY, ("PR-1", "running", "1 under way", "1 procedure"), ("done",)),
    "run": ("PR-1", UNDER_WAY, ("running", "▸ 1", "stopping", "○ 2"), ("done", "passed", "not begun")),
    "actions": ("A-1", "@ 02:55", ("1 open", "nobody was told that the disk filled", "ana"), ()),
    "log": ("", UNDER_WAY, ("run step running: PR-1", "every entry up to then"), ("A-1", "I-2")),
}  # fmt: skip
"""By view: what it shows, when, words that stand there then, and words of later that do not."""


@pytest.mark.parametrize("view", THEN_SCREENS)
async def test_a_screen_shows_what_was_and_now_again(night: Path, view: str) -> None:
    subject, when, was, later = THEN_SCREENS[view]
    async with console(night).run_test(size=(100, 40)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to(view, subject)
        await settle_in(pilot, view)
        await pilot.press("g")  # the cursor stays on its row, which may have another place
        await settle(pilot)
        now = shown(app)
        await app.obey(when)
        await settle(pilot)
        text = shown(app)
        assert app.current == view
        assert "THEN" in text_of(app, "header")
        assert [words for words in was if words not in text] == []
        assert [words for words in later if words in text] == []
        assert "@ returns to now" in (app.why_not("undo") or "")
        assert BESIDE[:20] not in text_of(app, "message")
        await pilot.press("at")
        await settle(pilot)
        await pilot.press("g")
        await settle(pilot)
        assert shown(app) == now
        assert "THEN" not in text_of(app, "header")


@pytest.mark.parametrize(
    ("view", "subject", "words"),
    [
        ("incident", "I-2", "I-2 was not opened yet"), ("run", "PR-1", "PR-1 was not begun yet"),
        ("actions", "A-1", "No corrective action had been opened then."),
    ],
)  # fmt: skip
async def test_what_was_not_there_yet_is_said_to_be_so(
    night: Path, view: str, subject: str, words: str
) -> None:
    async with console(night).run_test(size=(80, 24)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to(view, subject)
        await settle_in(pilot, view)
        await app.obey(AT)
        await settle(pilot)
        assert words in shown(app)


async def test_before_the_catalog_nothing_was_declared(night: Path) -> None:
    async with console(night).run_test(size=(80, 24)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to("component", BROKEN)
        await settle_in(pilot, "component")
        await app.obey("@ -10h")
        await settle(pilot)
        assert f"{BROKEN} was not declared then" in shown(app)
        app.go_to("log")
        await settle_in(pilot, "log")
        assert "The journal had not begun then." in shown(app)


async def test_a_page_steps_by_its_own_entries(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to("run", "PR-1")
        await settle_in(pilot, "run")
        await app.obey("@ 03:00")
        await settle(pilot)
        told = []
        for _ in range(6):
            told.append(slider(app).splitlines()[-1])
            await pilot.press("left")
            await settle(pilot)
        assert ["PR-1" in line for line in told] == [True] * 6 or "nothing earlier" in text_of(app, "message")
        assert all("PR-1" in line for line in told)
        assert len(set(told)) >= 4


async def test_escape_on_a_page_goes_back_to_its_list_which_shows_the_same_moment(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app = await at(pilot, "incidents", UNDER_WAY)
        await pilot.press("enter")
        await settle_in(pilot, "incident")
        assert "acknowledged" in shown(app)
        await pilot.press("escape")
        await settle_in(pilot, "incidents")
        assert "THEN" in text_of(app, "header")
        assert "acknowledged" in shown(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "THEN" not in text_of(app, "header")
        assert "closed" in shown(app)


async def test_what_came_while_then_was_shown_is_on_every_screen_at_now(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        for view, subject in (("incidents", ""), ("log", ""), ("incident", "I-2"), ("board", "")):
            app.go_to(view, subject)
            await settle_in(pilot, view)
        await app.obey(AT)
        await settle(pilot)
        store = Store.at(night, now=lambda: NOW)
        store.write(ANA, desk.take_incident, 2)
        store.close()
        while app.then_news < 1:
            await pilot.pause(0.05)
        await pilot.press("escape")
        await settle(pilot)
        for view, subject, words in (
            ("incidents", "I-2", "ana"), ("log", "", "I-2 taken"), ("incident", "I-2", "owner ana"),
        ):  # fmt: skip
            app.go_to(view, subject)
            await settle_in(pilot, view)
            assert words in shown(app), view


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("@ 04:00", "still to come"), ("@ soon", "'soon' is no instant"), ("@ I-99", "there is no incident I-99"),
        ("@ 2026-13-01 03:12", "is no instant"),
    ],
)  # fmt: skip
async def test_what_is_no_instant_of_the_past_is_refused_in_a_line(night: Path, when: str, told: str) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app = await at(pilot, "board", when)
        assert app.then is None
        assert told in text_of(app, "message")


async def test_the_key_asks_for_an_instant_and_offers_incidents(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to("board")
        await settle_in(pilot, "board")
        await pilot.press("at")
        await pilot.pause(0.4)
        await pilot.press("I", "minus", "2", "enter")
        await settle(pilot)
        assert app.then is not None
        assert states(app)[BROKEN] == "critical"
        assert "THEN 01 Mar 03:11:00Z" in text_of(app, "header")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("look", ["board", "incidents", "no-colour", *THEN_SCREENS, "home"])
def test_then_looks_as_it_did(
    night: Path,
    monkeypatch: pytest.MonkeyPatch,
    snap_compare: Callable[..., bool],
    look: str,
    size: tuple[int, int],
) -> None:
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = console(night)
    if look == "no-colour":
        app = type(app)(replace(app.setup, theme="terminal-16", glyphs=ASCII))

    async def show(pilot: Pilot[int]) -> None:
        if look in {"board", "incidents", "no-colour"}:
            await at(pilot, "incidents" if look == "incidents" else "board")
            return
        subject, when, *_ = THEN_SCREENS.get(look, ("", AT))
        await at(pilot, "board", when)
        app.go_to(look, subject)
        await settle_in(pilot, look)

    assert snap_compare(app, terminal_size=size, run_before=show)


async def test_who_returns_to_now_while_a_step_is_read_is_at_now(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app = await at(pilot, "incidents", "@ 02:45")
        step = app.run_worker(app.do_then_step("earlier"))
        await asyncio.sleep(0)  # it asks the database
        app.leave_then()
        await step.wait()
        await settle(pilot)
        assert "THEN" not in text_of(app, "header")
        assert app.then is None


async def test_what_was_read_for_one_page_is_not_shown_on_another(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        app.go_to("incident", "I-1")
        await settle_in(pilot, "incident")
        await app.obey("@ 03:12:30")
        await settle(pilot)
        step = app.run_worker(app.do_then_step("earlier"))
        await asyncio.sleep(0)
        app.go_to("incident", "I-2")
        await step.wait()
        await settle(pilot)
        assert app.views["incident"].argument() == "I-2"
        assert "old logs removed" not in shown(app)
        assert "the disk of this host was full" not in shown(app)
