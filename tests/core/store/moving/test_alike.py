"""A moved, saved or restored database answers every question alike, and its journal verifies."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary

from core.journal.seals import records_after
from core.store.moving.backup import backup, restore
from core.store.moving.copying import ROWS
from core.store.moving.move import move
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import ADA, answers, entries, fill_rows, rows_of, verified, work_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Table

    from core.store.store import Store
    from tests.postgres import Server

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "note", "acknowledge", "action", "seal", "samples", "operate"]),
        WORDS.map(lambda text: f"x{text}x"),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=12,
)
NUMBER = count()


def by_type(column: Any) -> st.SearchStrategy[Any]:
    if isinstance(column.type, Boolean):
        found: st.SearchStrategy[Any] = st.booleans()
    elif isinstance(column.type, BigInteger):
        found = st.integers(-(2**63), 2**63 - 1)
    elif isinstance(column.type, Integer):
        found = st.integers(-(2**31), 2**31 - 1)
    elif isinstance(column.type, Float):
        found = st.floats(allow_nan=False)
    elif isinstance(column.type, LargeBinary):
        found = st.binary(max_size=40)
    else:
        found = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
    return st.none() | found if column.nullable else found


def rows_for(table: Table[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    places = {column.name: n for n, column in enumerate(table.columns)}
    keys = [[column.name for column in table.primary_key]]
    keys += [[column.name for column in index.columns] for index in table.indexes if index.unique]
    keys += [[column.name] for column in table.columns if column.unique]
    return st.lists(
        st.tuples(*map(by_type, table.columns)),
        max_size=3,
        unique_by=tuple(itemgetter(*(places[name] for name in names)) for names in keys),
    )


WITH_RULES_OF_THEIR_OWN = {"seal", "staff", "sample_packing"}
EVERY_TABLE = st.fixed_dictionaries(
    {table.name: rows_for(table) for table in ROWS if table.name not in WITH_RULES_OF_THEIR_OWN}
)


@settings(max_examples=8, phases=[Phase.generate])
@given(STEPS)
def test_what_was_worked_in(tmp_path: Path, postgres_server: Server, steps: list[Any]) -> None:
    """Embedded, moved to a server, saved from there, restored as a file, saved, and restored on a server."""
    folder = tmp_path / str(next(NUMBER))
    with opened(folder / "w.db") as store:
        work_in(store, steps)
        if not store.read(records_after, 0):
            return
        before = rows_of(store)
    with ExitStack() as stack:
        one = stack.enter_context(postgres_server.fresh_database())
        move(folder / "w.db", one.socket_url(), ADA)
        with opened(folder / "w.db") as store, opened(one.socket_url()) as moved:
            asked = answers(store)
            assert answers(moved) == asked
            asked_rows = rows_of(store)
            assert rows_of(moved) == asked_rows
            assert all(entry in asked_rows["journal"] for entry in before["journal"])
            assert verified(moved) == verified(store)
        backup(one.socket_url(), folder / "b.db")
        restore(folder / "b.db", folder / "r.db")
        backup(folder / "r.db", folder / "c.db")
        two = stack.enter_context(postgres_server.fresh_database())
        restore(folder / "c.db", two.socket_url())
        for place in (folder / "b.db", folder / "r.db", folder / "c.db", two.socket_url()):
            with opened(place) as store:
                assert answers(store) == asked
                assert verified(store) == len(asked["entries"])


@settings(max_examples=8, phases=[Phase.generate])
@given(EVERY_TABLE)
def test_whatever_the_rows_hold(
    tmp_path: Path, postgres_server: Server, rows: dict[str, list[tuple[Any, ...]]]
) -> None:
    folder = tmp_path / str(next(NUMBER))
    with opened(folder / "w.db") as store:
        store.write(ADA, entries, 3)
        store.write(ADA, lambda work: fill_rows(work.connection, rows))
    with postgres_server.fresh_database() as one:
        move(folder / "w.db", one.socket_url(), ADA)
        backup(one.socket_url(), folder / "b.db")
        for place in (one.socket_url(), folder / "b.db"):
            with opened(folder / "w.db") as store, opened(place) as other:
                assert rows_of(other) == rows_of(store)


@pytest.mark.parametrize("kind", ["embedded", "shared"])
def test_a_restored_database_is_worked_in_and_goes_on_counting(
    store: Store, tmp_path: Path, target: Callable[[str], AbstractContextManager[Path | str]], kind: str,
    place: Path | str,
) -> None:  # fmt: skip
    work_in(
        store,
        [("open", "till is slow", 1), ("action", "it was slow", 2), ("samples", "", 3), ("seal", "", 1)],
    )
    backup(place, tmp_path / "b.db")
    with target(kind) as new:
        restore(tmp_path / "b.db", new)
        with opened(new) as restored:
            work_in(
                restored,
                [("open", "once more", 1), ("action", "again", 2), ("samples", "", 9), ("seal", "", 1)],
            )
            found = answers(restored)
            assert [one.id for one in found["incidents"]] == [2, 1]
            assert [one.id for one in found["actions"]] == [2, 1]
            assert len(found["samples"][0]) == 4
            assert [one.n for one in found["seals"]] == [1, 2]
            assert verified(restored) == verified(store) + 2
