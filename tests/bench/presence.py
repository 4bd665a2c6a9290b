"""What others who are here cost an untouched console: `python -m tests.bench.presence [OTHERS] [SECONDS]` (48, 60).

Two consoles on one embedded database, each with its board in front, no agent: nothing happens but that so many others
say every thirty seconds that they are still here. The same two alone are the plain thing of the same run.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

from core.journal.model import Via
from core.presence.commands import be_here
from core.presence.model import BEAT_S, Open
from core.store.store import Store
from core.store.work import Author
from tests.bench.console import make_database, own_cpu_s, start


class Others:
    """So many others who are here and do nothing, in a thread with a store of its own."""

    def __init__(self, place: Path, count: int) -> None:
        self._place, self._count = place, count
        self._ending = threading.Event()
        self._are_here = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._are_here.wait()

    def _run(self) -> None:
        store = Store.at(self._place)
        seats = [Author(f"person-{n:02}", Via.CONSOLE, f"seat-{n}") for n in range(self._count)]
        for seat in seats:
            store.write(seat, be_here, "watch-2", Open("board"))
        self._are_here.set()
        while not self._ending.is_set():
            for seat in seats:
                if self._ending.wait(BEAT_S / self._count):
                    break
                store.write(seat, be_here, "watch-2", Open("board"))
        store.close()

    def end(self) -> None:
        """Stops."""
        self._ending.set()
        self._thread.join()


def two_consoles(place: Path, home: Path, seconds: float) -> float:
    """Returns the mean percent of a core of two untouched consoles."""
    with start(place, (80, 24), home) as one, start(place, (80, 24), home) as two:
        for each in (one, two):
            each.wait_until(lambda text: "100 of 100" in text and " here" in text)
        time.sleep(5.0)
        pids = (one.process.pid, two.process.pid)
        cpu, begun = sum(map(own_cpu_s, pids)), time.monotonic()
        time.sleep(seconds)
        return (sum(map(own_cpu_s, pids)) - cpu) / len(pids) / (time.monotonic() - begun) * 100


def main() -> None:
    """Prints the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = make_database(folder, 100)
        alone = two_consoles(place, folder, seconds)
        others = Others(place, count)
        among = two_consoles(place, folder, seconds)
        others.end()
        print(
            f"untouched, each of two consoles: {alone:.2f} % of a core; {among:.2f} % with {count} others here,"
            f" {among / alone:.2f} times that"
        )


if __name__ == "__main__":
    main()
