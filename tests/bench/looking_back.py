"""What looking back costs a console: `python -m tests.bench.looking_back [COMPONENTS] [ENTRIES] [STEPS]` (10,000, 100,000, 50).

A real console on a terminal of 80x24, on a board on which so many components changed so often: resident memory before,
while the slider steps back entry by entry and on again, and at now; and how long a step takes until it is painted. In the
plain history most components are well since long, in the restless one each changed at random, all in other words.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.catalog.commands import load_catalog
from core.journal.model import Via
from core.journal.queries import newest
from core.monitoring.as_of import keep_board, next_board
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now
from tests.bench.as_of import declare, fill
from tests.bench.console import islands, memory_mb, start

if TYPE_CHECKING:
    from core.store.work import Work
    from tests.terminal import Terminal

AGENT = Author("agent", Via.AGENT, "bench")
RESTLESS = 100
"""So many of the components of the plain history change again and again."""


def keep_boards(store: Store) -> None:
    """Keeps the boards that are due, as an agent does."""
    while (due := store.read(next_board)) is not None:
        store.write(AGENT, keep_board, *due)


def plain(store: Store, components: int, entries: int) -> None:
    """Has all components be well, and a hundred of them go to and fro until so many entries stand."""
    catalog = islands(components)
    store.write(AGENT, load_catalog, catalog, directory="d", digest="d", changes=["all"])
    declared = list(catalog.components.values())

    def tell(work: Work, turn: int) -> None:
        state = State.OK if turn % 2 == 0 else State.WARNING
        words = "2 probes ok" if state is State.OK else f"queue: {turn} waiting, warning above 500"
        record_changes(
            work,
            [
                Change(Status(c.id, 0, state, True, utc_now(), words), c.service, c.title, 2)
                for c in (declared if turn == 0 else declared[:RESTLESS])
            ],
        )

    turn = 0
    while store.read(newest).seq < entries:
        store.write(AGENT, tell, turn)
        keep_boards(store)
        turn += 1


def restless(store: Store, components: int, entries: int) -> None:
    """Has components change at random, each time in other words."""
    fill(store, declare(store, components), entries)


def entry_of(text: str) -> int:
    """Returns the number of the entry the slider stands at; 0 while none is shown."""
    found = re.search(r"entry (\d+) of", text)
    return int(found[1]) if found else 0


def step(terminal: Terminal, key: str) -> float:
    """Presses a key of the slider; returns the seconds until the screen stands at another entry."""
    before, began = entry_of(terminal.text), time.monotonic()
    terminal.press(key)
    terminal.wait_until(lambda text: entry_of(text) not in {0, before}, timeout_s=60)
    return time.monotonic() - began


def judge(name: str, place: Path, home: Path, components: int, steps: int) -> None:
    """Prints the figures of one history."""
    with start(place, (80, 24), home) as terminal:
        terminal.wait_for(f"{components} of {components}", timeout_s=60)
        time.sleep(3.0)
        pid = terminal.process.pid
        before = most = memory_mb(pid)
        terminal.press("@")
        terminal.wait_for("then, in UTC")
        terminal.wait_quiet()
        terminal.type_text("-1s")
        boxed = memory_mb(pid)
        began = time.monotonic()
        terminal.press("enter")
        terminal.wait_until(lambda text: entry_of(text) > 0, timeout_s=60)
        first = time.monotonic() - began
        most = max(most, boxed, memory_mb(pid))
        took = []
        for key in ("left",) * steps + ("right",) * steps:
            took.append(step(terminal, key))
            most = max(most, memory_mb(pid))
        for _ in range(3):
            for key in (
                "{",
                "}",
            ):  # as far back as the history goes, where every component was in other words
                terminal.press(key)
                terminal.wait_quiet()
                far = memory_mb(pid)
        terminal.press("@")
        terminal.wait_until(lambda text: "THEN" not in text)
        time.sleep(3.0)
        after = memory_mb(pid)
    print(
        f"{name}: the first moment {first * 1000:.0f} ms, each of {len(took)} steps {statistics.median(took) * 1000:.0f} ms"
        f" (longest {max(took) * 1000:.0f} ms); resident {before:.1f} MB before, {boxed:.1f} MB with the box that asks"
        f" for an instant, at most {most:.1f} MB while the slider"
        f" steps, {far:.1f} MB after an hour to and fro, {after:.1f} MB at now again (asked 80)",
        flush=True,
    )


def main() -> None:
    """Prints the figures of both histories."""
    components = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    entries = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    with tempfile.TemporaryDirectory() as name:
        for history in (plain, restless):
            place = Path(name) / f"{history.__name__}.db"
            store = Store.at(place)
            history(store, components, entries)
            store.close()
            judge(history.__name__, place, Path(name), components, steps)


if __name__ == "__main__":
    main()
