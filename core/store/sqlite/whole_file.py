"""Files that hold a whole database: read as they stand, and made beside their name until they are whole.

Nothing here lays a lane, a log or a ballast: nobody works in such a file. The copy is made by VACUUM INTO, for copying
the file itself would tear it, and the stepwise way begins anew whenever somebody writes.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import NotPossible, Outdated, StoreRefused, Unavailable
from core.store.migrations.upgrade import upgrade
from core.store.recognised import begins_as_database
from core.store.schema import PROGRAM_SCHEMA, SchemaInfo, schema_of
from core.store.sqlite.backend import APPLICATION_ID, BUSY_S
from core.store.sqlite.failures import explained
from core.store.sqlite.sharing import share_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

T = TypeVar("T")
OTHERS = ("-wal", "-journal")
"""What lies beside a file that is open, or was when its program was killed."""


def schema_in(path: Path) -> SchemaInfo:
    """Returns the schema of a database's file, looked at and not touched.

    Raises StoreRefused for what is none of ours, is damaged or newer than this program; Unavailable where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(16)
    except OSError as error:
        raise Unavailable(f"cannot be read: {error.strerror}", where=str(path)) from error
    if not begins_as_database(beginning):
        raise StoreRefused(
            "is no database, and no backup of one" if beginning else "is empty", where=str(path),
            next_step="Nothing was changed. Name a file that `watchfloor admin backup` wrote",
        )  # fmt: skip
    with reading_file(path) as connection:
        info = schema_of(connection)
    if info.version > PROGRAM_SCHEMA:
        raise Outdated(
            f"has schema {info.version}, this program knows schemas up to {PROGRAM_SCHEMA}", where=str(path),
            next_step="Nothing was changed. Use the Watchfloor that wrote it, or a newer one",
        )  # fmt: skip
    return info


@contextmanager
def reading_file(path: Path) -> Iterator[Connection]:
    """One picture of a database's file, that nothing can be written through."""
    with _explaining(path):
        raw = _read_only(path)
        with _opened(raw) as connection:
            _refuse_foreign(raw, path)
            yield connection


class ReadFile:
    """A database's file, open for questions that nothing can be written through; each sees one picture of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _explaining(path):
            self._raw = _read_only(path)
            self._engine = create_engine("sqlite://", creator=lambda: self._raw, poolclass=NullPool)
            try:
                _refuse_foreign(self._raw, path)
                self._connection = self._engine.connect()
            except BaseException:
                self.close()
                raise

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Returns `question(connection, *args, **named)`."""
        with _explaining(self._path):
            self._raw.execute("BEGIN")
            with self._connection.begin() as transaction:
                try:
                    return question(self._connection, *args, **named)
                finally:
                    transaction.rollback()

    def see(self, statement: str) -> None:
        """Has this connection alone see something else: makes a temporary table."""
        with _explaining(self._path):
            self._raw.execute(statement)

    def close(self) -> None:
        """Lets go of it."""
        self._engine.dispose()
        self._raw.close()


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )


def _refuse_foreign(raw: sqlite3.Connection, path: Path) -> None:
    (ours,) = raw.execute("PRAGMA application_id").fetchone()
    if ours != APPLICATION_ID:
        raise StoreRefused(
            "is a database of another program", where=str(path),
            next_step="Nothing was changed. Name another file",
        )  # fmt: skip


@contextmanager
def made_file(path: Path, *, may_replace: bool) -> Iterator[Path]:
    """Yields the name of an empty file, readable by its owner alone, that takes the place of `path` when all went well.

    Raises NotPossible where something is there that must not be replaced; Unavailable where nothing can be made there.
    What was begun is removed otherwise.
    """
    refuse_to_replace(path, may_replace=may_replace)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield beside
        refuse_to_replace(path, may_replace=may_replace)
        _put(beside, path)
    except OSError as error:
        raise Unavailable(
            f"cannot be written: {error.strerror}", where=str(path), next_step="No file was left behind"
        ) from error
    finally:
        for ending in ("", *OTHERS, "-shm"):
            with suppress(OSError):
                beside.with_name(beside.name + ending).unlink()


def _put(beside: Path, path: Path) -> None:
    for each, flags in ((beside, os.O_RDWR), (path.parent, os.O_RDONLY)):
        if flags == os.O_RDONLY:
            for other in (path, path.with_name(f"{path.name}.lane")):
                share_as(beside, other)  # a database that takes its old place is its users' again
            beside.replace(path)
        descriptor = os.open(each, flags)
        os.fsync(descriptor)
        os.close(descriptor)


def refuse_to_replace(path: Path, *, may_replace: bool) -> None:
    """Raises NotPossible where a file is that must stay: a database that is open, or anything unless it was said."""
    for ending in OTHERS:
        log = path.with_name(path.name + ending)
        if log.exists() and log.stat().st_size:
            raise NotPossible(
                f"a log of a database that is open, or was, lies beside it: {log.name}", where=str(path),
                next_step="Nothing was changed. Name another file",
            )  # fmt: skip
    if path.exists() and (not path.is_file() or (path.stat().st_size and not may_replace)):
        raise NotPossible(
            "there is something of that name already", where=str(path),
            next_step="Nothing was changed. Name another file" + (", or replace it with --force" if path.is_file() else ""),
        )  # fmt: skip


def copy_file(path: Path, to: Path) -> None:
    """Copies the database as it stands at this moment into the empty file `to`, while others go on writing."""
    with _explaining(to, reading=path):
        raw = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None)
        try:
            raw.execute("PRAGMA synchronous=OFF")  # it is synced as a whole before it counts
            raw.execute("VACUUM INTO ?", (str(to),))
        finally:
            raw.close()


@contextmanager
def writing_file(path: Path) -> Iterator[Connection]:
    """One transaction in a file that nobody else knows yet, brought to this program's schema first."""
    with _explaining(path):
        raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}").fetchall()
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
        with _opened(raw, commits=True) as connection:
            upgrade(connection)
            yield connection


def check_file(path: Path) -> None:
    """Raises StoreRefused where the file's own structure is damaged."""
    with reading_file(path) as connection:
        found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(1)").all()]
    if found != ["ok"]:
        raise StoreRefused("is damaged", where=str(path), next_step="Nothing was changed. Take another copy")


@contextmanager
def _opened(raw: sqlite3.Connection, *, commits: bool = False) -> Iterator[Connection]:
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            raw.execute("BEGIN")
            with connection.begin() as transaction:
                yield connection
                if not commits:
                    transaction.rollback()
    finally:
        engine.dispose()
        raw.close()


@contextmanager
def _explaining(path: Path, reading: Path | None = None) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, sqlite3.Error):
            raise
        name = getattr(cause, "sqlite_errorname", "") or ""
        at_fault = path if reading is None or name.startswith(("SQLITE_FULL", "SQLITE_IOERR")) else reading
        raise explained(cause, str(at_fault)) from error
