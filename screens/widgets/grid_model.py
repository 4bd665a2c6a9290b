"""The list behind a grid: items by id, the order they are shown in, the cursor, the marks.

Pure: no terminal, no clock. The rules it keeps are those that operators miss most in live lists:

- the cursor and the marks belong to ids, never to places;
- a patch changes what rows say at once, but never their order: what should move, come or go is *held*
  until `merge`, and until then the list of rows is the same list;
- an item that vanished stays as a *ghost* in its place until then, and under the cursor until the
  cursor leaves it;
- an item that is there but no longer belongs to the list has *left*: it shows what it is now, and keeps
  its place as long as a ghost would.

The items may be a window over a list that is longer (`is_window`): then it is moved with `slide`, and marks are of
ids whose rows need not be in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Item = TypeVar("Item")

FEW = 16
"""One in this many rows: so many arrivals are put in one by one, more are sorted in with all."""


def _no_order(_item: Any) -> int:
    return 0


class GridModel(Generic[Item]):
    """Holds the rows of one list.

    `rows` is the order shown, `held` the ids whose place in it is not what it should be: new ones,
    those that moved, no longer pass the filter, or are gone. All others are in order among themselves.
    """

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.ghosts: dict[str, Item] = {}
        self.rows: list[str] = []
        self.held: set[str] = set()
        self.left: set[str] = set()
        self.marks: set[str] = set()
        self.marks_version = 0  # another number, other marks
        self.cursor: str | None = None
        self.is_window = False
        self._key: Callable[[Item], Any] = _no_order
        self._reverse = False
        self._scope: Callable[[Item], bool] | None = None
        self._accepts: Callable[[Item], bool] | None = None
        self._places: dict[str, int] | None = None
        self._range: tuple[str, frozenset[str]] | None = None

    # What is there

    def item(self, id_: str) -> Item:
        """Returns the item of a row; of a ghost, as it last was."""
        return self.ghosts[id_] if id_ in self.ghosts else self.items[id_]

    def place(self, id_: str) -> int | None:
        """Returns the row number of an id, None if it is not shown."""
        if self._places is None:
            self._places = {row: place for place, row in enumerate(self.rows)}
        return self._places.get(id_)

    @property
    def cursor_place(self) -> int:
        """Returns the row number of the cursor, 0 when there are no rows."""
        return (self.place(self.cursor) or 0) if self.cursor is not None else 0

    @property
    def cursor_gone(self) -> bool:
        """Returns whether the item under the cursor is no longer there."""
        return self.cursor in self.ghosts

    @property
    def shown_count(self) -> int:
        """Returns the number of rows without ghosts and without those that left."""
        return len(self.rows) - len(self.ghosts) - len(self.left)

    @property
    def scope_count(self) -> int:
        """Returns how many items the list is about, whatever the filter lets through."""
        return len(self.items) if self._scope is None else sum(map(self._scope, self.items.values()))

    def is_in_scope(self, item: Item) -> bool:
        """Returns whether the list is about an item."""
        return self._scope is None or self._scope(item)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Returns the ids a verb acts on: those marked, else the one under the cursor unless it is gone.

        In the order shown; marked ones that the filter hides come last, by id.
        """
        if self.marks:
            return tuple(sorted(self.marks, key=lambda id_: (self._place_or_end(id_), id_)))
        return () if self.cursor is None or self.cursor_gone else (self.cursor,)

    def _place_or_end(self, id_: str) -> int:
        place = self.place(id_)
        return len(self.rows) if place is None else place

    # What changes it from outside

    def load(self, items: Mapping[str, Item]) -> None:
        """Replaces all items. The first time all are shown in order; later it is a patch of what differs."""
        if self.rows:
            changed = {id_: item for id_, item in items.items() if self.items.get(id_) != item}
            self.patch(changed, [id_ for id_ in self.items if id_ not in items])
        else:
            self.items = dict(items)
            self._drop_marks()
            self._rebuild()

    def replace(self, items: Mapping[str, Item]) -> None:
        """Shows these items instead of all others: another question was asked, so nothing is kept of the old answer."""
        self.items = dict(items)
        self._drop_marks()
        self._rebuild()

    def slide(self, come: Mapping[str, Item], go: Iterable[str]) -> None:
        """Moves the window: what comes takes its place at once, and what goes leaves none, but for the row under the cursor.

        Nothing else moves, comes or goes, and what is held is held on.
        """
        gone = {id_ for id_ in go if id_ != self.cursor}
        for id_ in gone:
            self.items.pop(id_, None)
            self.ghosts.pop(id_, None)
        self.held -= gone
        self.left -= gone
        arrivals = [id_ for id_ in come if id_ not in self.items]
        self.items.update(come)
        rows = [id_ for id_ in self.rows if id_ not in gone]
        out_of_place = [id_ for id_ in rows if id_ in self.held]
        # Between rows that are out of place none can be found: they stand where they stood, behind the row they follow.
        leaders = {
            id_: rows[place - 1] if place else None for place, id_ in enumerate(rows) if id_ in self.held
        }
        rows = [id_ for id_ in rows if id_ not in self.held]
        self._insert(rows, [id_ for id_ in arrivals if self._belongs(id_)])
        for id_ in out_of_place:
            leader = leaders[id_]
            rows.insert(rows.index(leader) + 1 if leader in rows else 0, id_)
        self._set_rows(rows)

    def patch(self, changed: Mapping[str, Item], removed: Iterable[str] = ()) -> None:
        """Takes changed, new and removed items in. No row comes, goes or moves before `merge`."""
        for id_, item in changed.items():
            self.ghosts.pop(id_, None)
            self.items[id_] = item
            self._judge(id_)
        for id_ in removed:
            if (item_gone := self.items.pop(id_, None)) is None:
                continue
            if id_ in self.marks:
                self._set_marks(self.marks - {id_})
            self.left.discard(id_)
            if self.place(id_) is None:
                self.held.discard(id_)
            else:
                self.ghosts[id_] = item_gone
                self.held.add(id_)

    def merge(self, *, by_operator: bool) -> bool:
        """Puts what is held into its place and drops ghosts; returns whether the rows changed.

        Asked for by the operator, everything settles, and a cursor whose row leaves goes to the next
        one. Otherwise (the operator rests) the row under the cursor stays behind the row it follows,
        whatever became of its item.
        """
        if not self.held:
            return False
        before, held = self.rows, self.held
        stays = self.cursor if not by_operator and self.cursor in held else None
        if stays is not None and held == {stays}:
            return False
        old_place = self.cursor_place
        rows = [id_ for id_ in before if id_ not in held]
        self._insert(rows, [id_ for id_ in held if id_ != stays and self._belongs(id_)])
        if stays is not None:
            self._keep_behind(rows, stays, before[:old_place])
        self._set_rows(rows)
        self.held, self.left = set(), set()
        self.ghosts = {id_: item for id_, item in self.ghosts.items() if id_ == stays}
        if stays is not None:
            self.held = {stays}
            self._judge(stays)
        self._find_cursor(before, old_place)
        return rows != before

    def drop(self, id_: str) -> bool:
        """Takes a row out whose item is gone or left, now that the operator leaves it; False for any other."""
        if id_ not in self.ghosts and id_ not in self.left:
            return False
        before, old_place = self.rows, self.cursor_place
        self.ghosts.pop(id_, None)
        self.left.discard(id_)
        self.held.discard(id_)
        self._set_rows([row for row in before if row != id_])
        self._find_cursor(before, old_place)
        return True

    # What the operator asks for

    def sort_by(self, key: Callable[[Item], Any] | None, *, reverse: bool = False) -> None:
        """Orders all rows by `key`, equals by id; the cursor stays on its id."""
        self._key, self._reverse = key or _no_order, reverse
        self._rebuild()

    def filter(self, accepts: Callable[[Item], bool] | None) -> None:
        """Shows only what passes; None shows all. A cursor whose row goes moves to the next row left."""
        self._accepts = accepts
        self._rebuild()

    def set_scope(self, scope: Callable[[Item], bool]) -> None:
        """Says which items the list is about at all; what leaves it stays as long as what leaves the filter."""
        self._scope = scope
        self._rebuild()

    def go_to(self, id_: str) -> bool:
        """Puts the cursor on an id; returns False, and does nothing, if it is not shown."""
        if self.place(id_) is None:
            return False
        self.cursor, self._range = id_, None
        return True

    def move(self, by: int) -> None:
        """Moves the cursor by rows, as far as there are any."""
        self._step(by)
        self._range = None

    def mark(self, id_: str, *, on: bool | None = None) -> None:
        """Marks an id or takes its mark off; None turns it round. A ghost cannot be marked."""
        if id_ in self.ghosts or (id_ not in self.items and not self.is_window):
            return
        wanted = id_ not in self.marks if on is None else on
        self._set_marks(self.marks | {id_} if wanted else self.marks - {id_})
        self._range = None

    def extend(self, by: int) -> None:
        """Moves the cursor and marks every row from where extending began; turning back takes marks off again."""
        if self.cursor is None:
            return
        start, others = self._range or (self.cursor, frozenset(self.marks))
        if self.place(start) is None:
            start = self.cursor
        self._step(by)
        low, high = sorted((self._place_or_end(start), self.cursor_place))
        spanned = {id_ for id_ in self.rows[low : high + 1] if id_ in self.items}
        self._set_marks(spanned | (others if self.is_window else others.intersection(self.items)))
        self._range = (start, others)

    def mark_all(self) -> None:
        """Marks every row shown; if all are marked already, takes every mark off."""
        shown = {id_ for id_ in self.rows if id_ in self.items}
        self._set_marks(set() if shown <= self.marks else self.marks | shown)
        self._range = None

    def unmark_all(self) -> None:
        """Takes every mark off."""
        self._set_marks(set())
        self._range = None

    def _drop_marks(self) -> None:
        """Drops the marks of what is not there, where all that is there is at hand."""
        if not self.is_window:
            self._set_marks(self.marks.intersection(self.items))

    def _set_marks(self, marks: set[str]) -> None:
        if marks != self.marks:
            self.marks = marks
            self.marks_version += 1

    # How order is kept

    def comes_before(self, one: str, other: str) -> bool:
        """Returns whether one item belongs above another: by the sort key, then by id."""
        first, second = self._key(self.item(one)), self._key(self.item(other))
        if first == second:
            return one < other
        return bool(second < first if self._reverse else first < second)

    def _belongs(self, id_: str) -> bool:
        item = self.items.get(id_)
        if item is None:
            return False
        return self.is_in_scope(item) and (self._accepts is None or self._accepts(item))

    def _judge(self, id_: str) -> None:
        """Decides whether an item is where it should be, looking only at its neighbours."""
        place, belongs = self.place(id_), self._belongs(id_)
        right = belongs and self._fits(id_, place) if place is not None else not belongs
        (self.held.discard if right else self.held.add)(id_)
        has_left = id_ in self.items and place is not None and not belongs
        (self.left.add if has_left else self.left.discard)(id_)

    def _fits(self, id_: str, place: int) -> bool:
        above = self.rows[place - 1] if place else None
        below = self.rows[place + 1] if place + 1 < len(self.rows) else None
        if above in self.held or below in self.held:
            # A neighbour out of place proves nothing; looking further could take for ever.
            return False
        return (above is None or self.comes_before(above, id_)) and (
            below is None or self.comes_before(id_, below)
        )

    def _insert(self, rows: list[str], arrivals: list[str]) -> None:
        if len(arrivals) > len(rows) // FEW:
            rows += arrivals
            self._sort(rows)
            return
        for id_ in arrivals:
            rows.insert(self._search(rows, id_), id_)

    def _search(self, rows: list[str], id_: str) -> int:
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            if self.comes_before(rows[middle], id_):
                low = middle + 1
            else:
                high = middle
        return low

    def _sort(self, rows: list[str]) -> None:
        # Python's sort keeps equals in place, in reverse too: ids first, then the key.
        rows.sort()
        if self._key is not _no_order:
            rows.sort(key=lambda id_: self._key(self.items[id_]), reverse=self._reverse)

    def _keep_behind(self, rows: list[str], id_: str, above: list[str]) -> None:
        leader = next((row for row in reversed(above) if row not in self.held), None)
        rows.insert(0 if leader is None else rows.index(leader) + 1, id_)

    def _rebuild(self) -> None:
        before, old_place = self.rows, self.cursor_place
        self.ghosts.clear()
        self.held.clear()
        self.left.clear()
        rows = [id_ for id_ in self.items if self._belongs(id_)]
        self._sort(rows)
        self._set_rows(rows)
        self._find_cursor(before, old_place)

    def _set_rows(self, rows: list[str]) -> None:
        self.rows, self._places = rows, None

    def _find_cursor(self, before: list[str], old_place: int) -> None:
        """Leaves the cursor on its id; if that is not shown, puts it on the next row that still is."""
        if not self.rows:
            self.cursor = None
        elif self.cursor is None or self.place(self.cursor) is None:
            below = (id_ for id_ in before[old_place:] if self.place(id_) is not None)
            above = (id_ for id_ in reversed(before[:old_place]) if self.place(id_) is not None)
            self.cursor = next(below, None) or next(above, None) or self.rows[0]

    def _step(self, by: int) -> None:
        if self.rows:
            place = self.cursor_place + by
            self.cursor = self.rows[max(0, min(place, len(self.rows) - 1))]
