"""One embedded database among several users of the operating system: its files' modes, and who is not to open it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.errors import StoreUnavailable
from core.journal.model import Subject, Via
from core.store.moving.backup import backup, restore
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work

ADA = Author("ada", Via.CLI, "ada")
NOBODY = 65534


def note(work: Work) -> None:
    work.record("door.opened", Subject("door", "1"))


def mode(place: Path) -> str:
    return f"{place.stat().st_mode & 0o777:o}"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user reaches and may write."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o777)
    yield made
    shutil.rmtree(made)


@contextmanager
def masked(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Does what follows as a user whom modes bind: root is bound by none."""
    was = os.geteuid()
    os.seteuid(was or NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.mark.parametrize(("mask", "found"), [(0o007, "660"), (0o022, "640"), (0o077, "600")])
def test_who_may_queue_before_a_new_database_may_write_it_and_its_log(
    folder: Path, mask: int, found: str
) -> None:
    place = folder / "w.db"
    with masked(mask):
        store = Store.at(place)
        store.write(ADA, note)
        files = [place.with_name(place.name + end) for end in ("", "-wal", "-shm", ".lane", ".lane.numbers")]
        assert {file.name: mode(file) for file in files} == {file.name: found for file in files}
        store.close()
    with masked(0o077):
        Store.at(place).close()
    assert mode(place) == found


def test_what_is_restored_to_its_old_place_is_shared_as_it_was_and_a_copy_is_its_owners_alone(
    folder: Path,
) -> None:
    place, copy = folder / "w.db", folder / "copy.db"
    with masked(0o007):
        Store.at(place).close()
    backup(place, copy)
    assert mode(copy) == "600"
    place.unlink()
    restore(copy, place)
    assert mode(place) == "660"


def test_who_may_only_read_it_is_refused_before_they_lock_out_those_who_may_write(folder: Path) -> None:
    place = folder / "w.db"
    Store.at(place).close()
    place.chmod(0o444)
    with unprivileged(), pytest.raises(StoreUnavailable, match="would lock out those who may") as refused:
        Store.at(place)
    assert refused.value.where == str(place)
    assert str(refused.value).endswith(f"chmod -R g+w {place}*")
    assert not place.with_name("w.db-wal").exists()
    place.chmod(0o644)
    Store.at(place).close()


def test_who_may_only_read_it_looks_while_one_who_may_write_has_it_open(folder: Path) -> None:
    place = folder / "w.db"
    with masked(0):
        store = Store.at(place)
        store.write(ADA, note)
        place.chmod(0o444)
        with unprivileged():
            watching = Store.at(place)
            assert watching.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one()) == 1
            watching.close()
        place.chmod(0o644)
        store.write(ADA, note)
        store.close()


def test_who_may_write_it_and_not_queue_is_told_what_to_change(folder: Path) -> None:
    place = folder / "w.db"
    Store.at(place).close()
    place.chmod(0o666)
    for end in (".lane", ".lane.numbers"):
        place.with_name(place.name + end).chmod(0o444)
    with unprivileged():
        store = Store.at(place)
        with pytest.raises(StoreUnavailable, match="cannot be written: Permission denied") as refused:
            store.write(ADA, note)
        store.close()
    assert str(refused.value).endswith(f"chmod -R g+w {place}*")
