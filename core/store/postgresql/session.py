"""A session that says little: what needs no answer of its own goes ahead of what does, in one message.

BEGIN travels with the first statement of a transaction, a change with whatever is asked next. Statements whose text
never changes are prepared once (PREPARE) and then called by their name, which costs both ends less than the
protocol's own way to do that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format, TransactionStatus

from core.store.postgresql.calling import Calls, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

_FOR_ALL = b"SET LOCAL plan_cache_mode = force_generic_plan"
_AS_EVER = b"SET LOCAL plan_cache_mode = auto"
_FINE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.EMPTY_QUERY})


class Session(psycopg.Connection[Any]):
    """A connection (opened with autocommit) whose transactions are begun with `begin`, and ended as ever."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.cursor_factory = SessionCursor
        self._opening = b""
        self._waiting: list[bytes] = []
        self._calls = Calls()
        self._written = Transformer.from_context(self)
        self._read = Transformer.from_context(self)

    def begin(self, words: bytes) -> None:
        """Has the next message begin a transaction, by `words`: BEGIN, and what is to hold for it."""
        self._opening = words

    def ask(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """Returns the first row that a statement (its values marked $1, $2, …) finds; None where it finds none."""
        rows = self.rows_of(self.say(self.called(statement, values))[-1])
        return rows[0] if rows else None

    def ask_all(self, questions: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
        """Returns all rows that each of several statements finds with its values, asked in one message."""
        results = self.say(b";".join([self.called(statement, values) for statement, values in questions]))
        found = [result for result in results if result.status == ExecStatus.TUPLES_OK]
        return [self.rows_of(result) for result in found[-len(questions) :]]

    def planned_once(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Returns all rows that a statement finds, by the plan that the server made once for all values.

        The server would plan a page anew each time, which takes as long as to read it: by what it guesses of values that
        it does not know the plan is the dearer one.
        """
        message = b"%b;%b;%b" % (_FOR_ALL, self.called(statement, values), _AS_EVER)
        return self.rows_of(self.say(message)[-2])

    def change(self, statement: str, values: Sequence[Any]) -> None:
        """Has a statement done before anything that follows; what goes wrong with it is raised there."""
        self._waiting.append(self.called(statement, values))

    def say(self, message: bytes) -> list[PGresult]:
        """Sends what waits, and `message` behind it; returns the results of all, of which `message`'s are the last.

        Raises the driver's errors.
        """
        results = self.answers(message)
        if (error := self.error_in(results)) is not None:
            raise error
        return results

    def answers(self, message: bytes) -> list[PGresult]:
        """Does the same, and returns what the server answered, an error too, behind which nothing of the message was done.

        It goes past the driver's cursors, which ask of each message what they might prepare of it. Raises the driver's error
        where the connection is lost.
        """
        with self.lock:
            return self.wait(self._exchange(self.behind_what_waits(message)))

    def error_in(self, results: Sequence[PGresult]) -> psycopg.Error | None:
        """Returns the error among some results; None where all went well."""
        failed = next((result for result in results if result.status not in _FINE), None)
        return None if failed is None else error_from_result(failed, encoding=self.info.encoding)

    def rows_of(self, result: PGresult) -> list[tuple[Any, ...]]:
        """Returns the rows of a result."""
        self._read.set_pgresult(result)
        return self._read.load_rows(0, result.ntuples, tuple)

    def _exchange(self, message: bytes) -> PQGen[list[PGresult]]:
        self.pgconn.send_query(message)
        results: list[PGresult] = yield from execute(self.pgconn)
        return results

    def behind_what_waits(self, message: bytes) -> bytes:
        """Returns what waits with `message` behind it, as one message; nothing waits any more."""
        waiting = [*self._waiting, message]
        self._waiting.clear()
        if self._opening:
            waiting.insert(0, self._opening)
            self._opening = b""
        return b";".join(waiting)

    def ahead_of(self, query: object, values: object) -> bytes | None:
        """Returns what waits and a driver's statement with its values as one message.

        None where nothing waits, or where the statement is none that can be said so: then each goes by itself.
        """
        if not (self._opening or self._waiting):
            return None
        message = said(self._calls, query, values, self._written.as_literal)
        return None if message is None else self.behind_what_waits(message)

    def catch_up(self) -> None:
        """Sends what waits, by itself."""
        if self._waiting:
            self.say(self._waiting.pop())
        elif self._opening:
            words, self._opening = self._opening, b""
            self.say(words)

    def commit(self) -> None:
        """Ends the transaction, where one has begun."""
        if self._waiting:
            self.catch_up()
        self._opening = b""
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            super().commit()

    def rollback(self) -> None:
        """Takes the transaction back, where one has begun, and forgets what is prepared.

        What a message that failed was to prepare may not be there. The driver forgets by itself only where it has
        something to take back, which a COMMIT that the server refused leaves nothing of; else where it sees DEALLOCATE ALL.
        That it does with another one behind the whole message: so nothing may be prepared in the same.
        """
        self._opening = b""
        self._waiting.clear()
        super().rollback()
        if self._calls.forget():
            psycopg.Cursor(self).execute(b"DEALLOCATE ALL", prepare=False)

    def cursor(self, name: str = "", **how: Any) -> Any:
        """Returns a cursor; one with a name is kept by the server, in the transaction."""
        if name:
            self.catch_up()
        return super().cursor(name, **how)

    def called(self, statement: str, values: Sequence[Any], named: str = "w") -> bytes:
        """Returns what calls a statement by its name, behind what prepares it where it is not yet.

        Others on the server see the name (pg_stat_activity): `named`, and a number that the session gives but once.
        """
        return self._calls.call(
            statement.encode(), [self._written.as_literal(value) for value in values], named.encode()
        )


class SessionCursor(psycopg.Cursor[Any]):
    """A cursor of a session: what waits is sent before anything it does, in the same message where that can be."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """Asks a statement."""
        message = None
        if self.format is Format.TEXT and not any(how.values()):
            message = self._session().ahead_of(query, params)
        if message is None:
            self._session().catch_up()
            return super().execute(query, params, **how)
        return super().execute(message, prepare=False).set_result(-1)

    def executemany(self, *args: Any, **named: Any) -> None:
        """Asks a statement with each of many sets of values."""
        self._session().catch_up()
        super().executemany(*args, **named)

    def stream(self, *args: Any, **named: Any) -> Any:
        """Asks a statement whose rows come one by one."""
        self._session().catch_up()
        return super().stream(*args, **named)

    def copy(self, *args: Any, **named: Any) -> Any:
        """Begins to copy."""
        self._session().catch_up()
        return super().copy(*args, **named)

    def _session(self) -> Session:
        session = self.connection
        assert isinstance(session, Session)
        return session
