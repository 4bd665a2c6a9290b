"""A command's transaction against the raw driver, in one run: `python -m tests.bench.store`.

The raw driver updates one row and inserts one journal line of the same size, FULL sync, on a database of
its own beside ours; once as it is, and once behind our lane, where it is as fair as we are. All writers begin
together, and go on a little after the last transaction that counts, so that none is measured beside the ending of
other processes. Prints ratios of transactions per second, and the longest wait: of all, and without the first
transaction of each writer, in which a process builds its statements.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.desk import commands as desk
from core.journal.model import Via
from core.store.sqlite.lane import Lane
from core.store.store import Store
from core.store.work import Author
from tests.bench.command_path import set_severity_alone

SECONDS = 4.0
TAIL_S = 0.5
ROUNDS = 3
AUTHOR = Author("bench", Via.CLI, "bench")


def begin_together() -> None:
    """Returns when the parent says so."""
    print("ready", flush=True)
    sys.stdin.readline()


def raw(place: str, number: int, seconds: float, *, fair: bool = False) -> list[float]:
    """Returns the seconds of each transaction of the raw driver, behind our lane if `fair`."""
    connection = sqlite3.connect(place, timeout=10, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    lane = Lane(Path(place + ".lane"))
    begin_together()
    waits, end, n = [], time.perf_counter() + seconds, 0
    while (began := time.perf_counter()) < end + TAIL_S:
        with lane.held() if fair else nullcontext():
            raw_transaction(connection, number, n, f"{number}-{n}-{began}")
        if began < end:
            waits.append(time.perf_counter() - began)
        n += 1
    lane.close()
    connection.close()
    return waits


def raw_transaction(connection: sqlite3.Connection, number: int, n: int, key: str) -> None:
    """Updates one row and inserts one line."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "UPDATE ticket SET severity = ?, version = version + 1 WHERE id = ?", (n % 4 + 1, number)
    )
    connection.execute(
        "INSERT INTO journal (at, key, actor, kind, subject_kind, subject_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (time.time_ns(), key, "bench", "incident.severity_set", "incident", "1", "x" * 120),
    )
    connection.execute("COMMIT")


def full(place: str, number: int, seconds: float) -> list[float]:
    """Returns the seconds of each command of ours: gate, version, row, entry, chain, lane, commit, bells."""
    store = Store.at(place)
    begin_together()
    waits, end, n = [], time.perf_counter() + seconds, 0
    while (began := time.perf_counter()) < end + TAIL_S:
        store.write(AUTHOR, set_severity_alone, number, n % 4 + 1, key=f"{number}-{n}-{began}")
        if began < end:
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


@dataclass(frozen=True, slots=True)
class Figures:
    """What so many writers did: transactions per second, and milliseconds of waiting."""

    rate: float
    p99_ms: float
    longest_ms: float
    later_ms: float
    """The longest, without the first of each writer."""


def measure(kind: str, place: str, writers: int) -> Figures:
    """Has so many processes write at once."""
    command = [sys.executable, "-m", "tests.bench.store", kind, place]
    running = [
        subprocess.Popen([*command, str(n + 1)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(writers)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    waits = [[float(word) * 1000 for word in process.communicate()[0].split()] for process in running]
    if any(process.returncode for process in running):
        raise SystemExit(f"a writer failed ({kind}, {writers} writers)")
    ordered = sorted(wait for each in waits for wait in each)
    later = max(wait for each in waits for wait in each[1:])
    return Figures(len(ordered) / SECONDS, ordered[int(len(ordered) * 0.99)], ordered[-1], later)


def compare(theirs: str, ours: str, writers: int) -> str:
    """Returns one line for so many writers: medians of three rounds, one after another."""
    rounds = [
        (measure("raw", theirs, writers), measure("fair", theirs, writers), measure("full", ours, writers))
        for _ in range(ROUNDS)
    ]
    ratios = [our.rate / raw.rate for raw, _, our in rounds]
    median = statistics.median
    return (
        f"{writers} writers: {median(ratios):.2f} of the raw driver's rate (runs {', '.join(f'{r:.2f}' for r in ratios)}), "
        f"{median(our.rate / fair.rate for _, fair, our in rounds):.2f} of the raw driver's in our lane; "
        f"p99 {median(our.p99_ms for _, _, our in rounds):.1f} ms; "
        f"longest wait {median(our.longest_ms for _, _, our in rounds):.0f} ms, "
        f"after the first of each {median(our.later_ms for _, _, our in rounds):.0f} ms "
        f"(raw driver {median(raw.longest_ms for raw, _, _ in rounds):.0f} ms, "
        f"in our lane {median(fair.longest_ms for _, fair, _ in rounds):.0f} ms)"
    )


def main() -> None:
    """Prints one line for each number of writers."""
    if len(sys.argv) > 1:
        kind, place, number = sys.argv[1:]
        write = full if kind == "full" else partial(raw, fair=kind == "fair")
        print(*write(place, int(number), SECONDS))
        return
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = prepare(Path(folder))
        for writers in (1, 4, 8):
            print(compare(theirs, ours, writers), flush=True)


if __name__ == "__main__":
    main()
