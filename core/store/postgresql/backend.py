"""The shared database as the store sees it.

Why it is as it is (measured, see docs/decisions): one head row orders all writers and is locked last, by
the function that appends the entries, whose call and the COMMIT go to the server in one message: so the
lock is never held across a round trip, numbers are gapless and in the order of the commits, and the
cursor of every reader is one number. Where others write, too, the lock is handed on before the disk has the
entry, and the disk waited for behind it. Commands read the rows they change with a lock (READ COMMITTED);
questions see one picture (REPEATABLE READ, read-only).
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.errors import OutcomeUnknown, Outdated, StoreRefused, StoreUnavailable
from core.gate.rights import Role
from core.store.postgresql.appending import NotFlushed, append_and_commit, flush
from core.store.postgresql.connecting import connect, session
from core.store.postgresql.failures import AGAIN, UPGRADED, explained, is_about_rights, is_lost
from core.store.postgresql.holding import PASS_GATE
from core.store.postgresql.place import shown
from core.store.postgresql.session import Session
from core.store.postgresql.standing import standing_of
from core.store.postgresql.statements import SessionStatements
from core.store.postgresql.waiting import is_outwaited, who_holds
from core.store.postgresql.watch import PostgresWatch
from core.store.schema import PROGRAM_SCHEMA, check_readable, check_writable, schema_of
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from core.journal.appending import Recorded
    from core.store.schema import SchemaInfo

T = TypeVar("T")

SCHEMA_S = 2.0
"""So long what the database says of its schema is taken for true: then an upgrade meanwhile is found. The server itself
lets no program append that an upgrade shut out."""
CLOCK_S = 60.0
"""So long the server's clock is gone on with by our own steady one, which nobody sets."""
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

_LOOKING = b"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_READING = _LOOKING + PASS_GATE
_WRITING = b"BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE" + PASS_GATE
_ROLES = "SELECT r FROM unnest(%s::text[]) r WHERE has_role(r)"
_WHICH = (
    "SELECT oid::text, has_function_privilege('pg_control_system()', 'EXECUTE') FROM pg_database "
    "WHERE datname = current_database()"
)
_SERVER = "SELECT system_identifier::text FROM pg_control_system()"
_WHO = (
    "SELECT CASE WHEN is_trusted() THEN NULL ELSE session_user::text END, (SELECT bool_and(has_function_privilege(p.oid, 'EXECUTE')) "
    "FROM pg_proc p WHERE p.proname = 'pg_logical_emit_message' AND p.pronamespace = 'pg_catalog'::regnamespace)"
)


class PostgresBackend:
    """One database on a server, through one connection; lost ones are opened anew at the next question."""

    is_shared = True

    def __init__(self, conninfo: str, *, only_looks: bool = False) -> None:
        self.where = shown(conninfo)
        self._only_looks = only_looks
        self._conninfo = conninfo
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._session: Session
        self._schema: SchemaInfo | None = None
        self._schema_at = 0.0
        self.identity: str | None = None
        self._may_hand_on = False
        self._next, self._are_others = 0, False
        self.roles: frozenset[str] | None = None
        self._clock: tuple[float, datetime] | None = None
        self._appended: tuple[Sequence[Recorded], str, datetime, str | None] | None = None

    def open(self) -> None:
        """Connects and checks the schema. Raises StoreRefused, StoreUnavailable."""
        try:
            self._opened()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Disconnects."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def origin(self) -> str:
        """Returns the server's own number and the database's in it; the place where the server keeps its number to itself."""
        with self.reading():
            database, is_told = _one(self._session.execute(_WHICH))
            server = _one(self._session.execute(_SERVER))[0] if is_told else self.where
        return f"postgresql:{server}:{database}"

    def watch(self) -> PostgresWatch:
        """Returns a watch for one other thread."""
        return PostgresWatch(self._connect)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent read: nothing that others commit meanwhile is seen in half."""
        connection = self._opened()
        with self._explaining():
            self._session.begin(_LOOKING if self._only_looks else _READING)
            with connection.begin():
                if not self._only_looks:
                    self._look_at_schema(connection)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """BEGIN, the work, then what `append` sends on with the COMMIT.

        Raises OutcomeUnknown when the connection is lost while the COMMIT is under way.
        """
        connection = self._opened()
        with self._explaining():
            self._session.begin(_WRITING)
            transaction = connection.begin()
            try:
                check_writable(self._look_at_schema(connection), self.where)
                yield connection
            except BaseException:
                self._give_up(transaction)
                raise
            self._commit(transaction)

    def statements(self, connection: Connection) -> SessionStatements:  # noqa: ARG002
        """Returns what runs fixed statements."""
        return SessionStatements(self._session)

    def now(self, connection: Connection) -> datetime | None:  # noqa: ARG002
        """Returns the server's instant: one clock for all consoles, whatever theirs say, asked for once a minute."""
        if self._clock is None or time.monotonic() - self._clock[0] > CLOCK_S:
            began = time.monotonic()
            told = _one(self._session.execute(_NOW))[0]
            self._ask_roles()
            self._clock = ((began + time.monotonic()) / 2, from_micros(told))
        asked, at = self._clock
        return at + timedelta(seconds=time.monotonic() - asked)

    def append(
        self,
        connection: Connection,  # noqa: ARG002
        entries: Sequence[Recorded],
        *,
        via: str,
        at: datetime,
        key: str | None,
    ) -> None:
        """Sends the entries on with the COMMIT that follows; they know their numbers after it."""
        self._appended = (entries, via, at, key)

    def flush(self) -> None:
        """Waits until all that was committed is on disk: a connection may have been lost between the COMMIT and that."""
        with self._explaining():
            if self._may_hand_on:
                flush(self._session)

    def keep_quiet(self) -> None:
        """Does nothing: the server itself tells the others of what they show, and of nothing else."""

    def scour(self) -> str:
        """Returns what the server keeps, and for how long: what becomes of its files is its administrator's to say."""
        return (
            "the server keeps rows as they were until its next VACUUM, and in its write-ahead log and its backups for as "
            "long as these are kept"
        )

    def is_worth_again(self, error: BaseException) -> bool:
        """Tells whether a command met another one at the same rows, or an upgrade, or what it had prepared has changed under it.

        So it is where nobody stands in the way any more: an upgrade ends at any moment.
        """
        cause = error.__cause__
        met = cause.orig if isinstance(cause, DBAPIError) else cause
        if isinstance(met, psycopg.errors.LockNotAvailable):
            return self._asked_aside(is_outwaited) or False
        return isinstance(met, (*AGAIN, psycopg.errors.FeatureNotSupported))

    def is_key_taken(self, error: BaseException) -> bool:
        """Tells whether an entry, or another row, of that key stands there already."""
        cause = error.__cause__
        return isinstance(
            cause.orig if isinstance(cause, DBAPIError) else cause, psycopg.errors.UniqueViolation
        )

    def _commit(self, transaction: Any) -> None:
        raw = self._session
        waiting, self._appended = self._appended, None
        try:
            if waiting is not None:
                entries, via, at, key = waiting
                handed_on = self._may_hand_on and self._are_others
                append_and_commit(raw, entries, via=via, at=at, key=key, is_handed_on=handed_on)
                if entries:
                    self._are_others = entries[0].seq != self._next
                    self._next = entries[-1].seq + 1
            transaction.commit()
        except BaseException as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if isinstance(cause, NotFlushed) or (isinstance(cause, BaseException) and is_lost(cause)):
                self._drop()
                raise OutcomeUnknown(
                    "it was written, and the server did not say that it is on disk" if isinstance(cause, NotFlushed)
                    else "the connection was lost while it was being written", where=self.where,
                    next_step="Whether it was done is in the log: look there before you do it again",
                ) from error  # fmt: skip
            self._give_up(transaction)
            raise

    def _give_up(self, transaction: Any) -> None:
        """Rolls back; a connection that cannot even do that is dropped.

        A COMMIT that the server refused leaves SQLAlchemy's transaction ended and the server's failed.
        """
        self._appended = None
        try:
            transaction.rollback()
            raw = self._session
            if raw.info.transaction_status is not TransactionStatus.IDLE:
                raw.rollback()
        except (DBAPIError, psycopg.Error):
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._clock = None
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _opened(self) -> Connection:
        connection = self._connection
        if (
            connection is not None
            and not connection.closed
            and not connection.invalidated
            and not self._session.closed
        ):
            return connection
        self._drop()
        with self._explaining():
            if self._engine is None:
                self._engine = create_engine(
                    "postgresql+psycopg://",
                    creator=lambda: session(self._conninfo),
                    poolclass=NullPool,
                    pool_reset_on_return=None,  # it is not returned to be used again, but closed
                    use_native_hstore=False,
                )
            self._connection = self._engine.connect()
            self._session = _under(self._connection)
            try:
                self._check(self._connection)
            except BaseException:
                self._drop()  # it is not worked with before it was found to be in order
                raise
            return self._connection

    def _look_at_schema(self, connection: Connection) -> SchemaInfo:
        """Returns the schema, as it was said at most SCHEMA_S ago. Raises Outdated where it may no longer be read."""
        if self._schema is None or time.monotonic() - self._schema_at > SCHEMA_S:
            self._schema = None
            info = schema_of(connection)
            check_readable(info, self.where)
            self._schema, self._schema_at = info, time.monotonic()
        return self._schema

    def _check(self, connection: Connection) -> None:
        self._schema = None
        if self._only_looks:  # at whatever schema it has
            return
        self._session.begin(_READING)
        with connection.begin():
            info = self._look_at_schema(connection)
            self.identity, self._may_hand_on = _one(self._session.execute(_WHO))
            self._ask_roles()
        if info.version < PROGRAM_SCHEMA:
            raise StoreRefused(
                f"this database has schema {info.version}, this program needs {PROGRAM_SCHEMA}", where=self.where,
                next_step="An administrator runs `watchfloor admin upgrade`; consoles may stay attached",
            )  # fmt: skip

    def _ask_roles(self) -> None:
        """Takes in which roles the session has; the server enforces them whatever is known here."""
        if self.identity is not None:
            found = self._session.execute(_ROLES, (list(Role),)).fetchall()
            self.roles = frozenset(str(row[0]) for row in found)

    def _connect(self) -> psycopg.Connection[Any]:
        return connect(self._conninfo)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._explained(error.orig) from error
        except psycopg.Error as error:
            raise self._explained(error) from error

    def _explained(self, error: BaseException | None) -> Exception:
        if not isinstance(error, psycopg.Error):
            return StoreUnavailable(str(error), where=self.where)
        if is_lost(error):
            self._drop()
        elif isinstance(error, UPGRADED) and (outdated := self._outdated()) is not None:
            return outdated
        elif is_about_rights(error) and (refusal := self._refusal(error)) is not None:
            return refusal
        holder = self._asked_aside(who_holds) if isinstance(error, psycopg.errors.LockNotAvailable) else None
        return explained(error, self.where, holder)

    def _asked_aside(self, question: Callable[[Session], T]) -> T | None:
        """Returns the answer to a question once a transaction has failed; None where nobody answers, too."""
        if self._connection is None or self._connection.in_transaction():
            return None
        with suppress(DBAPIError, psycopg.Error):
            self._session.begin(_LOOKING)
            with self._connection.begin():
                return question(self._session)
        return None

    def _refusal(self, error: psycopg.Error) -> Exception | None:
        """Returns what the person's standing says of an error; it may have changed while the session was open.

        Asked over a connection of its own: the session's may be in no state to be asked.
        """
        with suppress(psycopg.Error), self._connect() as one:
            standing = standing_of(one)
            self._clock = None  # the roles are asked for anew, too
            why_not = standing.why_not(self.where)
            is_right = isinstance(error, psycopg.errors.InsufficientPrivilege)
            return why_not or (standing.refusal() if is_right else None)
        return None

    def _outdated(self) -> Exception | None:
        """Returns what an upgrade since has to say, where one is behind an error; the transaction has ended."""
        if self._connection is None or self._connection.in_transaction():
            return None
        self._schema = None
        with suppress(DBAPIError, psycopg.Error):
            try:
                self._session.begin(_READING)
                with self._connection.begin():
                    info = self._look_at_schema(self._connection)
                check_writable(info, self.where)
            except (Outdated, StoreUnavailable) as told:
                return told
        return None


def _under(connection: Connection) -> Session:
    session = connection.connection.driver_connection
    assert isinstance(session, Session)
    return session


def _one(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row
