"""A night at one instant: a real database with something of everything, and the real console on it.

The clock stands still and every name is fixed, so that what is seen is the same on each machine.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from console.app import Console
from console.connections.place import Place
from console.setup import Person, Setup
from core import timekeeping
from core.catalog.commands import load_catalog
from core.catalog.model import ProcedureText
from core.desk import commands as desk
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.improvement.commands import draft_action
from core.journal.model import Subject, Via
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.operations.commands import begin_run
from core.operations.model import RunState, StepState
from core.operations.reports import Written, end_run, keep_output, report_step, take_up_run
from core.pulse import Pulse
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author, Work
from screens.widgets.canvas import Canvas
from screens.widgets.glyphs import UNICODE
from screens.widgets.line import differs_until
from tests.new_database import new_database
from tests.sample_catalog import sample_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from textual.pilot import Pilot

    from core.catalog.model import Catalog

T = TypeVar("T")
NOW = datetime(2026, 3, 1, 3, 12, 40, tzinfo=UTC)
WITHIN_S = 20.0
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
BROKEN = "orders-files-001"
"""The component that hangs in the night."""
ANA = Author("ana", Via.CONSOLE, "console:host:2:0000")
PROCEDURE = """+++
title = "Restart it"
component = "{component}"
effect = "restart"
+++

## Stop it

```run
/usr/bin/true
```

## Look at it

- [ ] See that nobody is logged in
"""


class StandingClock(datetime):
    """Every `now` is the same instant."""

    at = NOW

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """Returns the instant at which the clock stands."""
        return cls.at.astimezone(tz)


def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock of the whole house at NOW."""
    monkeypatch.setattr(timekeeping, "datetime", StandingClock)


def made_once(place: Path, make: Callable[[Path], object], *which: object) -> Path:
    """Has `make` make a database in a file; where the same was made before, a copy of it; returns its place.

    `which` tells it, beside whether the clock stands, from all else that is made.
    """
    key = (timekeeping.utc_now() == StandingClock.at, *which)
    if key not in _MADE:
        with TemporaryDirectory() as folder:
            first = new_database(Path(folder) / place.name)
            make(first)
            _MADE[key] = first.read_bytes()
    place.write_bytes(_MADE[key])
    return place


_MADE: dict[tuple[object, ...], bytes] = {}


def make_night(folder: Path, also: Callable[[Catalog], None] | None = None) -> Path:
    """Makes the database, with what `also` declares besides; returns its place."""
    return made_once(folder / "night.db", partial(_night, also=also), "night", also)


def _night(place: Path, also: Callable[[Catalog], None] | None) -> None:
    catalog = sample_catalog(24, 1)
    if also is not None:
        also(catalog)
    hangs = list(catalog.components)[4]
    catalog.procedures.clear()
    text = PROCEDURE.format(component=hangs)
    catalog.procedures["restart"] = ProcedureText("restart", "restart.md", text)
    clock = [NOW - timedelta(hours=5)]
    store = Store.at(place, now=lambda: clock[0])
    store.write(AGENT, load_catalog, catalog, directory="catalog", digest="d", changes=["24 components"])
    ids = list(catalog.components)
    _states(store, catalog, dict.fromkeys(ids[:-1], State.OK), clock)
    clock[0] = NOW - timedelta(minutes=31)
    _states(store, catalog, {ids[4]: State.CRITICAL, ids[5]: State.WARNING}, clock)
    clock[0] = NOW - timedelta(minutes=30)
    store.write(ANA, desk.take_incident, 1)
    store.write(ANA, desk.note_incident, 1, "the disk of this host was full")
    _run(store, hangs, clock)
    clock[0] = NOW - timedelta(minutes=20)
    _states(store, catalog, {ids[4]: State.OK}, clock)
    store.write(ANA, desk.close_incident, 1, "old logs removed, rotation set to a day", Consent(Level.BOX))
    fields = {
        "deviation": "orders stood still for ten minutes", "cause": "nobody was told that the disk filled",
        "action": "a threshold on free space, and rotation", "owner": "ana", "due": "2026-03-08",
    }  # fmt: skip
    store.write(ANA, draft_action, fields, about=Subject("incident", "1"), component=ids[4])
    clock[0] = NOW - timedelta(seconds=100)
    _states(store, catalog, {ids[0]: State.CRITICAL}, clock, affected=(ids[1], ids[2]))
    _states(store, catalog, dict.fromkeys(ids[1:3], State.UNREACHABLE), clock, roots=(ids[0],))
    clock[0] = NOW - timedelta(seconds=1)
    info = {"host": "watch-1", "probes": 48, "achieved_per_s": 4.8, "late_p99_ms": 3.0, "skipped": 0}
    store.write(AGENT, take_lease, "agent", AGENT.seat, over=None, info=info)
    store.close()


def _states(
    store: Store, catalog: Catalog, states: dict[str, State], clock: list[datetime],
    *, roots: tuple[str, ...] = (), affected: tuple[str, ...] = (),
) -> None:  # fmt: skip
    words = {
        State.OK: "2 probes ok", State.WARNING: "queue: 812 waiting, warning above 500",
        State.CRITICAL: "health: connection refused by 127.0.0.1:18080",
        State.UNREACHABLE: "behind what it needs",
    }  # fmt: skip
    changes = []
    for name, state in states.items():
        component = catalog.components[name]
        status = Status(name, 0, state, True, clock[0], words[state], roots=roots)
        changes.append(Change(status, component.service, component.title, 2, affected))

    def record(work: Work) -> None:
        versions = {row.id: row.version for row in work.connection.exec_driver_sql(
            "SELECT id, version FROM component_state").all()}  # fmt: skip
        record_changes(
            work, [replace(c, now=replace(c.now, version=versions.get(c.now.id, 0))) for c in changes]
        )

    store.write(AGENT, record)


def _run(store: Store, component: str, clock: list[datetime]) -> None:
    store.write(ANA, unlock_operate, "restart what hangs")
    sure = Consent(Level.NAME, typed=component, reason="it does not answer any more")
    run = store.write(ANA, begin_run, "restart", sure, incident=1)
    store.write(ANA, take_up_run, run.id, "conductor:1")
    clock[0] += timedelta(seconds=3)
    store.write(ANA, report_step, run.id, 1, StepState.RUNNING)
    lines = [Written(1, clock[0], "out", "stopping"), Written(1, clock[0], "err", "was not running")]
    store.write(ANA, keep_output, run.id, lines)
    clock[0] += timedelta(seconds=2)
    store.write(ANA, report_step, run.id, 1, StepState.PASSED, exit_code=0)
    store.write(ANA, end_run, run.id, RunState.DONE, "all steps done")


def console(place: Path, view: str = "home") -> Console:
    """Returns the console of ana on that database, without an agent of its own."""
    app = Console(
        Setup(
            database=Place.of_file(place), catalog=place.parent / "catalog", state=place.parent / "state",
            author=Person(ANA.actor, ANA.via, ANA.seat), place="home", theme="dark", glyphs=UNICODE, keymap={},
            first_view=view, hosts_agent=False,
        )
    )  # fmt: skip
    app.agent_pulse = Pulse(steady=lambda: 0.0)  # however long a test looks, the beat stays a second old
    return app


def read(place: Path, question: Callable[..., T], *args: Any) -> T:
    """Returns what the database answers."""
    store = Store.at(place)
    found = store.read(question, *args)
    store.close()
    return found


async def settle_in(pilot: Pilot[int], view: str) -> None:
    """Waits until this view has the keys, as a list without them has another cursor, and all of it stands."""
    app = pilot.app
    assert isinstance(app, Console)
    async with asyncio.timeout(WITHIN_S):
        while app.focused is None or app.views[view] not in app.focused.ancestors_with_self:
            await pilot.pause(0.02)
    await settle(pilot)
    await painted(pilot)


async def painted(pilot: Pilot[int]) -> None:
    """Waits until the terminal shows what is to be shown: on a busy machine a paint comes long after its reason."""
    async with asyncio.timeout(WITHIN_S):
        while any(_waits(canvas) for canvas in pilot.app.screen.query(Canvas)):
            await pilot.pause(0.02)


def _waits(canvas: Canvas) -> bool:
    """Tells whether a part of the screen is in view and not yet painted as it is now."""
    if not (canvas.is_mounted and canvas.size and canvas.is_on_screen):
        return False
    shown = canvas._painted.lines
    wanted = canvas.draw().lines
    return len(shown) != len(wanted) or any(map(differs_until, wanted, shown))


async def settle(pilot: Pilot[int]) -> None:
    """Waits until the first view stands and nothing more is asked of the database."""
    app = pilot.app
    assert isinstance(app, Console)
    async with asyncio.timeout(WITHIN_S):
        while app.view is None or not app.view.is_mounted:
            await pilot.pause(0.02)
        # An action may wait for an answer in a box; all other work comes to its end.
        while any(worker.group != "doing" and not worker.is_finished for worker in app.workers):
            await pilot.pause(0.02)
        for _ in range(3):
            await app.ask(lambda _: None)
            await (
                pilot.press()
            )  # no key: every widget has handled what it was told, that it has the keys among it
            await pilot.pause(0.05)
