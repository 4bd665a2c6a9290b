"""A command's transaction against the raw driver, in one run: `python -m tests.bench.store`.

The raw driver updates one row and inserts one journal line of the same size, FULL sync, on a database of
its own beside ours. Prints ratios of transactions per second, and the longest wait.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.desk import commands as desk
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

SECONDS = 4.0
AUTHOR = Author("bench", Via.CLI, "bench")


def raw(place: str, number: int, seconds: float) -> list[float]:
    """Returns the seconds of each transaction of the raw driver."""
    connection = sqlite3.connect(place, timeout=10, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    waits, end, n = [], time.perf_counter() + seconds, 0
    body = "x" * 120
    while time.perf_counter() < end:
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE ticket SET severity = ?, version = version + 1 WHERE id = ?", (n % 4 + 1, number)
        )
        connection.execute(
            "INSERT INTO journal (at, key, actor, kind, subject_kind, subject_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                time.time_ns(),
                f"{number}-{n}-{began}",
                "bench",
                "incident.severity_set",
                "incident",
                "1",
                body,
            ),
        )
        connection.execute("COMMIT")
        waits.append(time.perf_counter() - began)
        n += 1
    connection.close()
    return waits


def full(place: str, number: int, seconds: float) -> list[float]:
    """Returns the seconds of each command of ours: gate, version, row, entry, chain, lane, commit, bells."""
    store = Store.at(place)
    waits, end, n = [], time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        began = time.perf_counter()
        store.write(AUTHOR, desk.set_severity, number, n % 4 + 1, key=f"{number}-{n}-{began}")
        waits.append(time.perf_counter() - began)
        n += 1
    store.close()
    return waits


def prepare(folder: Path) -> tuple[str, str]:
    """Makes both databases with eight rows each."""
    theirs, ours = str(folder / "raw.db"), str(folder / "ours.db")
    with sqlite3.connect(theirs) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE ticket (id INTEGER PRIMARY KEY, severity INT, version INT);"
            "CREATE INDEX t1 ON ticket (severity, id);"
            "CREATE TABLE journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INT, key TEXT UNIQUE, actor TEXT, kind TEXT,"
            " subject_kind TEXT, subject_id TEXT, body TEXT);"
            "CREATE INDEX j1 ON journal (subject_kind, subject_id, seq);"
        )
        connection.executemany("INSERT INTO ticket VALUES (?, 1, 1)", [(n,) for n in range(1, 9)])
    connection.close()
    store = Store.at(ours)
    for n in range(8):
        store.write(AUTHOR, desk.raise_for_failure, f"c{n}", "s", "down", 2, cause=None)
    store.close()
    return theirs, ours


def measure(kind: str, place: str, writers: int) -> tuple[float, float, float]:
    """Returns (transactions per second, longest wait s, p99 s) of so many processes."""
    command = [sys.executable, "-m", "tests.bench.store", kind, place]
    running = [
        subprocess.Popen([*command, str(n + 1)], stdout=subprocess.PIPE, text=True) for n in range(writers)
    ]
    waits = [float(word) for p in running for word in p.communicate()[0].split()]
    if any(p.returncode for p in running):
        raise SystemExit(f"a writer failed ({kind}, {writers} writers)")
    ordered = sorted(waits)
    return len(waits) / SECONDS, ordered[-1], ordered[int(len(ordered) * 0.99)]


def main() -> None:
    """Prints one line for each number of writers."""
    if len(sys.argv) > 1:
        kind, place, number = sys.argv[1:]
        print(*(raw if kind == "raw" else full)(place, int(number), SECONDS))
        return
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = prepare(Path(folder))
        for writers in (1, 4, 8):
            ratios, longest, p99s = [], [], []
            for _ in range(3):
                raw_rate, raw_longest, _ = measure("raw", theirs, writers)
                our_rate, our_longest, p99 = measure("full", ours, writers)
                ratios.append(our_rate / raw_rate)
                longest.append((our_longest, raw_longest))
                p99s.append(p99)
            print(
                f"{writers} writers: {statistics.median(ratios):.2f} of the raw driver's rate "
                f"(runs {', '.join(f'{r:.2f}' for r in ratios)}); p99 {statistics.median(p99s) * 1000:.1f} ms; "
                f"longest wait {statistics.median(o for o, _ in longest) * 1000:.0f} ms "
                f"(raw driver {statistics.median(r for _, r in longest) * 1000:.0f} ms)"
            )


if __name__ == "__main__":
    main()
