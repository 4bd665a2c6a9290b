"""What the clocks cost: `python -m tests.bench.clocks [ITEMS] [OPEN] [SECONDS] [embedded|shared]` (a million of
which 20,000 are open; 30 s; both).

On both databases: opening an incident with and without an agreement; a page sorted by what is due next, the first and
one behind the middle, beside the bare SQL of the same page; the CPU of a pass over all running clocks of which none,
a hundredth, and (after an outage) all are due; then the duty itself, in this process, with promises that come due all
the time, and how late each was said.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text

from console.clocking import Clocking
from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Calendar, Catalog, Customer, Promise, Service
from core.desk.clocks.announcing import DUTY, announce_due, is_due
from core.desk.clocks.due_pages import incidents_by_due
from core.desk.commands import raise_for_failure
from core.desk.tables import clock, incident
from core.journal.body import told_in
from core.journal.tables import journal
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.thread import DatabaseThread
from tests.bench.passes import AUTHOR, Passes, timed
from tests.postgres import running_server

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.store.work import Work

AT_ONCE, PAGE, LOOKS = 500, 50, 20
HOURS = tuple((day, 8 * 60, 18 * 60) for day in range(7))
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")},
    services={name: Service(name, name) for name in ("mail", "free", "soon")},
    calendars={"long": Calendar("long", "Europe/Berlin", HOURS)},
    agreements={
        "gold": Agreement("gold", "Gold", "acme", ("mail",), "long", (Promise(2, 4 * 3600, 40 * 3600, 8 * 3600),)),
        "soon": Agreement("soon", "Soon", "acme", ("soon",), "", (Promise(2, 20, 36000),)),
    },
)  # fmt: skip


def open_many(work: Work, service: str, first: int, many: int) -> None:
    """Opens so many incidents."""
    for n in range(first, first + many):
        raise_for_failure(work, f"c{n}", service, f"c{n} does not answer", 2, cause=None)


def closed_ones(work: Work, first: int, many: int) -> None:
    """Puts so many closed incidents in place, as a move does."""
    values = {
        "version": 5, "state": "closed", "severity": 2, "component": "x", "service": "mail", "title": "over",
        "opened_at": 1, "opened_by": "a", "owner": "a", "acknowledged_at": 1, "acknowledged_by": "a", "cleared_at": 1,
        "resolved_at": 1, "closed_at": 1, "closed_by": "a", "resolution": "r", "affected": "[]",
    }  # fmt: skip
    work.connection.execute(insert(incident), [values | {"id": n} for n in range(first, first + many)])


def pages(store: Store, many: int) -> None:
    """Prints what a page by what is due costs, beside its bare SQL."""
    middle = store.read(
        lambda c: c.execute(
            select(incident.c.due, incident.c.id).where(incident.c.due.is_not(None)).order_by(incident.c.due, incident.c.id).offset(many // 2).limit(1)
        ).one()
    )  # fmt: skip
    for name, behind in (("first", None), ("from the middle", (middle[0], middle[1]))):
        where = f"due = {behind[0]} AND id > {behind[1]}" if behind else "due IS NOT NULL"
        bare = text(f"SELECT * FROM incident WHERE {where} ORDER BY due, id LIMIT {PAGE}")
        _, sql = timed(LOOKS, lambda bare=bare: store.read(lambda c: c.execute(bare).all()))  # type: ignore[misc]
        _, whole = timed(LOOKS, lambda behind=behind: store.read(incidents_by_due, PAGE, behind))  # type: ignore[misc]
        print(
            f"  page by due, {name:<15} {1000 * whole:6.2f} ms CPU as values with what is due, bare SQL {1000 * sql:5.2f} ms:"
            f" {whole / sql:.1f} times"
        )


def all_passes(store: Store, place: str | Path, running: int) -> None:
    """Prints the CPU of passes over all running clocks, by a clock that is set forward."""
    passes = Passes(store, place, DUTY, is_due, announce_due)
    wall, cpu = timed(LOOKS, passes.look)
    print(
        f"  pass over {running:,} running clocks, none due   {1000 * cpu:8.2f} ms CPU, {1000 * wall:8.2f} ms"
    )
    dues = passes.store.read(
        lambda c: sorted(c.scalars(select(clock.c.next_at).where(clock.c.next_at.is_not(None))))
    )
    for name, at in (("a hundredth due", dues[len(dues) // 100]), ("all due", dues[-1] + 1)):
        passes.now = from_micros_(at)
        before = passes.store.read(entries)
        wall, cpu = timed(1, passes.look)
        print(
            f"  pass, {name:<16} {passes.store.read(entries) - before:>7,} entries {cpu:8.2f} s CPU, {wall:8.2f} s"
        )
    passes.end()


def from_micros_(micros: int) -> datetime:
    """Returns an instant a second behind."""
    from core.timekeeping import from_micros

    return from_micros(micros) + timedelta(seconds=1)


def entries(connection: Connection) -> int:
    """Returns how many entries there are."""
    return connection.scalar(select(func.max(journal.c.seq))) or 0


def lateness(place: str | Path, store: Store, seconds: float) -> None:
    """Runs the duty, opens incidents all the time, and prints how late each of their breaches was said."""
    count = 0

    async def keep() -> float:
        nonlocal count
        database = DatabaseThread(place)
        await asyncio.wrap_future(database.open())
        duty = Clocking(database, AUTHOR, {}, print)
        running = asyncio.create_task(duty.run())
        begun, cpu = time.monotonic(), time.process_time()
        while time.monotonic() - begun < seconds + 25:
            if time.monotonic() - begun < seconds:
                await asyncio.to_thread(store.write, AUTHOR, open_many, "soon", 5_000_000 + count, 1)
                count += 1
            await asyncio.sleep(0.1)
        running.cancel()
        await duty.end()
        await asyncio.to_thread(database.close)
        return time.process_time() - cpu

    from_ = store.read(entries)
    cpu = asyncio.run(keep())
    rows = store.read(
        lambda c: c.execute(
            select(journal.c.at, journal.c.body).where(
                journal.c.kind == "incident.breached", journal.c.seq > from_
            )
        ).all()
    )
    late = sorted((at - told_in(body)["clock_due"][1]) / 1e6 for at, body in rows)
    print(
        f"  duty: {len(late)} breaches of {count}, said {statistics.median(late):.2f} s late at the median,"
        f" p99 {late[int(len(late) * 0.99)]:.2f} s, at most {late[-1]:.2f} s; {cpu:.1f} s CPU with the openings"
    )


def measure(place: str | Path, filling: str | Path, items: int, many: int, seconds: float) -> None:
    """Prints the figures of one database."""
    filler = Store.at(filling)
    for first in range(1, items - many, 10_000):
        filler.write(AUTHOR, closed_ones, 10_000_000 + first, 10_000)
    filler.close()
    store = Store.at(place)
    store.write(AUTHOR, load_catalog, CATALOG, directory="d", digest="d", changes=["all"])
    cost = {}
    for service in ("free", "mail"):
        cpu, wall = time.process_time(), time.perf_counter()
        for first in range(0, many if service == "mail" else 2000, AT_ONCE):
            store.write(AUTHOR, open_many, service, first + (1_000_000 if service == "free" else 0), AT_ONCE)
        n = many if service == "mail" else 2000
        cost[service] = (1e3 * (time.perf_counter() - wall) / n, 1e3 * (time.process_time() - cpu) / n)
    print(
        f"  opening an incident: {cost['free'][0]:.2f} ms without an agreement, {cost['mail'][0]:.2f} ms with three clocks"
        f" (CPU {cost['free'][1]:.2f}, {cost['mail'][1]:.2f})"
    )
    pages(store, many)
    lateness(place, store, seconds)
    running = (
        store.read(
            lambda c: c.scalar(select(func.count()).select_from(clock).where(clock.c.next_at.is_not(None)))
        )
        or 0
    )
    all_passes(store, place, running)
    store.close()


def main() -> None:
    """Prints the figures."""
    said = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    only = next((word for word in sys.argv[1:] if not word.isdecimal()), "")
    items, many, seconds = (said + [1_000_000, 20_000, 30][len(said) :])[:3]
    if only != "shared":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "watchfloor.db"
            print(f"embedded, {items:,} items, {many:,} open", flush=True)
            measure(path, path, items, many, seconds)
    if only == "embedded":
        return
    with running_server(fsync="on") as server, server.fresh_database() as database:
        prepare(database.socket_url())
        print(f"shared, {items:,} items, {many:,} open", flush=True)
        trusted = database.socket_url(options="-cwatchfloor.trusted=on")
        measure(database.socket_url(), trusted, items, many, seconds)


if __name__ == "__main__":
    main()
