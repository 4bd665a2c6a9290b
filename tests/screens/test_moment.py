"""A moment read from one near by is what it is read whole, whichever way one steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.desk.as_of import CHANGES_INCIDENTS
from core.journal.past import Sort
from core.journal.queries import newest
from core.monitoring.as_of import CHANGES_BOARD
from core.store.store import Store
from screens.moment import moment_after, moment_called
from screens.picture import Picture, load
from tests.sample_catalog import sample_catalog
from tests.screens.scene import AGENT, NOW, make_night, stand_still

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from screens.moment import Moment

SORTS: dict[str, Sequence[Sort]] = {
    "every entry": (), "the board": CHANGES_BOARD, "incidents": CHANGES_INCIDENTS, "one run": (Sort("run", id="1"),),
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    stand_still(monkeypatch)
    opened = Store.at(make_night(tmp_path), now=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def live(store: Store) -> Picture:
    picture = Picture()
    picture.apply(store.read(load, "seat")[1])
    return picture


def told(moment: Moment) -> tuple[object, ...]:
    picture = moment.picture
    board = {
        id_: (row.status.state, row.status.since, row.words, row.owner, row.needs)
        for id_, row in picture.board.items()
    }
    return board, picture.incidents, picture.actions, picture.runs, picture.counts


def whole(store: Store, moment: Moment) -> Moment:
    """The same moment, read from nothing."""
    from screens.moment import _Known, _moment

    return store.read(_moment, moment.instant, moment.seq, (), _Known())


@pytest.mark.parametrize("sort", SORTS)
def test_each_step_back_and_on_is_the_whole_moment(store: Store, live: Picture, sort: str) -> None:
    sorts = SORTS[sort]
    moment: Moment | None = store.read(moment_called, "03:12:39", NOW, sorts, live)
    seen = []
    for way in ("earlier", "later"):
        last = None
        while moment is not None:
            assert told(moment) == told(whole(store, moment))
            seen.append(moment.seq)
            last, moment = moment, store.read(moment_after, moment, way, NOW, sorts, live)
        moment = last
    assert len(set(seen)) >= 3
    assert seen[0] == max(seen)


def test_over_another_catalog_everything_is_read_anew(store: Store, live: Picture) -> None:
    store.write(AGENT, load_catalog, sample_catalog(7, 1), directory="d", digest="e", changes=["fewer"])
    moment = store.read(moment_called, "03:12:40", NOW, CHANGES_BOARD, live)
    assert moment.seq == store.read(newest).seq
    assert len(moment.picture.board) == 7
    before = store.read(moment_after, moment, "earlier", NOW, CHANGES_BOARD, live)
    assert before is not None
    assert len(before.picture.board) == 24
    assert told(before) == told(whole(store, before))


def test_what_is_as_it_is_now_is_kept_once(store: Store, live: Picture) -> None:
    moment = store.read(moment_called, "03:12:39", NOW, CHANGES_BOARD, live)
    shared = [id_ for id_, row in moment.picture.board.items() if row is live.board[id_]]
    looked_at = [id_ for id_, row in live.board.items() if row.status.version]
    assert sorted(shared) == sorted(looked_at)
