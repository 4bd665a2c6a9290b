"""Killed at any moment, a move goes on where it was, and nobody takes what is there for a whole database."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from core.errors import StoreUnavailable
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import ADA, answers, entries, rows_of, verified, work_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database

pytestmark = pytest.mark.embedded
ENTRIES = 12_000
MOVING = """
import sys
from pathlib import Path
from core.journal.model import Via
from core.store.moving.move import move
from core.store.work import Author
from core.store.postgresql.filling import Filling
steps = iter(range(int(sys.argv[3])))
def counted(what):
    def done(self, *arguments, **named):
        if next(steps, None) is None:
            print("there", flush=True)
            sys.stdin.read()
        return what(self, *arguments, **named)
    return done
for name in ("begin", "add", "finish"):
    setattr(Filling, name, counted(getattr(Filling, name)))
found = move(Path(sys.argv[1]), sys.argv[2], Author("ada", Via.CLI, "cli"))
print("done", dict(found.caught_up))
"""


def start(source: Path, postgres: Database, step: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", MOVING, str(source), postgres.socket_url(), str(step)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def killed_at(source: Path, postgres: Database, step: int) -> None:
    """Moves, and is killed before that step."""
    with start(source, postgres, step) as moving:
        assert moving.stdout is not None
        assert moving.stdout.readline() == "there\n"
        moving.kill()


def moved(source: Path, postgres: Database) -> str:
    with start(source, postgres, 10**6) as moving:
        assert moving.stdout is not None
        return moving.stdout.readline()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "w.db"
    with opened(place) as store:
        work_in(store, [("open", "till is slow", 1), ("samples", "", 5), ("seal", "", 0)])
        store.write(ADA, entries, ENTRIES)
    return place


def test_it_goes_on_and_catches_up_with_what_was_written_meanwhile(source: Path, postgres: Database) -> None:
    killed_at(source, postgres, 3)  # the database is marked, two batches are there
    with (
        pytest.raises(StoreUnavailable, match="until it is whole nobody works in it"),
        opened(postgres.socket_url()),
    ):
        pass
    with opened(source) as store:
        work_in(store, [("open", "another till", 2)])
    assert moved(source, postgres) == f"done {{'door.opened': {ENTRIES + 1 - 4000}, 'incident.opened': 1}}\n"
    same(source, postgres)


def test_killed_when_all_but_the_end_was_done(source: Path, postgres: Database) -> None:
    killed_at(source, postgres, 1 + ENTRIES // 2000 + 2)  # the source is held, the rows are not there yet
    with opened(source) as store, pytest.raises(StoreUnavailable, match="was moved to"):
        store.write(ADA, entries, 1)
    assert moved(source, postgres).startswith("done")
    same(source, postgres)


def test_killed_at_random_moments(source: Path, postgres: Database) -> None:
    chance = random.Random(7)
    for _ in range(6):
        with start(source, postgres, 10**6) as moving:
            time.sleep(chance.uniform(0.8, 2.5))
            moving.kill()
    assert moved(source, postgres).startswith("done")
    same(source, postgres)


def same(source: Path, postgres: Database) -> None:
    with opened(source) as one, opened(postgres.socket_url()) as other:
        assert rows_of(one) == rows_of(other)
        assert answers(one) == answers(other)
        assert verified(other) == verified(one)
