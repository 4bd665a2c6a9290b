"""What escalation costs: `python -m tests.bench.escalation [RUNNING] [SECONDS] [embedded|shared]` (20,000; 30 s; both).

On both databases: the CPU of a pass over all running escalations of which none are due, and of which those are that were
opened first, in one transaction and so due at one instant; then the duty
itself, in this process, with steps that come due all the time, and how late each was taken.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from console.escalating import Escalating
from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Service, Staff
from core.catalog.oncall import Layer, Policy, PolicyStep, Rota
from core.desk.commands import raise_for_failure
from core.desk.escalation.paging import DUTY, escalate_due, is_due
from core.desk.escalation.tables import escalation, escalation_step
from core.desk.tables import incident
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.thread import DatabaseThread
from core.timekeeping import from_micros
from tests.bench.passes import AUTHOR, Passes, timed
from tests.postgres import running_server

if TYPE_CHECKING:
    from core.store.work import Work

AT_ONCE, LOOKS = 500, 20
SOON_S = 5.0
CATALOG = Catalog(
    services={"mail": Service("mail", "Mail", policy="far"), "soon": Service("soon", "Soon", policy="near")},
    staff={name: Staff(name, name, email=f"{name}@house.example") for name in ("ada", "bob", "cyd")},
    rotas={"ops": Rota("ops", "Ops", "Europe/Berlin", (Layer("all", ("ada", "bob", "cyd"), "2026-01-05"),))},
    policies={
        "far": Policy("far", "Far", (PolicyStep(("rota:ops",), 86400.0), PolicyStep(("rota:ops",), 2 * 86400.0))),
        "near": Policy("near", "Near", (PolicyStep(("rota:ops",), SOON_S),)),
    },
)  # fmt: skip


def open_many(work: Work, service: str, first: int, many: int) -> None:
    """Opens so many incidents."""
    for n in range(first, first + many):
        raise_for_failure(work, f"c{n}", service, f"c{n} does not answer", 2, cause=None)


def all_passes(store: Store, place: str | Path, running: int) -> None:
    """Prints the CPU of passes over all running escalations, by a clock that is set forward."""
    passes = Passes(store, place, DUTY, is_due, escalate_due)
    wall, cpu = timed(LOOKS, passes.look)
    print(f"  pass over {running:,} running, none due        {1000 * cpu:8.2f} ms CPU, {1000 * wall:8.2f} ms")
    query = (
        select(escalation.c.next_at).where(escalation.c.next_at.is_not(None)).order_by(escalation.c.next_at)
    )
    dues = [at for at in passes.store.read(lambda c: list(c.scalars(query))) if at is not None]
    passes.now = from_micros(dues[0])
    before = passes.store.read(lambda c: c.scalar(select(func.count()).select_from(escalation_step))) or 0
    wall, cpu = timed(1, passes.look)
    taken = (
        passes.store.read(lambda c: c.scalar(select(func.count()).select_from(escalation_step))) or 0
    ) - before
    print(f"  pass, those due first {taken:>7,} steps      {1000 * cpu:8.2f} ms CPU, {1000 * wall:8.2f} ms")
    passes.end()


def lateness(place: str | Path, store: Store, seconds: float) -> None:
    """Runs the duty, opens incidents all the time, and prints how late each of their steps was taken."""
    count = 0

    async def keep() -> float:
        nonlocal count
        database = DatabaseThread(place)
        await asyncio.wrap_future(database.open())
        duty = Escalating(database, AUTHOR, {}, print)
        running = asyncio.create_task(duty.run())
        begun, cpu = time.monotonic(), time.process_time()
        while time.monotonic() - begun < seconds + 2 * SOON_S:
            if time.monotonic() - begun < seconds:
                await asyncio.to_thread(store.write, AUTHOR, open_many, "soon", 5_000_000 + count, 1)
                count += 1
            await asyncio.sleep(0.1)
        running.cancel()
        await duty.end()
        await asyncio.to_thread(database.close)
        return time.process_time() - cpu

    cpu = asyncio.run(keep())
    rows = store.read(
        lambda c: c.execute(
            select(escalation_step.c.taken_at, incident.c.opened_at)
            .join(incident, incident.c.id == escalation_step.c.subject_id)
            .where(incident.c.service == "soon")
        ).all()
    )
    late = sorted((taken - opened) / 1e6 - SOON_S for taken, opened in rows)
    print(
        f"  duty: {len(late)} steps of {count}, taken {statistics.median(late):.2f} s late at the median,"
        f" p99 {late[int(len(late) * 0.99)]:.2f} s, at most {late[-1]:.2f} s; {cpu:.1f} s CPU with the openings"
    )


def measure(place: str | Path, running: int, seconds: float) -> None:
    """Prints the figures of one database."""
    store = Store.at(place)
    store.write(AUTHOR, load_catalog, CATALOG, directory="d", digest="d", changes=["all"])
    cpu = time.process_time()
    for first in range(0, running, AT_ONCE):
        store.write(AUTHOR, open_many, "mail", first, min(AT_ONCE, running - first))
    print(f"  opening an incident with a policy: {1e3 * (time.process_time() - cpu) / running:.2f} ms CPU")
    lateness(place, store, seconds)
    all_passes(store, place, running)
    store.close()


def main() -> None:
    """Prints the figures."""
    said = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    only = next((word for word in sys.argv[1:] if not word.isdecimal()), "")
    running, seconds = (said + [20_000, 30][len(said) :])[:2]
    if only != "shared":
        with tempfile.TemporaryDirectory() as folder:
            print(f"embedded, {running:,} running", flush=True)
            measure(Path(folder) / "watchfloor.db", running, seconds)
    if only == "embedded":
        return
    with running_server(fsync="on") as server, server.fresh_database() as database:
        prepare(database.socket_url())
        print(f"shared, {running:,} running", flush=True)
        measure(database.socket_url(), running, seconds)


if __name__ == "__main__":
    main()
