"""From a commit in one process to the cell of another's screen: `python -m tests.bench.painting [ENTRIES]` (200).

A real console on a terminal of 80x24 has an incident in front; a writer beside it notes five things a second on it, each
in other words. Prints milliseconds from the instant a commit was acknowledged to the words on the screen, the time that
the terminal needs to understand what it was sent counted in, on both databases.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.desk import commands as incidents
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.postgresql.preparing import prepare
from core.store.store import Store
from core.store.work import Author
from tests.bench.console import start
from tests.postgres import running_server

if TYPE_CHECKING:
    from tests.terminal import Terminal

NOTED = 200
EVERY_S = 0.2
TRUSTED = "-cwatchfloor.trusted=told"
BOX = Consent(Level.BOX)
WRITER = Author("bench", Via.CLI, "bench")


def measure(store: Store, terminal: Terminal, number: int, entries: int) -> list[float]:
    """Returns the milliseconds from each commit to its words on the screen, least first."""
    waits = []
    for n in range(entries):
        words = f"knocked-{n}-times"
        begun = time.monotonic()
        store.write(WRITER, incidents.note_incident, number, words)
        committed = time.monotonic()
        terminal.wait_for(words)
        waits.append((time.monotonic() - committed) * 1000)
        time.sleep(max(0.0, begun + EVERY_S - time.monotonic()))
    return sorted(waits)


def report(name: str, place: str, entries: int) -> None:
    """Prints one line for a database."""
    store = Store.at(place)
    number = store.write(WRITER, incidents.open_incident, "web", "orders", "web is down", 2, BOX).id
    with tempfile.TemporaryDirectory() as home, start(place, (80, 24), Path(home), "incidents") as terminal:
        terminal.wait_for("web is down")
        terminal.press("enter")
        terminal.wait_for("Incidents", f"I-{number}", "opened")
        terminal.wait_quiet()
        waits = measure(store, terminal, number, entries)
    store.close()
    p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
    print(f"{name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, at most {waits[-1]:.0f} ms")


def main() -> None:
    """Measures both databases."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else NOTED
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "painting.db")
        Store.at(place).close()
        report("SQLite", place, entries)
    with running_server(fsync="on") as server, server.fresh_database() as database:
        prepare(database.socket_url())
        report("PostgreSQL", database.socket_url(options=TRUSTED), entries)


if __name__ == "__main__":
    main()
