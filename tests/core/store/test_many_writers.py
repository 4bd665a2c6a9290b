"""Several processes write at once; some are killed. Nothing is lost, doubled or out of order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.journal import queries
from core.journal.model import START
from core.store.store import Store

WRITER = """
import sys
from core.journal.model import Subject, Via
from core.store.store import Store
from core.store.work import Author
store = Store.at(sys.argv[1])
author = Author(sys.argv[2], Via.CLI, sys.argv[2])
def three(work):
    for part in "abc":
        work.record("door.knocked", Subject("door", sys.argv[2]), note=part)
for n in range(int(sys.argv[3])):
    store.write(author, three, key=f"{sys.argv[2]}-{n}")
    print(n, flush=True)
store.close()
"""


def start(place: Path | str, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place), name, str(count)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def everything(store: Store) -> list[tuple[int, str, str]]:
    cursor, found = START, []
    while page := store.read(queries.after, cursor):
        found += [(e.seq, e.actor, e.note) for e in page]
        cursor = page[-1].cursor
    return found


def test_eight_writers_opening_a_new_database_at_once_never_meet_a_locked_one(place: Path | str) -> None:
    if isinstance(place, Path):
        place.unlink()  # they make it
    writers = [start(place, f"w{n}", 25) for n in range(8)]
    for writer in writers:
        _, err = writer.communicate(timeout=120)
        assert writer.returncode == 0, err
    store = Store.at(place)
    told = everything(store)
    assert [seq for seq, _, _ in told] == list(range(1, 8 * 25 * 3 + 1))
    store.close()


def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged_and_leaves_nothing_half(
    place: Path,
) -> None:
    Store.at(place).close()
    acknowledged: dict[str, int] = {}
    for kill_after in (1, 3, 7, 12):
        name = f"k{kill_after}"
        writer = start(place, name, 100_000)
        other = start(place, f"o{kill_after}", 10)
        assert writer.stdout is not None
        for _ in range(kill_after):
            acknowledged[name] = int(writer.stdout.readline())
        writer.kill()
        writer.communicate()
        assert other.communicate(timeout=60)
        assert other.returncode == 0
    store = Store.at(place)
    told = everything(store)
    assert [seq for seq, _, _ in told] == list(range(1, len(told) + 1))
    for name, last in acknowledged.items():
        assert all(store.committed(f"{name}-{n}") for n in range(last + 1))
        notes = "".join(note for _, actor, note in told if actor == name)
        assert notes == "abc" * (len(notes) // 3)
    store.close()
