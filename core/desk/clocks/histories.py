"""What was told of items, kept with the process up to the entry that was read last, so that a change asks only for what came behind.

It is never gone by unasked. The entry that was read last is asked for again with what came behind it, and its hash covers
all before it: where that differs (another database, a copy that was put back), all is read anew. So it is where a text was
taken out of the item meanwhile, which changes entries and no hash. Only what was committed is read, so nothing that was
given up is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam, select

from core.desk.clocks.promises import told_in_rows
from core.journal.redacted import is_redaction
from core.journal.tables import journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.promises import Item
    from core.desk.clocks.told import Told

MOST_TOLD = 20_000
"""So much that was told is kept at most, of all items together, some 300 bytes each; what was not needed for longest goes."""
EACH = 8
"""An item of which nothing was told takes as much room as so much that was."""
_SINCE = (
    select(journal.c.seq, journal.c.hash, journal.c.at, journal.c.kind, journal.c.body)
    .where(
        journal.c.subject_kind == bindparam("about"),
        journal.c.subject_id == bindparam("number"),
        journal.c.seq >= bindparam("since"),
    )
    .order_by(journal.c.seq)
)


class History(NamedTuple):
    """What was told of an item up to an entry about it: its number and hash, 0 and empty where nothing was read yet."""

    seq: int = 0
    hash: str = ""
    told: tuple[Told, ...] = ()


UNREAD: Final = History()


def history_question(item: Item, known: History) -> tuple[Any, dict[str, Any]]:
    """Returns the statement, with its values, that asks for what goes on from what is known of an item; its text is always the same."""
    return _SINCE, {"about": item.kind, "number": str(item.id), "since": known.seq}


class Histories:
    """The histories that a process keeps. Any of its threads may ask."""

    def __init__(self, most: int = MOST_TOLD) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[str, int], History] = OrderedDict()
        self._lock = Lock()

    def known(self, item: Item) -> History:
        """Returns what is kept of an item."""
        return self._kept.get((item.kind, item.id), UNREAD)

    def told(self, item: Item, known: History, rows: Sequence[Sequence[Any]]) -> tuple[Told, ...] | None:
        """Returns all that was told of an item, from what was `known` and the rows that `history_question` found; None where all is to be asked for."""
        fresh = rows
        if known.seq:
            if not rows or (rows[0][0], rows[0][1]) != (known.seq, known.hash):
                return None
            fresh = rows[1:]
            if any(is_redaction(row[3]) for row in fresh):
                return None
        told = known.told + tuple(told_in_rows(row[2:] for row in fresh)) if fresh else known.told
        if fresh:
            self._keep(item, History(rows[-1][0], rows[-1][1], told))
        return told

    def read(self, connection: Connection, item: Item) -> tuple[Told, ...]:
        """Returns all that was told of an item."""
        for known in (self.known(item), UNREAD):
            statement, values = history_question(item, known)
            told = self.told(item, known, connection.execute(statement, values).all())
            if told is not None:
                return told
        return ()

    def _keep(self, item: Item, history: History) -> None:
        with self._lock:
            key = item.kind, item.id
            self._size += _room(history) - _room(self._kept.pop(key, None))
            self._kept[key] = history
            while self._size > self._most:
                self._size -= _room(self._kept.popitem(last=False)[1])


def _room(history: History | None) -> int:
    return 0 if history is None else len(history.told) + EACH


OF_PROCESS: Final = Histories()
