"""Each view worked from the keyboard, on a real database, at an instant that stands still."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from core.catalog.model import Staff
from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.gate.model import Level
from core.journal import queries as journal
from core.monitoring.commands import Change, ProbeRecord, add_minutes, keep_probes, record_changes
from core.monitoring.model import State
from core.store.store import Store
from core.timekeeping import to_micros
from screens.boxes.confirm import ConfirmBox, Confirmed, Question
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import AGENT, BROKEN, NOW, settle

if TYPE_CHECKING:
    from pathlib import Path


CALM = "identity-db-005"


async def test_home_goes_from_pane_to_pane_and_into_what_is_under_the_cursor(night: Path) -> None:
    async with desk_at(night, "home") as desk:
        assert "CRIT 1" in desk.seen
        await desk.press("enter")
        assert desk.app.current == "incident"
        await desk.press("escape")
        assert desk.app.current == "home"


async def test_on_the_board_the_cursor_stays_with_its_component_while_rows_move(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        await desk.press("j", "j", "j")
        name = desk.grid.cursor_id
        assert name == "identity-api-002"
        now = desk.app.picture.board[CALM].status
        store = Store.at(night)
        changed = replace(now, state=State.WARNING, summary="slow", since=NOW, roots=())
        store.write(AGENT, record_changes, [Change(changed, "orders", "t", 2)])
        store.close()
        await desk.until(lambda: desk.app.picture.board[now.id].status.state is State.WARNING)
        assert desk.grid.cursor_id == name


async def test_the_filter_narrows_while_it_is_typed_and_is_given_up_by_escape(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        await desk.press("/", "d", "b")
        assert "of 24" in desk.seen
        assert all("db" in name for name in desk.grid.model.rows)
        await desk.press("enter")
        assert all("db" in name for name in desk.grid.model.rows)
        await desk.press("escape")
        assert "24 of 24" in desk.seen


async def test_what_is_typed_behind_a_key_in_one_go_belongs_to_what_the_key_opens(night: Path) -> None:
    from textual.events import Key

    async with desk_at(night, "incidents") as desk:
        for character in "/take":
            desk.app.post_message(Key("slash" if character == "/" else character, character))
        view = desk.app.view
        assert view is not None
        await desk.until(lambda: view.filter_text() == "take")
        store = Store.at(night)
        assert store.read(one_incident, 2).state is IncidentState.OPEN
        store.close()


async def test_a_component_shows_its_probes_procedures_and_both_sides_of_it(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        await desk.press("enter")
        assert desk.app.current == "component"
        for words in (BROKEN, "PROBES", "needed by", "I-2"):
            assert words in desk.seen
        await desk.press("x")
        assert desk.app.current == "dependencies"
        assert "need it" in desk.seen
        await desk.press("escape", "escape")
        assert desk.app.current == "board"


async def test_in_watch_no_procedure_begins_and_the_reason_is_said(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        await desk.press("/", *"payments-worker", "enter", "X")
        assert "OPERATE" in desk.said or "procedure" in desk.said
        assert len(desk.app.screen_stack) == 1


async def test_an_incident_is_taken_noted_and_resolved(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        assert desk.grid.cursor_id == "I-2"
        await desk.press("t")
        await desk.until_said("I-2")
        await desk.press("l")
        await desk.write("the cable was out")
        await desk.press("enter")
        await desk.until_said("noted on I-2")
        await desk.press("R")
        await desk.write("plugged in again")
        await desk.press("tab", "tab", "enter")
        await desk.pilot.pause(0.3)
    store = Store.at(night)
    found = store.read(one_incident, 2)
    notes = [e.note for e in store.read(journal.page, limit=10)]
    store.close()
    assert found.owner == "ana"
    assert found.state is IncidentState.RESOLVED
    assert "the cable was out" in notes


async def test_an_incident_tells_its_story_with_the_run_that_was_started_from_it(night: Path) -> None:
    async with desk_at(night, "incidents") as desk:
        await desk.press("j", "enter")
        assert desk.app.current == "incident"
        for words in ("I-1", "Restart it", "the disk of this host was full", "old logs removed"):
            assert words in desk.seen


async def test_a_run_shows_its_steps_its_output_and_its_end(night: Path) -> None:
    async with desk_at(night, "runs") as desk:
        await desk.press("enter")
        assert desk.app.current == "run"
        for words in ("PR-1", "Restart it", "was not running", "passed"):
            assert words in desk.seen


async def test_a_corrective_action_is_shown_with_what_is_still_to_be_done(night: Path) -> None:
    async with desk_at(night, "actions") as desk:
        for words in ("A-1", "orders stood still", "rotation", "2026-03-08", "I-1"):
            assert words in desk.seen


async def test_the_log_is_filtered_by_words_and_fields(night: Path) -> None:
    async with desk_at(night, "log") as desk:
        await desk.press("/", *"actor:ana", "enter")
        await desk.until(lambda: "the watch taken" not in desk.seen)
        assert "I-1 closed" in desk.seen
        assert "orders-files-001 is critical" not in desk.seen


async def test_a_terminal_too_small_says_so_and_comes_back(night: Path) -> None:
    async with desk_at(night, "home", (40, 10)) as desk:
        await desk.until_seen("this is 40x10")
        await desk.pilot.resize_terminal(100, 30)
        await desk.until_seen("CRIT 1")


@pytest.mark.parametrize(
    ("written", "number", "why_not"),
    [("", None, ""), ("I-3", 3, ""), ("7", 7, ""), ("I-x", None, "write the incident as I-7")],
)
async def test_the_incident_of_a_run_is_a_field_of_its_own_and_can_be_emptied(
    night: Path, written: str, number: int | None, why_not: str
) -> None:
    async with desk_at(night, "board") as desk:
        box = ConfirmBox(
            Question("Restart", ["effect"], ["web"], Level.BOX, "Begin", asks_text="reason:", incident="I-2")
        )
        answers: list[Confirmed | None] = []
        await desk.app.push_screen(box, answers.append)
        await settle(desk.pilot)
        assert box.query_one("#text", Input).value == ""
        assert box.query_one("#incident", Input).value == "I-2"
        box.query_one("#text", Input).value = "it hangs"
        box.query_one("#incident", Input).value = written
        await desk.pilot.pause(0.3)
        if why_not:
            assert why_not in desk.seen
            return
        box.query_one("#do", Button).press()
        await settle(desk.pilot)
        assert [(a.text, a.incident) for a in answers if a] == [("it hangs", number)]


async def test_the_last_hour_of_every_row_in_view_is_there_as_soon_as_it_was_read(night: Path) -> None:
    minute = to_micros(NOW) // 60_000_000
    row = {"samples": 6, "lowest": 1.0, "highest": 9.0, "total": 30.0, "worst": 0}
    store = Store.at(night)
    names = (BROKEN, "identity-db-001")
    records = [
        ProbeRecord(n, name, "p", State.OK, "", "", "", "", 0, "{}") for n, name in enumerate(names, 1)
    ]
    store.write(AGENT, keep_probes, records)
    rows = [
        {"probe": n, "minute": minute - m, **row, "highest": float(m)} for n in (1, 2) for m in range(1, 50)
    ]
    store.write(AGENT, add_minutes, rows)
    store.close()
    async with desk_at(night, "board") as desk:
        for _ in range(100):
            drawn = [line for line in desk.seen.split("\n") if any(name in line for name in names)]
            if len([line for line in drawn if "█" in line]) >= 2:
                return
            await desk.pilot.pause(0.02)
        raise AssertionError(drawn)


@pytest.mark.parametrize(("staff", "owner"), [((), "ana"), (("ana", "ben"), "ana"), (("ben",), "")])
async def test_who_is_at_the_keyboard_is_put_in_as_owner_where_that_is_allowed(
    night: Path, monkeypatch: pytest.MonkeyPatch, staff: tuple[str, ...], owner: str
) -> None:
    names = [Staff(name, name.capitalize(), "") for name in staff]
    monkeypatch.setattr("core.improvement.queries.declared_staff", lambda _: names)
    async with desk_at(night, "actions") as desk:
        await desk.press("n")
        await desk.pilot.pause(0.3)
        assert desk.app.screen.query_one("#f-owner", Input).value == owner
