"""Board and Incidents as they were: what is shown, what the frame says of it, and what cannot be done meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.desk import commands as desk
from core.errors import BadInput
from core.store.store import Store
from screens.widgets.glyphs import ASCII
from screens.widgets.lines import Lines
from tests.screens.scene import ANA, NOW, console, make_night, settle, settle_in, stand_still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from console.app import Console

HANGS = "orders-files-001"
AT = "@ 02:42"
"""Twenty seconds after the first incident was opened, forty before somebody took it."""


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_still(monkeypatch)
    return make_night(tmp_path)


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


async def test_screens_without_a_past_say_so(night: Path) -> None:
    async with console(night).run_test(size=(100, 30)) as pilot:
        app: Console = pilot.app  # type: ignore[assignment]
        await settle(pilot)
        for view in ("log", "runs", "actions", "home"):
            app.go_to(view)
            await settle(pilot)
            assert "shows only now" in (app.why_not("then") or "")
        await app.obey(AT)  # from there the Board shows it
        await settle_in(pilot, "board")
        app.go_to("log")
        app.say("")
        await settle_in(pilot, "log")
        assert "THEN" not in text_of(app, "header")
        assert "this screen shows now; Board and Incidents show 01 Mar 02:42:00Z" in text_of(app, "message")


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
        assert states(app)[HANGS] == "critical"
        assert "THEN 01 Mar 03:11:00Z" in text_of(app, "header")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
@pytest.mark.parametrize("look", ["board", "incidents", "no-colour"])
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
        await at(pilot, "incidents" if look == "incidents" else "board")

    assert snap_compare(app, terminal_size=size, run_before=show)
