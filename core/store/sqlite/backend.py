"""The embedded database as the store sees it.

Why it is set up as it is (all measured, see docs/decisions): WAL with FULL sync loses nothing that was
acknowledged, also at a power cut; BEGIN IMMEDIATE never meets 'database is locked' on an upgrade;
automatic checkpoints are off, because one slow reader makes each commit retry them, and are replaced by
one rule inside the lane, where no other writer can be active.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import StoreRefused, StoreUnavailable
from core.store.schema import PROGRAM_SCHEMA, check_readable, schema_of
from core.store.sqlite.doorbell import Bell
from core.store.sqlite.failures import explained, is_full
from core.store.sqlite.lane import Lane
from core.store.sqlite.watch import SqliteWatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

APPLICATION_ID = 0x57464C52  # "WFLR"
CHECKPOINT_BYTES = 4 * 1024 * 1024
CHECKPOINT_PATIENCE_S = 0.05
BUSY_S = 5.0
BALLAST_BYTES = 1024 * 1024


class SqliteBackend:
    """One embedded database file, its lane, its doorbell and its ballast."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._wal = path.with_name(path.name + "-wal")
        self._ballast = path.with_name(path.name + ".ballast")
        self._doorbells = path.with_name(path.name + ".doorbells")
        self._lane = Lane(path.with_name(path.name + ".lane"))
        self._bell = Bell(self._doorbells)
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._begin = "BEGIN"
        self._checkpoint_at = CHECKPOINT_BYTES
        self._checkpoint_after = 0.0

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
        self._lay_ballast()

    def _open(self) -> None:
        with self._explaining():
            self._connect()
            if self._needs_schema():
                with self._lane.held():
                    self._make_schema()
            connection = self._open_connection()
            with connection.begin() as transaction:
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
        self._lane.close()
        self._bell.close()

    def watch(self) -> SqliteWatch:
        """Returns a watch for one other thread."""
        return SqliteWatch(self._path, self._doorbells)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent read; ends with rollback so that no read transaction stays open."""
        with self._explaining():
            connection = self._open_connection()
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The lane, BEGIN IMMEDIATE, the work, COMMIT, the checkpoint rule, the bell."""
        with self._explaining():
            connection = self._open_connection()
            with self._lane.held():
                with self._immediate(connection):
                    yield connection
                self._checkpoint_when_due()
            self._bell.ring()

    def free_ballast(self) -> bool:
        """Removes the file kept against a full disk; True when there was one, so that trying again may help."""
        try:
            self._ballast.unlink()
        except OSError:
            return False
        return True

    @contextmanager
    def _immediate(self, connection: Connection) -> Iterator[None]:
        self._begin = "BEGIN IMMEDIATE"
        try:
            transaction = connection.begin()
        finally:
            self._begin = "BEGIN"
        with transaction:
            yield

    def _open_connection(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.invalidated:
            self._connect()
        if self._connection is None:
            raise StoreUnavailable("is not open", where=self.where)
        return self._connection

    def _connect(self) -> None:
        if self._engine is None:
            self._engine = create_engine("sqlite://", creator=self._raw_connection, poolclass=NullPool)
            event.listen(self._engine, "begin", lambda c: c.exec_driver_sql(self._begin))
        self._connection = self._engine.connect()

    def _raw_connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "foreign_keys=ON",
            "temp_store=MEMORY", "cache_size=-8000", "secure_delete=OFF",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection

    def _needs_schema(self) -> bool:
        connection = self._open_connection()
        with connection.begin() as transaction:
            ours = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
            if ours != APPLICATION_ID and tables:
                raise StoreRefused(
                    "is a database of another program", where=self.where,
                    next_step="Name another file with --db; this one was not touched",
                )  # fmt: skip
            older = not tables or schema_of(connection).version < PROGRAM_SCHEMA
            transaction.rollback()
        return older

    def _make_schema(self) -> None:
        from core.store.migrations.upgrade import (
            upgrade,  # alembic is imported only when there is work for it
        )

        connection = self._open_connection()
        with self._immediate(connection):
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            upgrade(connection)

    def _checkpoint_when_due(self) -> None:
        """Empties the log when it has grown; on a connection of its own, within the lane, hardly waiting.

        A reader in the way makes it stop early: then the log may grow by the same amount, or a second pass,
        before the next try.
        """
        try:
            size = self._wal.stat().st_size
        except OSError:
            return
        if size < self._checkpoint_at or time.monotonic() < self._checkpoint_after:
            return
        connection = sqlite3.connect(self._path, timeout=CHECKPOINT_PATIENCE_S, isolation_level=None)
        try:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            busy = 1  # a full disk cannot be checkpointed either; the commit itself stands
        finally:
            connection.close()
        self._checkpoint_at = size + CHECKPOINT_BYTES if busy else CHECKPOINT_BYTES
        self._checkpoint_after = time.monotonic() + 1.0 if busy else 0.0

    def _lay_ballast(self) -> None:
        """Keeps a little room, given up when the disk is full, so that the night's incident can still be closed."""
        if self._ballast.exists():
            return
        try:
            self._ballast.write_bytes(b"\0" * BALLAST_BYTES)
        except OSError:
            self._ballast.unlink(missing_ok=True)  # no room: exactly when there is nothing to set aside

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
            self.free_ballast()
        return explained(error, self.where)
