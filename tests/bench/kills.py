"""A writer killed with -9 at random moments: `python -m tests.bench.kills [N]` (1000 times unless told).

A process carries out real commands and prints the number of each entry it was told is committed. It is
killed at a seeded random moment; the database is opened again, and its pages, the chain of hashes and every
acknowledged entry are checked. Prints one line, and ends with code 1 if anything was wrong.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select, text

from core.desk import commands as desk
from core.journal import queries
from core.journal.chain import link
from core.journal.model import Via
from core.journal.tables import journal
from core.store.store import Store
from core.store.work import Author

AUTHOR = Author("bench", Via.CLI, "bench")
SEED = 20
LONGEST_S = 0.1
"""The latest moment of a kill, counted from the writer's first acknowledged entry."""


def write(place: str, name: str) -> None:
    """Raises one incident after another until killed; prints each committed entry's number and key."""
    store = Store.at(place)
    n = 0
    while True:
        key = f"{name}-{n}"
        store.write(AUTHOR, desk.raise_for_failure, f"c{key}", "s", "down", 2, cause=None, key=key)
        print(store.read(queries.find, key), key, flush=True)
        n += 1


def kill_one(place: str, name: str, after_s: float) -> dict[str, int]:
    """Kills a writer so long after its first entry; returns the number of each acknowledged key."""
    command = [sys.executable, "-m", "tests.bench.kills", "write", place, name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = writer.stdout.readline()
        time.sleep(after_s)
        writer.kill()
        told += writer.stdout.read()
    whole = [line.split() for line in told.splitlines(keepends=True) if line.endswith("\n")]
    return {key: int(number) for number, key in whole}


def faults(place: str, acknowledged: dict[str, int], since: int, before: str) -> tuple[list[str], int, str]:
    """Returns what is wrong after entry `since` (whose hash is `before`), and the newest entry's number and hash."""
    store, wrong = Store.at(place), []
    if store.read(lambda c: c.execute(text("PRAGMA integrity_check")).scalar_one()) != "ok":
        wrong.append("pages damaged")
    newer = select(journal).where(journal.c.seq > since).order_by(journal.c.seq)
    for row in store.read(lambda c: c.execute(newer).all()):
        texts = (row.actor, row.via, row.kind, row.subject_kind, row.subject_id, row.body)
        if row.seq != since + 1:
            wrong.append(f"entry {since + 1} is not there")
        if row.hash != link(before, row.seq, row.at, *texts, str(row.cause or ""), row.key or ""):
            wrong.append(f"the chain breaks at entry {row.seq}")
        since, before = row.seq, row.hash
    wrong += [f"{key} is lost" for key, seq in acknowledged.items() if store.read(queries.find, key) != seq]
    store.close()
    return wrong, since, before


def main() -> None:
    """Kills N writers, one after another, on one database."""
    if sys.argv[1:2] == ["write"]:
        write(*sys.argv[2:])
        return
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance, total, seq, digest = random.Random(SEED), 0, 0, ""
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "kills.db")
        for n in range(times):
            acknowledged = kill_one(place, f"k{n}", chance.uniform(0, LONGEST_S))
            if not acknowledged:
                raise SystemExit("a writer ended before its first entry")
            found, seq, digest = faults(place, acknowledged, seq, digest)
            wrong += found
            total += len(acknowledged)
        everything, _, _ = faults(place, {}, 0, "")
    wrong += everything
    print(
        f"{times} kills (seed {SEED}): {total} commands acknowledged, {seq} entries, {len(wrong)} faults",
        *wrong[:5],
    )
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
