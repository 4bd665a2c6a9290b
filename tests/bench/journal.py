"""What the chain, the seals, the export and verifying cost, in one run: `python -m tests.bench.journal [ENTRIES]` (a million).

Each figure is a ratio to the plain thing in the same run. Chain: entries of 250 bytes with their hash against the same
rows without, by the same driver, all in one transaction (CPU). Verify: the journal read, chained and its signatures
checked against reading every column of every row with the raw driver (CPU, medians of three rounds in turn). Memory is
the growth of the process's largest resident size from a tenth of the entries to all of them.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from core.journal.chain import link
from core.journal.exporting import ExportReader, export_lines
from core.journal.model import Subject, Via
from core.journal.seals import DUTY, keep_seal, next_batch, pieces, seal_batch, standing
from core.journal.signing import PrivateKey
from core.journal.verifying import Verifier, verify
from core.store.lease import take_lease
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.journal.chain import Record
    from core.store.work import Work

ROUNDS = 3
AT_ONCE = 5000
AUTHOR = Author("bench", Via.CLI, "bench")
BODY = '[{"severity":[3,2],"title":["","%d"]},"' + "looked at it, " * 7 + '"]'
_COLUMNS = "seq, at, actor, via, kind, subject_kind, subject_id, body, cause, key"


def cpu(work: Callable[[], object]) -> float:
    """Returns the seconds of CPU that `work` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def bare(n: int) -> Record:
    """Returns an entry of 250 bytes without its hash."""
    return (n, 1_764_331_200_000_000 + n, "ada", "console", "incident.severity_set", "incident", str(n % 5000),
            BODY % n, n - 1 or None, f"key-{n}", "")  # fmt: skip


def insert(place: Path, entries: int, *, chained: bool) -> float:
    """Returns the CPU of inserting so many entries in one transaction, with or without their hash."""
    connection = sqlite3.connect(place, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    columns = f"{_COLUMNS}, hash" if chained else _COLUMNS
    marks = ", ".join("?" * (11 if chained else 10))
    connection.execute(f"CREATE TABLE j (seq INTEGER PRIMARY KEY, {columns.partition(', ')[2]})")
    rows = [bare(n) for n in range(1, entries + 1)]

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        before = ""
        for row in rows:
            if chained:
                before = link(before, row[0], row[1], *row[2:8], str(row[8] or ""), row[9] or "")
                values: tuple[object, ...] = (*row[:10], before)
            else:
                values = row[:10]
            connection.execute(f"INSERT INTO j ({columns}) VALUES ({marks})", values)
        connection.execute("COMMIT")

    took = cpu(write)
    connection.close()
    place.unlink()
    return took


def chain_ratio(folder: Path, entries: int) -> float:
    """Returns the CPU of a chained write against a plain one, the median of three rounds in turn."""
    ratios = []
    for n in range(ROUNDS):
        plain = insert(folder / f"plain{n}.db", entries, chained=False)
        ratios.append(insert(folder / f"chain{n}.db", entries, chained=True) / plain)
    return statistics.median(ratios)


def append(work: Work, first: int, count: int) -> None:
    """Records so many entries."""
    for n in range(first, first + count):
        work.record("incident.severity_set", Subject("incident", str(n % 5000)), {"severity": (3, n)},
                    note="looked at it, " * 7)  # fmt: skip


def fill(store: Store, entries: int) -> None:
    """Fills the journal."""
    for first in range(0, entries, AT_ONCE):
        store.write(AUTHOR, append, first, min(AT_ONCE, entries - first))


def seal_all(store: Store, key: PrivateKey) -> tuple[float, float]:
    """Seals everything; returns the CPU, and the longest transaction in seconds."""
    token, longest = store.write(AUTHOR, take_lease, DUTY, "bench"), 0.0
    began = time.process_time()
    while batch := store.read(next_batch):
        made = seal_batch(batch, utc_now(), key)
        at = time.perf_counter()
        store.write(AUTHOR, keep_seal, made, token)
        longest = max(longest, time.perf_counter() - at)
    return time.process_time() - began, longest


def scan(place: Path) -> None:
    """Reads every column of every entry with the raw driver."""
    connection = sqlite3.connect(place)
    deque(connection.execute(f"SELECT {_COLUMNS}, hash FROM journal ORDER BY seq"), maxlen=0)
    connection.close()


def verified(store: Store, key: PrivateKey) -> int:
    """Verifies the database; returns the number of entries."""
    upto = store.read(standing)
    return verify(pieces(store, upto), Verifier(frozenset([key.key_id]))).entries


def exported(store: Store, file: Path) -> None:
    """Exports the database."""
    upto = store.read(standing)
    with file.open("w", encoding="utf-8") as out:
        out.writelines(export_lines(pieces(store, upto), upto))


def verified_file(file: Path, key: PrivateKey) -> int:
    """Verifies an export; returns the number of entries."""
    with file.open("rb") as lines:
        reader = ExportReader(lines, file.name)
        return verify(reader.pieces(), Verifier(frozenset([key.key_id]))).entries


def largest_mb() -> float:
    """Returns the largest resident size so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def size(folder: Path, entries: int, key: PrivateKey) -> None:
    """Prints what so many entries cost."""
    place, file = folder / f"{entries}.db", folder / f"{entries}.jsonl"
    store = Store.at(place)
    fill(store, entries)
    sealing, longest = seal_all(store, key)
    scans, checks = [], []
    for _ in range(ROUNDS):
        scans.append(cpu(lambda: scan(place)))
        checks.append(cpu(lambda: verified(store, key)))
    writing = cpu(lambda: exported(store, file))
    reading = cpu(lambda: verified_file(file, key))
    ratios = [check / bare_scan for check, bare_scan in zip(checks, scans, strict=True)]
    print(
        f"{entries:,} entries: bare scan {statistics.median(scans):.2f} s CPU; verify {statistics.median(checks):.2f} s, "
        f"{statistics.median(ratios):.2f} x the scan (runs {', '.join(f'{r:.2f}' for r in ratios)}; asked 5); "
        f"seal {sealing:.2f} s, longest transaction {longest * 1000:.1f} ms; "
        f"export {writing:.2f} s, {file.stat().st_size / 1e6:.0f} MB; verify the export {reading:.2f} s; "
        f"largest resident size so far {largest_mb():.0f} MB",
        flush=True,
    )
    store.close()


def main() -> None:
    """Prints the ratios: of the chain, and of a tenth and all of the entries."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    key = PrivateKey.make()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size(folder, entries // 10, key)
        size(folder, entries, key)
        print(f"chain: {chain_ratio(folder, entries // 10):.2f} x a plain insert (asked 2.7)")


if __name__ == "__main__":
    main()
