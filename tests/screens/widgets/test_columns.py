"""Which columns a line has room for."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from screens.widgets.columns import AMPLE, GAP, GUTTER, Column, fit, wanted

COLUMNS: list[Column[Any]] = [
    Column("id", "ID", width=8, priority=9),
    Column("title", "TITLE", share=3, min_width=12, priority=9),
    Column("owner", "OWNER", share=1, min_width=6, priority=4),
    Column("age", "AGE", width=4, priority=6),
]


def ids(width: int) -> list[str]:
    return [field.column.id for field in fit(COLUMNS, width)]


def test_the_least_important_column_vanishes_first() -> None:
    assert ids(80) == ["id", "title", "owner", "age"]
    assert ids(36) == ["id", "title", "age"]
    assert ids(30) == ["id", "title"]


def test_of_two_equally_important_the_left_one_stays() -> None:
    assert ids(20) == ["id"]


def test_what_is_left_is_divided_by_share() -> None:
    widths = {field.column.id: field.width for field in fit(COLUMNS, 79)}

    assert widths == {"id": 8, "title": 12 + 30, "owner": 6 + 10, "age": 4}


def test_the_last_column_is_cut_rather_than_lost() -> None:
    (only,) = fit(COLUMNS, 7)

    assert (only.column.id, only.x, only.width) == ("id", GUTTER, 4)


@given(st.integers(0, 300))
def test_columns_stand_side_by_side_within_the_line(width: int) -> None:
    fields = fit(COLUMNS, width)

    for one, other in itertools.pairwise(fields):
        assert other.x == one.x + one.width + GAP
    assert all(field.width >= field.column.least for field in fields[:-1])
    assert max(field.x + field.width for field in fields) <= max(width, GUTTER)


def test_a_list_wants_room_for_every_column_and_for_its_widest_texts() -> None:
    bare = GUTTER + 8 + 12 + 6 + 4 + 3 * GAP
    assert wanted(COLUMNS, {}) == bare
    assert wanted(COLUMNS, {"id": 50, "title": 20, "owner": 3}) == bare + 8
    assert wanted(COLUMNS, {"title": 500}) == bare + AMPLE - 12
    assert ids(wanted(COLUMNS, {})) == ["id", "title", "owner", "age"]


def test_what_is_left_goes_first_to_short_texts_that_would_be_cut() -> None:
    def widths(width: int) -> dict[str, int]:
        found = fit(COLUMNS, width, {"title": 40, "owner": 9, "id": 99})
        return {field.column.id: field.width for field in found}

    bare = GUTTER + 8 + 12 + 6 + 4 + 3 * GAP
    assert widths(bare) == {"id": 8, "title": 12, "owner": 6, "age": 4}
    assert widths(bare + 13) == {"id": 8, "title": 12 + 10, "owner": 6 + 3, "age": 4}
    assert widths(bare + 31 + 8) == {"id": 8, "title": 40 + 6, "owner": 9 + 2, "age": 4}
