"""How one looks at a list: its order, its columns, its problems one after the other, and saved views of it."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from screens.boxes.pick import Choice, PickBox
from screens.left_as import LeftAs
from screens.widgets.columns import fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screens.widgets.columns import Column
    from screens.widgets.grid import Grid

Item = TypeVar("Item")
LONGEST_NAME = 40


class Looks(LeftAs, Generic[Item]):
    """The part of a list that says what is shown of it, and in which order.

    Chosen columns and saved views are remembered of the person, so that the next console has them.
    """

    grid: Grid[Item]
    no_problem_text = "no row shown here is a problem"

    @abstractmethod
    def columns(self) -> Sequence[Column[Item]]:
        """Returns every column it has, shown or not."""

    def is_problem(self, item: Item) -> bool:  # noqa: ARG002  (lists that have problems look at it)
        """Tells whether a row is one that n stops at."""
        return False

    # Order

    async def do_sort(self) -> None:
        """Sorts by a column; chosen again, the other way round."""
        choices = [Choice(c.id, c.title.lower()) for c in self.grid.columns if c.sort]
        chosen = await self.floor.box(PickBox("sort by", choices))
        if chosen is not None:
            again = chosen == self.grid.sorted_by and not self.grid.is_reversed
            self.grid.sort_by(chosen, reverse=again)

    # Problems

    def do_problem_next(self) -> None:
        """Goes to the next problem, from the last one on to the first."""
        self._go_to_problem(1)

    def do_problem_previous(self) -> None:
        """Goes to the problem before, from the first one on to the last."""
        self._go_to_problem(-1)

    def _go_to_problem(self, by: int) -> None:
        model = self.grid.model
        rows, place = model.rows, model.cursor_place
        for step in range(1, len(rows) + 1):
            id_ = rows[(place + by * step) % len(rows)]
            item = model.item(id_)
            if item is not None and id_ not in model.ghosts and self.is_problem(item):
                self.grid.go_to(id_)
                return
        self.floor.say(self.no_problem_text)

    # Columns

    async def do_columns(self) -> None:
        """Shows or hides columns, one after the other, until the box is left."""
        while True:
            chosen = await self.floor.box(
                PickBox("columns: enter shows or hides, esc is done", self._columns())
            )
            if chosen is None:
                return
            hidden = self._hidden() ^ {chosen}
            self._show_columns(hidden)
            self.floor.keep_look(f"columns:{self.view_id}", {"hidden": " ".join(sorted(hidden))})

    def restore_columns(self) -> None:
        """Hides what was hidden when this person was last here."""
        hidden = frozenset(self.floor.look_of(f"columns:{self.view_id}").get("hidden", "").split())
        if hidden:
            self._show_columns(hidden)

    def _columns(self) -> list[Choice]:
        shown = {column.id for column in self.grid.columns}
        fitting = {field.column.id for field in fit(self.grid.columns, self.grid.size.width)}
        choices = []
        for column in self.columns():
            note = (
                "hidden"
                if column.id not in shown
                else "shown"
                if column.id in fitting
                else "no room on this width"
            )
            why_not = "the last column stays" if shown == {column.id} else None
            choices.append(Choice(column.id, column.title.lower(), note, why_not))
        return choices

    def _hidden(self) -> frozenset[str]:
        shown = {column.id for column in self.grid.columns}
        return frozenset(column.id for column in self.columns() if column.id not in shown)

    def _show_columns(self, hidden: frozenset[str]) -> None:
        kept = [column for column in self.columns() if column.id not in hidden]
        self.grid.set_columns(kept or self.columns())  # another release may have other columns

    # Saved views

    async def do_views(self) -> None:
        """Applies a saved view; a new name keeps what is shown now, a name behind a minus drops it."""
        place = f"views:{self.view_id}"
        saved = dict(self.floor.look_of(place))
        title = "saved views: choose one; type a new name to keep this view, -NAME to drop one"
        chosen = await self.floor.box(PickBox(title, lambda typed: view_choices(saved, typed)))
        if chosen is None:
            return
        if chosen in saved:
            self._apply(saved[chosen])
            self.floor.say(f"view {chosen}: {_view_words(saved[chosen])}")
        elif chosen.startswith("-"):
            del saved[chosen[1:]]
            self.floor.keep_look(place, saved)
            self.floor.say(f"view {chosen[1:]} dropped")
        else:
            text = json.dumps(self._look())
            self.floor.keep_look(place, saved | {chosen: text})
            self.floor.say(f"view {chosen} kept: {_view_words(text)}")

    def _look(self) -> dict[str, Any]:
        return {
            "filter": self.filter_text(), "sort": self.grid.sorted_by or "", "reverse": self.grid.is_reversed,
            "hidden": sorted(self._hidden()),
        }  # fmt: skip

    def _apply(self, text: str) -> None:
        look = look_of_text(text)
        self.grid.set_columns(self.columns())
        if look["sort"] in {column.id for column in self.columns() if column.sort}:
            self.grid.sort_by(look["sort"], reverse=look["reverse"])
        self._show_columns(frozenset(look["hidden"]))
        self.set_filter(look["filter"])


def look_of_text(text: str) -> dict[str, Any]:
    """Returns a saved view; what cannot be read of it counts as not chosen."""
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    look = found if isinstance(found, dict) else {}
    hidden = look.get("hidden")
    return {
        "filter": _text_of(look, "filter"), "sort": _text_of(look, "sort"),
        "reverse": look.get("reverse") is True,
        "hidden": [str(each) for each in hidden] if isinstance(hidden, list) else [],
    }  # fmt: skip


def _text_of(look: Mapping[str, Any], name: str) -> str:
    value = look.get(name, "")
    return value if isinstance(value, str) else ""


def view_choices(saved: Mapping[str, str], typed: str) -> list[Choice]:
    """Returns the views by that name, and what else the typed text would do."""
    name = typed.strip()[:LONGEST_NAME]
    if name.startswith("-"):
        return [
            Choice(f"-{each}", f"drop {each}", _view_words(saved[each]))
            for each in sorted(saved)
            if name[1:].strip().lower() in each.lower()
        ]
    found = [
        Choice(each, each, _view_words(text))
        for each, text in sorted(saved.items())
        if name.lower() in each.lower()
    ]
    if name and name not in saved:
        found.append(Choice(name, f"keep what is shown now as {name}"))
    return found


def _view_words(text: str) -> str:
    look = look_of_text(text)
    words = [f"filter {look['filter']!r}" if look["filter"] else "no filter"]
    if look["sort"]:
        words.append(f"by {look['sort']}" + (", reversed" if look["reverse"] else ""))
    if look["hidden"]:
        words.append(f"without {' '.join(look['hidden'])}")
    return ", ".join(words)
