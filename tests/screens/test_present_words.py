"""The Board and Home say what a probe says now, although its component's state stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.journal import queries as journal
from core.monitoring.commands import ProbeRecord, keep_probes
from core.monitoring.evaluation import ProbeState
from core.monitoring.model import State
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import AGENT, BROKEN

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("view", ["board", "home", "component", "dependencies", "incident", "wall"])
async def test_the_present_words_of_the_probe_are_shown(
    night: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    monkeypatch.setattr("console.present.PRESENT_EVERY_S", 0.0)
    store = Store.at(night)
    async with desk_at(night, "board", (200, 50)) as desk:
        desk.app.go_to(view, "I-2" if view == "incident" else BROKEN)
        await desk.press()
        desk.app._tick()
        count = store.read(journal.count)
        for words in ("timed out after 2 s", "timed out after 7 s"):
            state = ProbeState(State.CRITICAL, summary=words, since=1, last_at=9)
            row = ProbeRecord(1, BROKEN, "port", state.state, words, "", "", "", 9, state.to_json())
            store.write(AGENT, keep_probes, [row])
            for _ in range(300):
                desk.app._tick()
                if words in desk.seen:
                    break
                await desk.pilot.pause(0.02)
            assert words in desk.seen
        assert store.read(journal.count) == count
    store.close()


async def test_what_is_paused_stays_as_it_was(night: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.present.PRESENT_EVERY_S", 0.0)
    async with desk_at(night, "board") as desk:
        await desk.press("p")
        desk.app._asking = None
        desk.app._tick()
        assert desk.app._asking is None
        await desk.press("p")
        desk.app._tick()
        assert desk.app._asking is not None


async def test_a_procedure_is_found_by_its_id_and_by_its_title(night: Path) -> None:
    async with desk_at(night, "home", (100, 30)) as desk:
        await desk.app.find_procedures()
        for typed in ("restart", "it restart"):
            found = [choice.id for choice in desk.app._destinations(typed)]
            assert "restart" in found, typed
        await desk.app.obey("restart")
        await desk.until(lambda: desk.app.current == "runs" and desk.app.query("#view-runs Grid"))
        await desk.until(lambda: desk.grid.cursor_id == "restart")
