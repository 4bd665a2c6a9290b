"""The rules of a list: whose row is whose, and when rows may move."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from screens.widgets.grid_model import GridModel

if TYPE_CHECKING:
    from collections.abc import Callable

Item = tuple[int, str]


def by_rank(item: Item) -> int:
    return item[0]


def model_of(*ranks: int) -> GridModel[Item]:
    model: GridModel[Item] = GridModel()
    model.sort_by(by_rank)
    model.load({f"i{number}": (rank, "") for number, rank in enumerate(ranks)})
    return model


def test_rows_are_ordered_by_key_and_equals_by_id() -> None:
    model = model_of(2, 1, 2, 0)

    assert model.rows == ["i3", "i1", "i0", "i2"]
    model.sort_by(by_rank, reverse=True)
    assert model.rows == ["i0", "i2", "i1", "i3"]


def test_a_patch_changes_what_a_row_says_but_not_where_it_stands() -> None:
    model = model_of(1, 2, 3)

    model.patch({"i0": (9, "changed")})

    assert model.rows == ["i0", "i1", "i2"]
    assert model.item("i0") == (9, "changed")
    assert model.held == {"i0"}


def test_a_row_that_comes_back_to_its_place_is_no_longer_held() -> None:
    model = model_of(1, 2, 3)

    model.patch({"i0": (9, "")})
    model.patch({"i0": (1, "")})

    assert model.held == set()


def test_a_change_that_leaves_a_row_between_its_neighbours_is_not_held() -> None:
    model = model_of(10, 20, 30)

    model.patch({"i1": (25, "")})

    assert model.held == set()


def test_merging_at_rest_moves_rows_but_not_the_one_under_the_cursor() -> None:
    model = model_of(1, 2, 3, 4)
    model.go_to("i1")

    model.patch({"i1": (9, ""), "i3": (0, "")})
    model.merge(by_operator=False)

    assert model.rows == ["i3", "i0", "i1", "i2"]
    assert model.held == {"i1"}
    model.merge(by_operator=True)
    assert model.rows == ["i3", "i0", "i2", "i1"]
    assert model.cursor == "i1"


def test_the_item_under_the_cursor_vanishes_and_its_place_stays() -> None:
    model = model_of(1, 2, 3)
    model.go_to("i1")
    model.mark("i1")

    model.patch({}, ["i1"])
    model.merge(by_operator=False)

    assert model.rows == ["i0", "i1", "i2"]
    assert model.cursor_gone
    assert model.subjects == ()
    assert model.marks == set()


def test_a_vanished_row_leaves_once_the_cursor_has_left_it() -> None:
    model = model_of(1, 2, 3)
    model.go_to("i1")
    model.patch({}, ["i1"])

    model.move(1)
    model.merge(by_operator=False)

    assert model.rows == ["i0", "i2"]
    assert model.cursor == "i2"


def test_the_operator_merges_away_the_vanished_row_under_the_cursor_and_stands_on_the_next() -> None:
    model = model_of(1, 2, 3)
    model.go_to("i1")
    model.patch({}, ["i1"])

    model.merge(by_operator=True)

    assert (model.rows, model.cursor) == (["i0", "i2"], "i2")


def test_an_item_that_comes_back_is_itself_again() -> None:
    model = model_of(1, 2, 3)
    model.patch({}, ["i0"])
    model.patch({"i0": (1, "back")})

    assert not model.cursor_gone
    assert model.item("i0") == (1, "back")
    assert model.held == set()


def test_a_filter_keeps_the_cursor_on_its_id_or_goes_to_the_next_row_left() -> None:
    model = model_of(1, 2, 3, 4)
    model.go_to("i2")

    model.filter(lambda item: item[0] >= 3)
    assert (model.rows, model.cursor) == (["i2", "i3"], "i2")
    model.filter(lambda item: item[0] in (1, 4))
    assert (model.rows, model.cursor) == (["i0", "i3"], "i3")
    model.filter(lambda _: False)
    assert (model.rows, model.cursor) == ([], None)


def test_loading_again_is_a_patch_of_what_differs() -> None:
    model = model_of(1, 2, 3)
    model.go_to("i1")

    model.load({"i0": (1, ""), "i2": (3, "new"), "i9": (0, "")})

    assert model.rows == ["i0", "i1", "i2"]
    assert model.cursor_gone
    assert model.held == {"i1", "i9"}


def test_extending_marks_a_range_and_turning_back_takes_marks_off_again() -> None:
    model = model_of(1, 2, 3, 4, 5)
    model.mark("i4")
    model.go_to("i1")

    model.extend(1)
    model.extend(1)
    assert model.marks == {"i1", "i2", "i3", "i4"}
    model.extend(-1)
    assert model.marks == {"i1", "i2", "i4"}
    model.extend(-2)
    assert model.marks == {"i0", "i1", "i4"}


def test_marking_all_marks_what_is_shown_and_again_none() -> None:
    model = model_of(1, 2, 3)
    model.filter(lambda item: item[0] > 1)

    model.mark_all()
    assert model.marks == {"i1", "i2"}
    model.mark_all()
    assert model.marks == set()


def test_subjects_are_the_marked_in_the_order_shown_else_the_one_under_the_cursor() -> None:
    model = model_of(3, 2, 1)

    assert list(model.subjects) == ["i2"]
    model.mark("i0")
    model.mark("i2")
    assert list(model.subjects) == ["i2", "i0"]
    model.filter(lambda item: item[0] == 3)
    assert list(model.subjects) == ["i0", "i2"]


def test_many_arrivals_and_few_give_the_same_order() -> None:
    model = model_of(*range(0, 100, 2))

    model.patch({"a": (31, "")})
    model.merge(by_operator=True)
    model.patch({f"b{rank}": (rank, "") for rank in range(1, 100, 2)})
    model.merge(by_operator=True)

    assert model.rows == sorted(model.items, key=lambda id_: (model.items[id_][0], id_))


IDS = st.sampled_from([f"i{number:02}" for number in range(24)])
ITEMS = st.tuples(st.integers(0, 9), st.sampled_from("ab"))
FILTERS: dict[str, Callable[[Item], bool] | None] = {
    "all": None,
    "a": lambda item: item[1] == "a",
    "low": lambda item: item[0] < 5,
}


class ListUnderFire(RuleBasedStateMachine):
    """Patches, filters, sorts, merges and keys in any order; beside them, what must be true."""

    def __init__(self) -> None:
        super().__init__()
        self.model: GridModel[Item] = GridModel()
        self.model.sort_by(by_rank)
        self.truth: dict[str, Item] = {}
        self.accepts: Callable[[Item], bool] | None = None
        self.reverse = False

    @rule(changed=st.dictionaries(IDS, ITEMS, max_size=8), removed=st.sets(IDS, max_size=4))
    def patch(self, changed: dict[str, Item], removed: set[str]) -> None:
        removed -= changed.keys()
        rows, cursor = list(self.model.rows), self.model.cursor
        self.model.patch(changed, removed)
        self.truth = {id_: item for id_, item in (self.truth | changed).items() if id_ not in removed}
        assert (self.model.rows, self.model.cursor) == (rows, cursor)

    @rule(items=st.dictionaries(IDS, ITEMS, max_size=12))
    def load(self, items: dict[str, Item]) -> None:
        had_rows, cursor = bool(self.model.rows), self.model.cursor
        self.model.load(items)
        self.truth = dict(items)
        assert not had_rows or self.model.cursor == cursor

    @rule()
    def rest(self) -> None:
        cursor = self.model.cursor
        self.model.merge(by_operator=False)
        assert cursor is None or self.model.cursor == cursor

    @rule()
    def merge(self) -> None:
        self.model.merge(by_operator=True)
        assert not self.model.held
        self.rows_are_exactly_right()

    @rule(reverse=st.booleans())
    def sort(self, reverse: bool) -> None:
        cursor, was_gone = self.model.cursor, self.model.cursor_gone
        self.reverse = reverse
        self.model.sort_by(by_rank, reverse=reverse)
        self.rows_are_exactly_right()
        assert was_gone or cursor not in self.model.rows or self.model.cursor == cursor

    @rule(name=st.sampled_from(sorted(FILTERS)))
    def filter(self, name: str) -> None:
        self.accepts = FILTERS[name]
        cursor = self.model.cursor
        self.model.filter(self.accepts)
        self.rows_are_exactly_right()
        assert cursor not in self.model.rows or self.model.cursor == cursor

    @precondition(lambda self: self.model.rows)
    @rule(by=st.integers(-5, 5), extend=st.booleans())
    def move(self, by: int, extend: bool) -> None:
        rows, place = list(self.model.rows), self.model.cursor_place
        (self.model.extend if extend else self.model.move)(by)
        assert self.model.rows == rows
        assert self.model.cursor == rows[max(0, min(place + by, len(rows) - 1))]

    @rule(id_=IDS)
    def mark(self, id_: str) -> None:
        before = set(self.model.marks)
        self.model.mark(id_)
        assert self.model.marks ^ before == ({id_} if id_ in self.truth else set())

    @rule()
    def mark_all(self) -> None:
        self.model.mark_all()

    def rows_are_exactly_right(self) -> None:
        """Nothing held, so the rows are what a fresh sort of what is there would give."""
        shown = sorted(id_ for id_, item in self.truth.items() if self.accepts is None or self.accepts(item))
        shown.sort(key=lambda id_: self.truth[id_][0], reverse=self.reverse)
        assert self.model.rows == shown

    @invariant()
    def rows_are_known_and_single(self) -> None:
        model = self.model
        assert len(set(model.rows)) == len(model.rows)
        assert set(model.rows) <= model.items.keys() | model.ghosts.keys()
        assert model.ghosts.keys() <= set(model.rows)
        assert not model.ghosts.keys() & model.items.keys()

    @invariant()
    def only_what_no_longer_belongs_is_said_to_have_left(self) -> None:
        model = self.model
        shown = {id_: self.truth[id_] for id_ in model.rows if id_ in self.truth}
        wrong = {id_ for id_, item in shown.items() if self.accepts is not None and not self.accepts(item)}
        assert model.left == wrong
        assert model.left <= model.held

    @rule()
    def the_operator_leaves_the_row(self) -> None:
        before = self.model.cursor
        if before is None:
            return
        must_go = before in self.model.left or before in self.model.ghosts
        assert self.model.drop(before) == must_go
        assert (before in self.model.rows) != must_go

    @invariant()
    def what_rows_say_is_the_truth(self) -> None:
        assert self.model.items == self.truth

    @invariant()
    def what_is_not_held_is_in_place(self) -> None:
        model = self.model
        settled = [id_ for id_ in model.rows if id_ not in model.held]
        assert all(model.comes_before(one, other) for one, other in itertools.pairwise(settled))
        for id_, item in self.truth.items():
            belongs = self.accepts is None or self.accepts(item)
            assert id_ in model.held or (model.place(id_) is not None) == belongs

    @invariant()
    def the_cursor_stands_on_a_row_and_marks_on_items(self) -> None:
        model = self.model
        assert (model.cursor in model.rows) if model.rows else model.cursor is None
        assert model.marks <= model.items.keys()
        assert not model.cursor_gone or model.marks or model.subjects == ()


TestListUnderFire = ListUnderFire.TestCase
TestListUnderFire.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
