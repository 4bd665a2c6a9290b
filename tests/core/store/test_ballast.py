"""The ballast is there before it is needed, given up when it is, and there again soon after there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.journal.model import Subject
from core.store.sqlite import backend as sqlite_backend
from core.store.sqlite import ballast as ballast_module
from core.store.sqlite.ballast import AGAIN_S, BALLAST_BYTES, Ballast

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store
    from core.store.work import Author, Work


class Clock:
    """A clock that is told what it shows."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_it_is_laid_again_once_a_disk_that_was_full_has_had_room_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, path = Clock(), tmp_path / "ballast"
    ballast = Ballast(path, clock=clock)
    assert ballast.lay()
    assert path.stat().st_size == BALLAST_BYTES

    ballast.spend()
    assert not path.exists()
    ballast.lay_when_due()
    assert not path.exists()  # the room it gave is for those who write

    with monkeypatch.context() as full:
        full.setattr(ballast_module, "ROOM_BYTES", 1 << 60)
        clock.now_s += AGAIN_S
        ballast.lay_when_due()
        assert not path.exists()

    ballast.lay_when_due()
    assert not path.exists()
    clock.now_s += AGAIN_S
    ballast.lay_when_due()
    assert path.stat().st_size == BALLAST_BYTES


@pytest.mark.embedded
def test_what_another_process_gave_up_is_laid_again_when_the_log_is_emptied(
    place: Path, ada: Author, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    def note(work: Work) -> None:
        work.record("door.opened", Subject("door", "1"), note="x" * 3000)

    store.close()
    monkeypatch.setattr(sqlite_backend, "CHECKPOINT_BYTES", 64 * 1024)
    again = type(store).at(place)
    path = place.with_name(place.name + ".ballast")
    path.unlink()
    again.write(ada, note)
    assert not path.exists()
    for _ in range(50):
        again.write(ada, note)
    assert path.exists()
    again.close()


def test_a_folder_that_takes_no_file_has_none(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "gone" / "ballast")
    assert not ballast.lay()
    ballast.spend()
