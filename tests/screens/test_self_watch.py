"""The console says, until it is mended, what the always-on part is behind with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.desk.clocks import announcing
from core.journal import seals
from core.store.lease import beat, lease_of, take_lease
from core.store.store import Store
from tests.screens.at_the_keys import desk_at
from tests.screens.scene import AGENT, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Work

BROKEN = "the journal is not sealed: entry 7 was changed after it was written"


def _seals_with_trouble(work: Work, trouble: str) -> None:
    held = lease_of(work.connection, seals.DUTY)
    if held is None:
        take_lease(work, seals.DUTY, AGENT.seat, info={"trouble": trouble})
    else:
        beat(work, seals.DUTY, held.token, {"trouble": trouble})


def _tell(place: Path, trouble: str) -> None:
    store = Store.at(place, now=lambda: NOW)
    store.write(AGENT, _seals_with_trouble, trouble)
    store.close()


async def test_a_journal_that_does_not_hold_stays_on_every_screen_until_it_is_mended(night: Path) -> None:
    async with desk_at(night, "board") as desk:
        assert "sealed" not in desk.seen
        _tell(night, BROKEN)
        await desk.until_seen(BROKEN)
        desk.app.say("I-2 taken")
        await desk.until_seen("I-2 taken")
        desk.app.say("")
        for view in ("incidents", "home", "log"):
            desk.app.go_to(view)
            await desk.until_seen(BROKEN)
        _tell(night, "")
        await desk.until(lambda: BROKEN not in desk.seen)


async def test_probes_and_clocks_that_are_late_are_said_in_words(night: Path) -> None:
    def late(work: Work) -> None:
        held = lease_of(work.connection, "agent")
        assert held is not None
        beat(work, "agent", held.token, {"host": "watch-1", "late_p99_ms": 2300.0, "skipped": 4})

    def overdue(work: Work) -> None:
        take_lease(work, announcing.DUTY, AGENT.seat)
        past = NOW - timedelta(minutes=5)
        work.connection.exec_driver_sql(f"UPDATE clock SET next_at = {int(past.timestamp()) * 1_000_000}")

    async with desk_at(night, "board") as desk:
        store = Store.at(night, now=lambda: NOW)
        store.write(AGENT, late)
        await desk.until_seen("probes are late: up to 2.3 s, 4 looks left out")
        store.write(AGENT, overdue)
        await desk.until_seen("clocks are late: what was due 5m ago is not done yet")
        store.close()
