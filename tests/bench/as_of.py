"""What looking at then costs: `python -m tests.bench.as_of [COMPONENTS] [ENTRIES] [KIND]` (10,000, a million).

On both databases: the whole board and the list of incidents as they were at twenty instants over the whole journal, read
as a console reads them, through the store; with the boards that the agent keeps, and for a tenth of the entries
without any, from the first entry on. The plain thing of the same run is the live board, read from its rows. Beside it:
how long the agent takes to keep a board, and how many bytes it has.
"""

from __future__ import annotations

import getpass
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service
from core.desk.as_of import incidents_at
from core.journal.model import Via
from core.journal.queries import newest
from core.monitoring.as_of import EVERY, board_at, keep_board, next_board
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.monitoring.queries import board
from core.monitoring.tables import board as kept
from core.store.moving.move import move
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.work import Work

AUTHOR = Author("agent", Via.AGENT, "bench")
OWNER = Author(getpass.getuser(), Via.CLI, "bench")
AT_ONCE = 1000
LOOKS = 20
STATES = (State.OK, State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN)


def declare(store: Store, count: int) -> list[str]:
    """Declares so many components; returns their ids."""
    names = [f"component-{n:05}" for n in range(count)]
    components = {name: Component(name, f"Component {name}", "orders", needs=()) for name in names}
    catalog = Catalog(services={"orders": Service("orders", "Orders")}, components=components)
    store.write(AUTHOR, load_catalog, catalog, directory="d", digest="d", changes=["all"])
    return names


def fill(store: Store, names: list[str], entries: int) -> float:
    """Has components change until so many entries stand, boards kept as an agent does; returns its median seconds a board."""
    chance, took, at = random.Random(1), [], 0

    def change(work: Work) -> None:
        seen = dict.fromkeys(chance.choices(names, k=AT_ONCE))
        changes = []
        for name in seen:
            state = chance.choice(STATES)
            status = Status(
                name,
                0,
                state,
                chance.random() < 0.7,
                work.now,
                f"health: {state} after {chance.random():.4f} s",
            )
            changes.append(Change(status, "orders", name, 3))
        record_changes(work, changes)

    while at < entries:
        store.write(AUTHOR, change)
        at = store.read(newest).seq
        began = time.perf_counter()
        while (due := store.read(next_board)) is not None:
            store.write(AUTHOR, keep_board, *due)
            took.append(time.perf_counter() - began)
            began = time.perf_counter()
    return statistics.median(took)


def measure(work: Callable[[int], object], numbers: list[int]) -> tuple[float, float]:
    """Returns the median and the longest of the seconds that `work` takes for each number."""
    took = []
    for number in numbers:
        began = time.perf_counter()
        work(number)
        took.append(time.perf_counter() - began)
    return statistics.median(took), max(took)


def judge(kind: str, store: Store, count: int, keeping: float) -> None:
    """Prints one filled database's figures; `keeping` is how long a board took to make and keep, in seconds."""
    end = store.read(newest).seq
    numbers = [random.Random(n).randint(1, end) for n in range(LOOKS)]
    sizes = store.read(lambda c: c.execute(select(func.count(), func.sum(func.length(kept.c.packed)))).one())
    live, _ = measure(lambda _: store.read(board), numbers)
    then, longest = measure(lambda n: store.read(board_at, n), numbers)
    desk, slowest = measure(lambda n: store.read(incidents_at, n, closed=True), numbers)
    print(
        f"{kind}, {count:,} components, {end:,} entries: board as of {then * 1000:.0f} ms, longest {longest * 1000:.0f} ms"
        f" (asked 1,000), {then / live:.2f} x the live board ({live * 1000:.0f} ms); incidents {desk * 1000:.0f} ms,"
        f" longest {slowest * 1000:.0f} ms; {sizes[0]} boards of {sizes[1] / sizes[0] / 1000:.0f} kB, one every {EVERY:,}"
        f" entries, each kept in {keeping * 1000:.0f} ms",
        flush=True,
    )
    early = [n // 10 for n in numbers]
    store.write(AUTHOR, lambda work: work.connection.execute(text("DELETE FROM board")))
    without, most = measure(lambda n: store.read(board_at, n), early)
    print(
        f"{kind}, without kept boards, within the first {end // 10:,} entries: {without * 1000:.0f} ms,"
        f" longest {most * 1000:.0f} ms",
        flush=True,
    )


def embedded(count: int, entries: int) -> None:
    """Measures a file."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.at(Path(folder) / "bench.db")
        keeping = fill(store, declare(store, count), entries)
        judge("embedded", store, count, keeping)
        store.close()


def shared(count: int, entries: int) -> None:
    """Measures a server to which a filled file was moved, as a team that begins to share would."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server() as server,
        server.fresh_database() as database,
    ):
        path = Path(folder) / "bench.db"
        store = Store.at(path)
        keeping = fill(store, declare(store, count), entries)
        store.close()
        prepare(database.socket_url())
        began = time.perf_counter()
        moved = move(path, database.socket_url(), OWNER)
        took = time.perf_counter() - began
        print(
            f"moved to the server and verified there: {moved.verdict.entries:,} entries in {took:.0f} s",
            flush=True,
        )
        store = Store.at(database.socket_url())
        judge("shared", store, count, keeping)
        store.close()


def main() -> None:
    """Prints the figures of both databases."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    entries = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    kinds = sys.argv[3:] or ["embedded", "shared"]
    if "embedded" in kinds:
        embedded(count, entries)
    if "shared" in kinds:
        shared(count, entries)


if __name__ == "__main__":
    main()
