"""What can be done where, and what is said where it cannot."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key

from console import keys
from core.catalog.commands import load_catalog
from core.catalog.queries import declared_catalog
from core.desk import commands as desk
from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.gate.commands import unlock_operate
from core.monitoring.commands import stop_on_purpose
from core.monitoring.model import State
from core.monitoring.queries import status_of
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import AGENT, ANA, BROKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.screens.at_the_keys import Desk


def declare_procedures(place: Path, *names: str) -> None:
    """Has the broken component have these procedures and no others."""
    store = Store.at(place)
    catalog = store.read(declared_catalog)
    catalog.components[BROKEN] = replace(catalog.components[BROKEN], procedures=names)
    store.write(AGENT, load_catalog, catalog, directory="catalog", digest="e", changes=["1 component"])
    store.close()


@pytest.fixture
def bare(night: Path) -> Path:
    """A night in which the broken component has no procedure."""
    declare_procedures(night)
    return night


@pytest.mark.parametrize(("key", "label"), [("t", "take"), ("P", "severity")])
async def test_a_closed_incident_says_why_it_is_not_taken_and_how_to_open_it(
    night: Path, key: str, label: str
) -> None:
    async with desk_at(night, "incidents") as there:
        there.grid.go_to("I-1")
        await there.press(key)

        assert there.said == f"{label}: I-1 is closed; J opens it again"
        assert len(there.app.screen_stack) == 1


async def test_note_is_taken_of_what_cleared_while_nobody_looked(night: Path) -> None:
    store = Store.at(night)
    store.write(AGENT, desk.clear_after_recovery, BROKEN, cause=None)
    async with desk_at(night, "incidents") as there:
        assert "cleared !" in there.seen
        there.grid.go_to("I-2")
        await there.press("a")
        await there.until_said("I-2 acknowledged")

    found = store.read(one_incident, 2)
    store.close()
    assert (found.state, found.acknowledged_by) == (IncidentState.RESOLVED, "ana")


async def typed_in_one_go(desk: Desk, keys: str) -> None:
    """Types as fast as a line brings it; each key's effect is there before the next is looked at."""
    for character in keys:
        desk.app.post_message(Key(character, character))
    told = asyncio.Event()
    desk.app.call_later(told.set)  # behind the keys
    await told.wait()
    await desk.until(lambda: not desk.app._typed and desk.app._taking is None)


async def test_a_component_without_procedures_says_so_and_what_was_typed_for_the_box_does_nothing(
    bare: Path,
) -> None:
    async with desk_at(bare, "board") as there:
        there.grid.go_to(BROKEN)
        why = there.app.why_not("operate.component")
        assert why == f"no procedure is declared for {BROKEN}"
        columns = there.grid.model.rows

        await typed_in_one_go(there, "Xrestpart")

        assert there.said == f"procedure: {why}"
        assert len(there.app.screen_stack) == 1
        assert there.app.held_while_paused is None
        assert (there.app.current, there.grid.cursor_id) == ("board", BROKEN)
        assert there.grid.model.rows == columns


async def test_after_a_pause_keys_are_keys_again(bare: Path) -> None:
    async with desk_at(bare, "board") as there:
        there.grid.go_to(BROKEN)
        await there.press("X")
        there.app._no_box_at = 0.0  # long ago
        await there.press("p")

        assert there.app.held_while_paused == 0


async def test_what_a_slow_database_keeps_a_box_from_opening_for_takes_no_letters(
    night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "EFFECT_WITHIN_S", 0.1)
    declare_procedures(night, "restart")
    async with desk_at(night, "board") as there:
        there.grid.go_to(BROKEN)
        monkeypatch.setattr(type(there.app), "operates", True)
        goes_on = asyncio.Event()
        ask = there.app.ask

        async def late(*args: Any, **named: Any) -> Any:
            await goes_on.wait()
            return await ask(*args, **named)

        monkeypatch.setattr(there.app, "ask", late)
        await typed_in_one_go(there, "Xp")
        assert there.app.held_while_paused is None
        goes_on.set()
        await there.until(lambda: len(there.app.screen_stack) > 1)
        await there.press("escape")


async def test_a_key_of_other_screens_says_where_it_belongs(night: Path) -> None:
    async with desk_at(night, "home") as there:
        await there.press("apostrophe")
        assert there.said.startswith(
            "views: not on this screen; it is for Access, Access requests, Actions, Board, Causes, Dependencies, "
        )
        there.app._no_box_at = None
        await there.press("3", "z")
        assert there.said == "time scale: not on this screen; it is for a component"


@pytest.mark.parametrize("view", ["board", "component"])
async def test_what_is_stopped_on_purpose_says_its_way_out_and_takes_it(night: Path, view: str) -> None:
    store = Store.at(night)
    store.write(AGENT, stop_on_purpose, BROKEN, "the hall is rebuilt")
    store.write(ANA, unlock_operate, "look after it")
    async with desk_at(night, "board", (100, 40)) as there:
        there.grid.go_to("identity-db-005")
        assert there.app.why_not("component.release") == "identity-db-005 is not stopped on purpose"
        there.app.go_to(view, BROKEN)
        await there.press()
        assert there.app.why_not("component.release") is None
        assert "until a procedure starts it, or W has it watched again" in there.seen
        assert "W watch again" in there.seen
        await there.press("W")
        await there.write("it runs")
        await there.press("tab", "tab", "enter")
        await there.until_said(f"{BROKEN} is watched again")
    assert store.read(status_of, BROKEN).state is State.PENDING
    store.close()
