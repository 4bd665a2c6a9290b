"""The embedded database as the store sees it.

Why it is set up as it is (all measured, see docs/decisions): WAL with FULL sync loses nothing that was
acknowledged, also at a power cut; BEGIN IMMEDIATE never meets 'database is locked' on an upgrade;
automatic checkpoints are off, because one slow reader makes each commit retry them, and are replaced by
one rule inside the lane, where no other writer can be active. A checkpoint there never waits for a reader
(PASSIVE), and leaves the log's file as long as it is: to write over it costs half of making it longer.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import StoreAway, StoreRefused, StoreUnavailable
from core.journal.appending import append
from core.store.marks import mark_of, marked_refusal, unmarked
from core.store.schema import PROGRAM_SCHEMA, SchemaInfo, check_readable, check_writable, schema_of
from core.store.sqlite.ballast import Ballast
from core.store.sqlite.doorbell import Bell
from core.store.sqlite.failures import explained, is_busy, is_full
from core.store.sqlite.lane import Lane
from core.store.sqlite.log import Log
from core.store.sqlite.scouring import scour
from core.store.sqlite.sharing import refuse_to_lock_out, share_as
from core.store.sqlite.watch import SqliteWatch
from core.store.statements import CoreStatements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine, RootTransaction

    from core.journal.appending import Recorded

APPLICATION_ID = 0x57464C52  # "WFLR"
CHECKPOINT_BYTES = 4 * 1024 * 1024
LOG_BYTES = 2 * CHECKPOINT_BYTES
"""What is kept of the log's file after a reader made it grow."""
BUSY_S = 5.0
"""So long a foreign program's lock is waited for, in all."""
TRY_S = 0.25
"""So long at a time: whoever meets such a lock gives up the lane between, that others may meet it too."""

_SCHEMA = "SELECT version, min_reader, min_writer FROM schema_info"


class SqliteBackend:
    """One embedded database file, its lane, its doorbell and its ballast."""

    identity: str | None = None
    roles: frozenset[str] | None = None
    is_shared = False

    def __init__(self, path: Path, *, despite_mark: bool = False) -> None:
        self.where = str(path)
        self._despite_mark = despite_mark
        self._path = path
        self._log = Log(path.with_name(path.name + "-wal"), CHECKPOINT_BYTES)
        self._ballast = Ballast(path.with_name(path.name + ".ballast"))
        self._doorbells = path.with_name(path.name + ".doorbells")
        self._lane = Lane(path.with_name(path.name + ".lane"))
        self._bell = Bell(self._doorbells)
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None
        self._is_quiet = False

    def open(self) -> None:
        """Connects; makes or migrates the schema under the lane where the file asks for it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"the folder cannot be made: {error.strerror}", where=str(self._path.parent),
                next_step="Name another place with --db",
            ) from error  # fmt: skip
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        self._ballast.lay()

    def _open(self) -> None:
        with self._explaining():
            self._connect()
            if self._needs_schema():
                self._make_schema()
            connection = self._open_connection()
            with self._begun(connection) as transaction:
                info = schema_of(connection)
                transaction.rollback()
            check_readable(info, self.where)

    def close(self) -> None:
        """Disconnects."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        self._log.close()
        self._lane.close()
        self._bell.close()

    def origin(self) -> str:
        """Returns the file's place, whichever link leads there."""
        return str(self._path.resolve())

    def watch(self) -> SqliteWatch:
        """Returns a watch for one other thread."""
        return SqliteWatch(self._path, self._doorbells)

    def statements(self, connection: Connection) -> CoreStatements:
        """Returns what runs fixed statements."""
        return CoreStatements(connection)

    def now(self, connection: Connection) -> datetime | None:  # noqa: ARG002
        """Returns None: there is one machine, and one clock."""
        return None

    def append(
        self, connection: Connection, entries: Sequence[Recorded], *, via: str, at: datetime, key: str | None
    ) -> None:
        """Adds the entries; nobody else writes before the commit."""
        append(connection, entries, via=via, at=at, key=key)

    def flush(self) -> None:
        """Does nothing: what is committed is on disk."""

    def keep_quiet(self) -> None:
        """Has the bell tell of this transaction as no news."""
        self._is_quiet = True

    def scour(self) -> str:
        """Writes the file anew, within the lane."""
        with self._explaining():
            connection = self._open_connection()
            self._lane.enter()
            try:
                return scour(_raw(connection))
            finally:
                self._lane.leave()

    def is_worth_again(self, error: BaseException) -> bool:  # noqa: ARG002
        """Returns False: writers do not meet."""
        return False

    def is_key_taken(self, error: BaseException) -> bool:  # noqa: ARG002
        """Returns False: a commit has no unknown end here."""
        return False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent read; ends with rollback so that no read transaction stays open."""
        with self._explaining():
            connection = self._open_connection()
            with self._begun(connection) as transaction:
                check_readable(
                    _schema_in(connection), self.where
                )  # a newer program may have migrated it since
                yield connection
                transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The lane, BEGIN IMMEDIATE, the work, COMMIT, the checkpoint rule, the bell."""
        self._is_quiet = False
        with self._explaining():
            connection = self._open_connection()
            with self._written(connection):
                self._check_writable(connection)
                yield connection
            if self._is_quiet:
                self._bell.hush()
            else:
                self._bell.ring()
            self._ballast.lay_when_due()

    def _check_writable(self, connection: Connection) -> None:
        """Asks within the transaction: an open console finds at its next command what was done to the database since."""
        info = _schema_in(connection)
        mark = mark_of(info.min_writer)
        if mark and not self._despite_mark:
            from core.store.moving.holding import moved_to

            raise marked_refusal(mark, self.where, moved_to(connection))
        check_writable(info._replace(min_writer=unmarked(info.min_writer)), self.where)

    @contextmanager
    def _written(self, connection: Connection) -> Iterator[None]:
        transaction = self._begin_in_lane(connection)
        try:
            with transaction:
                yield
            if self._log.is_due():
                self._checkpoint(connection)
        finally:
            self._lane.leave()

    def _begin_in_lane(self, connection: Connection) -> RootTransaction:
        """Enters the lane and begins to write, for BUSY_S again and again where a foreign program holds the database."""
        ends = time.monotonic() + BUSY_S
        while True:
            self._lane.enter()
            try:
                return _begin(connection, "BEGIN IMMEDIATE")
            except BaseException as error:
                self._lane.leave()
                if not is_busy(error) or time.monotonic() >= ends:
                    raise

    @contextmanager
    def _begun(self, connection: Connection) -> Iterator[RootTransaction]:
        """Begins to read the database as it stands now; a foreign program that keeps even readers out is waited for."""
        ends = time.monotonic() + BUSY_S
        while True:
            transaction = _begin(connection, "BEGIN")
            try:
                _raw(connection).execute("PRAGMA schema_version").fetchone()
            except BaseException as error:
                transaction.rollback()
                if not is_busy(error) or time.monotonic() >= ends:
                    raise
            else:
                break
        with transaction:
            yield transaction

    def _open_connection(self) -> Connection:
        if self._connection is not None and self._file_at_its_place() != self._file:
            self.close()  # the file at its place is another: one that was restored, for example
            self._open()
        if self._connection is None or self._connection.closed or self._connection.invalidated:
            self._connect()
        if self._connection is None:
            raise StoreUnavailable("is not open", where=self.where)
        return self._connection

    def _connect(self) -> None:
        if self._engine is None:
            self._engine = create_engine("sqlite://", creator=self._raw_connection, poolclass=NullPool)
        self._connection = self._engine.connect()
        self._file = self._file_at_its_place()

    def _file_at_its_place(self) -> tuple[int, int]:
        """Returns which file the database's name stands for. Raises StoreUnavailable when there is none.

        One that was moved or removed while open goes on taking what is written, and nobody would find it there.
        """
        try:
            found = os.stat(self._path)  # noqa: PTH116  (asked at each question: a Path costs more than the answer)
        except OSError as error:
            raise StoreAway(
                f"the file is no longer at its place: {error.strerror}", where=self.where,
                next_step="Nothing was changed. Put the file back, or end this program",
            ) from error  # fmt: skip
        return found.st_dev, found.st_ino

    def _raw_connection(self) -> sqlite3.Connection:
        refuse_to_lock_out(self._path)
        connection = sqlite3.connect(
            self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._refuse_foreign(connection)
        except BaseException:
            connection.close()
            raise
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "foreign_keys=ON",
            "temp_store=MEMORY", "cache_size=-2000", "secure_delete=OFF", f"journal_size_limit={LOG_BYTES}",
            f"busy_timeout={TRY_S * 1000:.0f}",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        """Raises StoreRefused for another program's database, before anything changes its file: our journal mode would."""
        connection.execute("BEGIN")  # one picture: another process may be making the schema just now
        (ours,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        connection.execute("ROLLBACK")
        if ours != APPLICATION_ID and tables:
            raise StoreRefused(
                "is a database of another program", where=self.where,
                next_step="Name another file with --db; this one was not touched",
            )  # fmt: skip

    def _needs_schema(self) -> bool:
        connection = self._open_connection()
        with self._begun(connection) as transaction:
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
            older = not tables or schema_of(connection).version < PROGRAM_SCHEMA
            transaction.rollback()
        return older

    def _make_schema(self) -> None:
        from core.store.migrations.upgrade import (
            upgrade,  # alembic is imported only when there is work for it
        )

        connection = self._open_connection()
        with self._written(connection):
            is_new = not _raw(connection).execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            upgrade(connection)
        if is_new:
            for ending in ("", "-wal", "-shm"):
                share_as(self._path.with_name(self._path.name + ending), self._lane.path)

    def _checkpoint(self, connection: Connection) -> None:
        """Empties the log as far as no reader needs it, within the lane, waiting for nobody."""
        try:
            _, frames, _ = _raw(connection).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error:
            frames = 0  # a full disk cannot be checkpointed either; the commit itself stands
        self._log.note_tried(frames)
        self._ballast.lay()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._explained(error.orig) from error
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _explained(self, error: Any) -> Exception:
        if not isinstance(error, sqlite3.Error):
            return StoreUnavailable(str(error), where=self.where)
        if is_full(error):
            self._ballast.spend()
        return explained(error, self.where)


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _schema_in(connection: Connection) -> SchemaInfo:
    """Returns the schema, within a transaction; asked at each, so past SQLAlchemy: some microseconds."""
    return SchemaInfo(*_raw(connection).execute(_SCHEMA).fetchone())


def _begin(connection: Connection, statement: str) -> RootTransaction:
    """Begins with `statement`, which the driver would choose otherwise; it begins nothing by itself."""
    _raw(connection).execute(statement)
    return connection.begin()
