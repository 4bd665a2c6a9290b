"""A backup that is opened to be looked at: nothing is written into it, and nothing is laid beside it.

SQLite is told that the file never changes: it then makes no log and takes no lock. A backup never does; another one in
its place is another file.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import StoreUnavailable
from core.store.marks import Mark, mark_of, marked_refusal
from core.store.schema import PROGRAM_SCHEMA
from core.store.sqlite.failures import explained
from core.store.statements import CoreStatements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine


def is_still(path: Path) -> bool:
    """Tells whether a file is a backup that this program can read as it is; one of an older schema has to be migrated."""
    log = path.with_name(path.name + "-wal")
    with suppress(OSError, sqlite3.Error):
        if not path.is_file() or (log.exists() and log.stat().st_size):
            return False  # whoever wrote into it has not ended: it is more than this file
        with closing(_connected(path)) as raw:
            version, writer = raw.execute("SELECT version, min_writer FROM schema_info").fetchone()
        return version == PROGRAM_SCHEMA and mark_of(writer) is Mark.BACKUP
    return False


class StillBackend:
    """One backup. Used by one thread."""

    is_shared = False
    identity: str | None = None
    roles: frozenset[str] | None = None

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._engine: Engine | None = None
        self._connection: Connection | None = None

    def open(self) -> None:
        """Opens the file."""
        with self._explaining():
            self._engine = create_engine(
                "sqlite://", creator=lambda: _connected(self._path), poolclass=NullPool
            )
            self._connection = self._engine.connect()

    def close(self) -> None:
        """Lets go of it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def origin(self) -> str:
        """Returns the file's place, whichever link leads there."""
        return str(self._path.resolve())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read of what stands in it."""
        if self._connection is None:
            raise StoreUnavailable("is not open", where=self.where)
        with self._explaining(), self._connection.begin() as transaction:
            yield self._connection
            transaction.rollback()

    def writing(self) -> AbstractContextManager[Connection]:
        """Raises StoreUnavailable: it stays as it is."""
        raise marked_refusal(Mark.BACKUP, self.where)

    def statements(self, connection: Connection) -> CoreStatements:
        """Returns what would run fixed statements."""
        return CoreStatements(connection)

    def now(self, connection: Connection) -> datetime | None:  # noqa: ARG002
        """Returns None: it has no clock."""
        return None

    def append(self, *_: Any, **__: Any) -> None:
        """Raises StoreUnavailable: it stays as it is."""
        raise marked_refusal(Mark.BACKUP, self.where)

    def flush(self) -> None:
        """Does nothing: nothing is written."""

    def keep_quiet(self) -> None:
        """Does nothing: nothing is written."""

    def scour(self) -> str:
        """Raises StoreUnavailable: it stays as it is."""
        raise marked_refusal(Mark.BACKUP, self.where)

    def is_worth_again(self, error: BaseException) -> bool:  # noqa: ARG002
        """Returns False: it stays as it is."""
        return False

    def is_key_taken(self, error: BaseException) -> bool:  # noqa: ARG002
        """Returns False: nothing is written."""
        return False

    def watch(self) -> StillWatch:
        """Returns a watch that nothing ever happens to."""
        return StillWatch()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise _explained(error.orig, self.where) from error
        except sqlite3.Error as error:
            raise _explained(error, self.where) from error


class StillWatch:
    """Waits for nothing but to be woken."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Returns False, after `seconds` or when woken."""
        self._woken.wait(seconds)
        self._woken.clear()
        return False

    def wake(self) -> None:
        """Ends a waiting `wait` at once; may be called from any thread."""
        self._woken.set()

    def close(self) -> None:
        """Frees nothing."""


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )


def _explained(error: Any, where: str) -> Exception:
    return (
        explained(error, where)
        if isinstance(error, sqlite3.Error)
        else StoreUnavailable(str(error), where=where)
    )
