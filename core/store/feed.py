"""The live feed: every entry after the reader's cursor, once, in order, soon after its commit.

A wake-up is only a hint. The truth is the journal after the cursor, read in pages on the database
thread. Where the cursor's own entry is gone (a restored database), the reader is told to rebuild; also where
it could not take an entry in, whatever went wrong: the feed goes on behind that one.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy.exc import DBAPIError

from core.errors import NotPossible, WatchfloorError
from core.journal import queries as journal
from core.journal.redacted import is_redaction
from core.printable import printable

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

    `rebuild` is True when the journal is not the one read before: everything shown must be read anew. So it is where a text
    was taken out of it (`is_redacted`): no reader keeps what it was.
    """

    entries: tuple[Entry, ...]
    gathered: P
    cursor: Cursor
    rebuild: bool = False
    is_redacted: bool = False


class Feed(Generic[P]):
    """Follows the journal from `cursor`, calling `tell` (on the database thread) with each News.

    `gather` is asked at each look, on the same connection, for the rows that the entries name and for what
    is live but not in the journal (the agent's beat); `gather_all`, where it is given, is asked instead when all must be read anew.
    `fail` hears of a database that cannot be read, and of what `gather` and `tell` raise; the feed goes on. `pace_s` is the least time
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
        gather_all: Callable[[Connection], P] | None = None,
        pace_s: float = 0.066,
    ) -> None:
        self._database = database
        self._cursor = cursor
        self._gather = gather
        self._gather_all = gather_all or (lambda connection: gather(connection, ()))
        self._tell = tell
        self._fail = fail
        self._pace_s = pace_s
        self._ending = False
        self._is_behind = False
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
            except Exception as error:  # noqa: BLE001 - a feed that ends leaves a console that shows the past as the present
                self._note(error)
                more = False
            if more or self._ending:
                continue
            try:
                self._watch.wait(QUIET_S)
            except Exception as error:  # noqa: BLE001 - a hint, no more: the next look comes without it
                self._note(error)
                time.sleep(QUIET_S)
            left = self._pace_s - (time.monotonic() - began)
            if left > 0 and not self._ending:
                time.sleep(left)

    def _note(self, error: Exception) -> None:
        """Says what went wrong. What no database says was the reader's own: it has to begin anew."""
        if not isinstance(error, WatchfloorError):
            self._is_behind = True
            words = printable(f"{type(error).__name__}: {error}", 300)
            error = NotPossible(f"what is new could not be taken in: {words}", next_step="All is read anew")
        with suppress(Exception):
            self._fail(error)

    def _look(self, connection: Connection) -> bool:
        """Reads one page and tells it; True when there may be more at once."""
        found = None if self._is_behind else journal.page_after(connection, self._cursor)
        entries, is_more = found or (None, False)
        is_redacted = any(is_redaction(entry.kind) for entry in entries or ())
        if entries is None or is_redacted:
            cursor = journal.newest(connection)
            gathered = self._gather_all(connection)
            self._cursor, self._is_behind = cursor, False
            self._tell(News((), gathered, cursor, rebuild=True, is_redacted=is_redacted))
            return False
        try:
            gathered = self._gather(connection, entries)
        except (WatchfloorError, DBAPIError):
            raise
        except Exception as error:
            if len(entries) < 2:
                if entries:
                    self._cursor = entries[-1].cursor
                raise
            self._note(error)
            self._tell_singly(connection, entries)
            return True
        if entries:
            self._cursor = entries[-1].cursor
        self._tell(News(tuple(entries), gathered, self._cursor))
        return is_more

    def _tell_singly(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Tells a page entry by entry, without those that cannot be taken in."""
        for entry in entries:
            try:
                gathered = self._gather(connection, (entry,))
            except (WatchfloorError, DBAPIError):
                raise
            except Exception as error:  # noqa: BLE001 - one entry keeps nobody from the others
                self._note(error)
                self._cursor = entry.cursor
                continue
            self._cursor = entry.cursor
            self._tell(News((entry,), gathered, self._cursor))
