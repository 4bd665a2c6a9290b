"""The live feed: every entry after the reader's cursor, once, in order, soon after its commit.

A wake-up is only a hint. The truth is the journal after the cursor, read in pages on the database
thread. Where the cursor's own entry is gone (a restored database), the reader is told to rebuild.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core.errors import WatchfloorError
from core.journal import queries as journal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from core.journal.model import Cursor, Entry
    from core.store.backend import Watch
    from core.store.thread import DatabaseThread

P = TypeVar("P")
QUIET_S = 2.0
"""Without any hint the journal is read this often: the net under the net."""


@dataclass(frozen=True, slots=True)
class News(Generic[P]):
    """What one look brought: the entries since the last, and what was gathered beside them.

    `rebuild` is True when the journal is not the one read before: everything shown must be read anew.
    """

    entries: tuple[Entry, ...]
    gathered: P
    cursor: Cursor
    rebuild: bool = False


class Feed(Generic[P]):
    """Follows the journal from `cursor`, calling `tell` (on the database thread) with each News.

    `gather` is asked at each look, on the same connection, for the rows that the entries name and for what
    is live but not in the journal (the agent's beat).
    `fail` hears of a database that cannot be read; the feed goes on trying. `pace_s` is the least time
    between two looks, so that a hundred commits a second are a few looks.
    """

    def __init__(
        self,
        database: DatabaseThread,
        cursor: Cursor,
        *,
        gather: Callable[[Connection, Sequence[Entry]], P],
        tell: Callable[[News[P]], Any],
        fail: Callable[[WatchfloorError], Any],
        pace_s: float = 0.066,
    ) -> None:
        self._database = database
        self._cursor = cursor
        self._gather = gather
        self._tell = tell
        self._fail = fail
        self._pace_s = pace_s
        self._ending = False
        self._watch: Watch | None = None
        self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)

    def start(self) -> None:
        """Begins to follow, with one look at once."""
        self._watch = self._database.watch()
        self._thread.start()

    def stop(self) -> None:
        """Ends; returns when the feed's thread has ended."""
        self._ending = True
        if self._watch is not None:
            self._watch.wake()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        if self._watch is not None:
            self._watch.close()

    def _follow(self) -> None:
        assert self._watch is not None
        while not self._ending:
            began = time.monotonic()
            try:
                more = self._database.read(self._look).result()
            except WatchfloorError as error:
                self._fail(error)
                more = False
            if more or self._ending:
                continue
            self._watch.wait(QUIET_S)
            left = self._pace_s - (time.monotonic() - began)
            if left > 0 and not self._ending:
                time.sleep(left)

    def _look(self, connection: Connection) -> bool:
        """Reads one page and tells it; True when there may be more at once."""
        entries = journal.after(connection, self._cursor)
        if entries is None:
            self._cursor = journal.newest(connection)
            self._tell(News((), self._gather(connection, ()), self._cursor, rebuild=True))
            return False
        gathered = self._gather(connection, entries)
        if entries:
            self._cursor = entries[-1].cursor
        self._tell(News(tuple(entries), gathered, self._cursor))
        return len(entries) == journal.PAGE
