"""The store: questions and commands against one database. Used by one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import update

from core.errors import BadInput, StoreUnavailable
from core.journal import queries as journal
from core.store.schema import schema_info
from core.store.work import Author, Work
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from core.store.backend import Backend, Watch

T = TypeVar("T")


def backend_for(place: str | Path) -> Backend:
    """Returns the backend for `place`: the path of a file of the embedded database."""
    from pathlib import Path

    from core.store.sqlite.backend import SqliteBackend

    text = str(place)
    if "://" in text:
        raise BadInput("only the path of a file can be opened", where=text, next_step="Write --db FILE")
    return SqliteBackend(Path(text).expanduser().absolute())


class Store:
    """A database that is open. Commands go through `write`, questions through `read`."""

    def __init__(self, backend: Backend, *, now: Callable[[], datetime] = utc_now) -> None:
        self._backend = backend
        self._now = now

    @classmethod
    def at(cls, place: str | Path, *, now: Callable[[], datetime] = utc_now) -> Store:
        """Opens the database at `place`, making or migrating it first where needed.

        Raises StoreRefused or StoreUnavailable.
        """
        store = cls(backend_for(place), now=now)
        store.open()
        return store

    @property
    def where(self) -> str:
        """Returns the database's name for people."""
        return self._backend.where

    def open(self) -> None:
        """Opens the database."""
        self._backend.open()

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Returns `question(connection, *args, **named)`, asked of one consistent picture of the database."""
        with self._backend.reading() as connection:
            return question(connection, *args, **named)

    def write(
        self, author: Author, command: Callable[..., T], *args: Any, key: str | None = None, **named: Any
    ) -> T:
        """Carries out `command(work, *args, **named)` as one transaction and returns its answer once committed.

        With `key` (unique for this one doing of it) a doing whose outcome stayed unknown can be asked for
        with `committed`, so that a retry never doubles it. Raises what the command raises; nothing is
        changed then.
        """
        try:
            return self._write(author, command, args, named, key)
        except StoreUnavailable as error:
            if "disk is full" not in error.what:
                raise
        # The ballast was given up on the way here: the night's last commands still find room.
        return self._write(author, command, args, named, key)

    def _write(
        self,
        author: Author,
        command: Callable[..., T],
        args: tuple[Any, ...],
        named: dict[str, Any],
        key: str | None,
    ) -> T:
        with self._backend.writing() as connection:
            work = Work(connection, author, self._now(), key)
            answer = command(work, *args, **named)
            work.finish()
        return answer

    def check_writable(self) -> None:
        """Writes what stands there already. Raises StoreUnavailable, which says why nothing can be written now."""
        with self._backend.writing() as connection:
            connection.execute(update(schema_info).values(min_writer=schema_info.c.min_writer))

    def committed(self, key: str) -> bool:
        """Tells whether the transaction of that key is in the journal."""
        return self.read(journal.find, key) is not None

    def watch(self) -> Watch:
        """Returns a watch on this database for one other thread."""
        return self._backend.watch()

    def close(self) -> None:
        """Closes the database."""
        self._backend.close()
