"""A change of an item that was changed often before: `python -m tests.bench.long_histories [CHANGES]` (200).

Requests with 10, 100 and 1,000 changes of priority are changed in turns, in a file of their own. Prints the
milliseconds of one change, the middle of CHANGES, and how much of that the longest costs more than the shortest.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from core.desk.requests import commands as requests
from core.desk.requests.model import Asked
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

LONG = (10, 100, 1000)
CHANGES = 200
ANA = Author("ana", Via.CONSOLE, "bench")


def measure(store: Store, changes: int) -> dict[int, float]:
    """Returns the middle milliseconds of a change, by how many entries the request had before."""
    numbers = {}
    for entries in LONG:
        asked = Asked("a long one", "mail", "eve@acme.example")
        numbers[entries] = store.write(ANA, requests.new_request, asked, Consent(Level.BOX)).id
        for n in range(entries - 1):
            store.write(ANA, requests.set_priority, numbers[entries], 1 + n % 4)
    took: dict[int, list[float]] = {entries: [] for entries in LONG}
    for n in range(changes):
        for entries, number in numbers.items():
            begun = time.perf_counter()
            store.write(ANA, requests.set_priority, number, 1 + n % 2)
            took[entries].append((time.perf_counter() - begun) * 1000)
    return {entries: statistics.median(each) for entries, each in took.items()}


def main() -> None:
    """Prints the figures."""
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else CHANGES
    with tempfile.TemporaryDirectory() as folder:
        store = Store.at(Path(folder) / "long.db")
        found = measure(store, changes)
        store.close()
    for entries, middle in found.items():
        print(f"{entries:>6} entries before: {middle:.2f} ms")
    print(f"the longest costs {found[LONG[-1]] - found[LONG[0]]:.2f} ms more than the shortest")


if __name__ == "__main__":
    main()
