"""A list is as its person left it: its filter and its marks are there again at the next log-in, and it is said."""

from __future__ import annotations

import json
from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from core.printable import printable
from screens.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.widgets.grid import Grid


class LeftAs(View):
    """The part of a view with lists that remembers which rows are shown of them, and which are marked.

    Marks belong to ids: one whose subject is gone is dropped. What a list reads only after it is shown is marked when
    it comes, so until then what waits for it is remembered on.
    """

    _waiting: Mapping[str, frozenset[str]] = {}

    @abstractmethod
    def lists(self) -> Mapping[str, Grid[Any]]:
        """Returns its lists by name."""

    @property
    def _is_remembered(self) -> bool:
        return self.tab_of == self.view_id  # of a page of one subject nothing is: another one comes next

    @property
    def _place(self) -> str:
        return f"left:{self.view_id}"

    def keep_left(self) -> None:
        """Remembers the filter and the marks as they are now."""
        if not self._is_remembered:
            return
        marks = {
            name: sorted(grid.marked | self._waiting.get(name, frozenset()))
            for name, grid in self.lists().items()
        }
        fields = {"filter": self.filter_text(), "marks": json.dumps(marks) if any(marks.values()) else ""}
        self.floor.keep_look(self._place, {name: text for name, text in fields.items() if text})

    def restore_filter(self) -> None:
        """Filters as this person last did, before anything is shown."""
        if self._is_remembered and (text := self.floor.look_of(self._place).get("filter", "")):
            self._waiting = _marks_of(self.floor.look_of(self._place))  # filtering keeps what is remembered
            self.set_filter(text)

    def restore_marks(self, *, is_all: bool) -> None:
        """Marks what this person had marked, as far as it is there; `is_all`: what is not there now is gone."""
        if not self._is_remembered:
            return
        self._waiting = _marks_of(self.floor.look_of(self._place))
        self.mark_waiting(is_all=is_all)
        count = sum(
            len(grid.marked | self._waiting.get(name, frozenset())) for name, grid in self.lists().items()
        )
        words = [f"filter {printable(self.filter_text())}"] if self.filter_text() else []
        words += [f"{count} marked"] if count else []
        if words:
            self.floor.say(f"as you left it: {', '.join(words)}; esc clears")

    def mark_waiting(self, *, is_all: bool) -> None:
        """Marks what waited for rows that have come."""
        waiting = self._waiting
        if not waiting:
            return
        for name, grid in self.lists().items():
            for id_ in waiting.get(name, ()):
                grid.mark(id_, on=True)
        if is_all:
            self._waiting = {}


def _marks_of(look: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Returns the remembered marks by list; what cannot be read of them counts as not marked."""
    found: Any = {}
    with suppress(ValueError):
        found = json.loads(look.get("marks", "") or "{}")
    if not isinstance(found, dict):
        return {}
    return {name: frozenset(map(str, ids)) for name, ids in found.items() if isinstance(ids, list)}
