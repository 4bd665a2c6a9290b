"""The part of the queue that a list holds: a window of rows around the cursor, moved and read anew. No screen, no database.

Its size does not depend on how long the queue is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.desk.requests.pages import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.desk.requests.model import Request
    from core.desk.requests.pages import Window

MOST = 3 * PAGE
"""So many rows are held at most; what lies further from the cursor than a page goes when more come."""


@dataclass(slots=True)
class QueueWindow:
    """The rows in the order in which the database has them, without a gap; `length` is that of the whole queue."""

    rows: list[Request] = field(default_factory=list)
    is_first: bool = True
    is_last: bool = True
    length: int = 0
    labels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, window: Window) -> QueueWindow:
        """Returns what was read."""
        labels = frozenset(each.label for each in window.rows)
        return cls(list(window.rows), window.is_first, window.is_last, window.total, labels)

    @property
    def is_whole(self) -> bool:
        """Tells whether it holds the whole queue."""
        return self.is_first and self.is_last

    @property
    def begins_at(self) -> Request | None:
        """Returns the row whose place it begins at; None at the beginning of the queue."""
        return None if self.is_first or not self.rows else self.rows[0]

    def add_behind(self, rows: Sequence[Request], near: str | None) -> list[str]:
        """Takes the rows of the next page in; returns the labels of those above that are held no longer."""
        known = self.labels
        self.rows += [each for each in rows if each.label not in known]
        self.is_last = len(rows) < PAGE
        spare = min(len(self.rows) - MOST, self._place(near) - PAGE)
        gone = self.rows[: max(spare, 0)]
        self.rows = self.rows[len(gone) :]
        self.is_first = self.is_first and not gone
        return self._put_away(gone)

    def add_before(self, rows: Sequence[Request], near: str | None) -> list[str]:
        """Takes the rows of the page before in; returns the labels of those below that are held no longer."""
        known = self.labels
        self.rows = [*(each for each in rows if each.label not in known), *self.rows]
        self.is_first = len(rows) < PAGE
        spare = min(len(self.rows) - MOST, len(self.rows) - self._place(near) - PAGE)
        gone = self.rows[len(self.rows) - spare :] if spare > 0 else []
        self.rows = self.rows[: len(self.rows) - len(gone)]
        self.is_last = self.is_last and not gone
        return self._put_away(gone)

    def _place(self, label: str | None) -> int:
        return next((place for place, each in enumerate(self.rows) if each.label == label), 0)

    def _put_away(self, gone: Iterable[Request]) -> list[str]:
        self.labels = frozenset(each.label for each in self.rows)
        return [each.label for each in gone]
