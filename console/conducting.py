"""Carrying out a run in this process: the conductor, told to and ordered by the database.

Each run has a process of its own (`watchfloor run --conduct N`), so that neither a lost SSH connection nor
a closed console ends a restart half way. It takes the run up, gives a sign of life every second, and ends
it; where it dies itself, the agent says that the run is lost.
"""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from console.connections.resolving import handed_over
from console.identity import new_seat
from console.own_process import start_own
from core.catalog.queries import catalog_status, declared_procedure_version
from core.errors import BadInput, Unavailable
from core.journal.model import Via
from core.operations import reports
from core.operations.conductor import Conductor
from core.operations.model import RunState, StepState
from core.operations.procedure import parse_procedure
from core.operations.queries import orders_after
from core.store.thread import DatabaseThread
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from console.connections.place import Place
    from core.operations.model import Procedure
    from core.operations.queries import Run, RunOrder
    from core.operations.reports import Written


def start_conductor(database: Place, run_id: int) -> None:
    """Starts the process that carries out a run, and does not wait for it."""
    with handed_over(database) as (words, inherits):
        start_own("run", "--conduct", str(run_id), *words, inherits=inherits)


def conduct(database: Place, run_id: int, show: Callable[[str], None] = lambda _: None) -> RunState:
    """Carries out the waiting run `run_id` and returns how it ended; `show` is given lines as they come."""
    return asyncio.run(_conduct(database, run_id, show))


async def _conduct(place: Place, run_id: int, show: Callable[[str], None]) -> RunState:
    database = DatabaseThread(place.target)
    try:
        author = await _author(database)
        run = await asyncio.wrap_future(database.write(author, reports.take_up_run, run_id, author.seat))
        procedure, directory = await asyncio.wrap_future(database.read(_as_begun, run))
        desk = _StoreDesk(database, author, run_id, show)
        conductor = Conductor(procedure, desk, {"DIR": directory, "COMPONENT": procedure.component})
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            why = f"its process was ended by {number.name}"
            loop.add_signal_handler(number, conductor.end, why)
        return await conductor.conduct()
    finally:
        await asyncio.to_thread(database.close)


async def _author(database: DatabaseThread) -> Author:
    """Returns who carries the run out: on a shared database whoever began it, who is not the agent."""
    person = await asyncio.wrap_future(database.identity())
    return Author(person or "agent", Via.CLI if person else Via.AGENT, new_seat("conductor"))


def _as_begun(connection: Connection, run: Run) -> tuple[Procedure, str]:
    """Returns the procedure in the version the run began with, and the catalog's directory."""
    text = declared_procedure_version(connection, run.procedure, run.procedure_version)
    parsed = parse_procedure(text.text, path=text.path)
    if parsed.procedure is None:
        raise BadInput(f"the procedure {run.procedure} can no longer be read", where=text.path)
    status = catalog_status(connection)
    return parsed.procedure, status.directory if status else os.curdir


class _StoreDesk:
    """The conductor's desk on the database; says once where it cannot take what is told, and once that it can again."""

    def __init__(
        self, database: DatabaseThread, author: Author, run_id: int, show: Callable[[str], None]
    ) -> None:
        self._database, self._author, self._run_id, self._show = database, author, run_id, show
        self._last_order = 0
        self._trouble = ""

    async def step(self, n: int, state: StepState, exit_code: int | None, text: str, by: str) -> None:
        await self._write(reports.report_step, n, state, exit_code=exit_code, text=text, by=by)
        words = f"step {n} {state}" + (f": {text}" if text else "")
        self._show(f"[{words}]")

    async def output(self, lines: Sequence[Written]) -> None:
        await self._write(reports.keep_output, lines)
        for line in lines:
            self._show(line.text if line.stream == "out" else f"({line.stream}) {line.text}")

    async def state(self, state: RunState, text: str) -> None:
        command = reports.set_run_state if state in {RunState.HELD, RunState.RUNNING} else reports.end_run
        await self._write(command, state, text)
        self._show(f"[run {state}]" if not text else f"[run {state}: {text}]")

    async def beat(self) -> None:
        await self._write(reports.beat_run)

    async def orders(self) -> Sequence[RunOrder]:
        orders = await asyncio.wrap_future(self._database.read(orders_after, self._run_id, self._last_order))
        if orders:
            self._last_order = orders[-1].id
        return orders

    async def _write(self, command: Callable[..., object], *args: Any, **named: Any) -> None:
        try:
            await asyncio.wrap_future(
                self._database.write(self._author, command, self._run_id, *args, **named)
            )
        except Unavailable as error:
            if str(error) != self._trouble:
                self._show(f"[cannot be written yet, the run goes on: {error}]")
            self._trouble = str(error)
            raise
        if self._trouble:
            self._show("[can be written again]")
        self._trouble = ""
