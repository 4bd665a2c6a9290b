"""A session that says little: what needs no answer of its own goes ahead of what does, in one message.

BEGIN travels with the first statement of a transaction, a change with whatever is asked next. Statements whose text
never changes are prepared once (PREPARE) and then called by their name, which costs both ends less than the
protocol's own way to do that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.adapt import Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self


class Session(psycopg.Connection[Any]):
    """A connection (opened with autocommit) whose transactions are begun with `begin`, and ended as ever."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.cursor_factory = SessionCursor
        self._opening = b""
        self._waiting: list[bytes] = []
        self._called_by: dict[str, bytes] = {}
        self._last_name = 0
        self._written = Transformer.from_context(self)
        self._asking: psycopg.Cursor[Any] = psycopg.Cursor(self)

    def begin(self, words: bytes) -> None:
        """Has the next message begin a transaction, by `words`: BEGIN, and what is to hold for it."""
        self._opening = words

    def ask(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """Returns the first row that a statement (its values marked $1, $2, …) finds; None where it finds none."""
        row: tuple[Any, ...] | None = self.say(self._called(statement, values)).set_result(-1).fetchone()
        return row

    def ask_all(self, questions: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
        """Returns all rows that each of several statements finds with its values, asked in one message."""
        cursor = self.say(b";".join([self._called(statement, values) for statement, values in questions]))
        found: list[list[tuple[Any, ...]]] = []
        is_more: bool | None = True
        while is_more:
            if cursor.description is not None:
                found.append(cursor.fetchall())
            is_more = cursor.nextset()
        return found[-len(questions) :]

    def change(self, statement: str, values: Sequence[Any]) -> None:
        """Has a statement done before anything that follows; what goes wrong with it is raised there."""
        self._waiting.append(self._called(statement, values))

    def say(self, message: bytes) -> psycopg.Cursor[Any]:
        """Sends what waits, and `message` behind it; returns the cursor with all results, of which `message`'s are the last."""
        waiting = [*self._waiting, message]
        self._waiting.clear()
        if self._opening:
            waiting.insert(0, self._opening)
            self._opening = b""
        return self._asking.execute(b";".join(waiting), prepare=False)

    def catch_up(self) -> None:
        """Sends what waits, by itself."""
        if self._waiting:
            self.say(self._waiting.pop())
        elif self._opening:
            words, self._opening = self._opening, b""
            self.say(words)

    def literal(self, value: Any) -> bytes:
        """Returns a value as it is written in a statement."""
        return self._written.as_literal(value)

    def commit(self) -> None:
        """Ends the transaction, where one has begun."""
        if self._waiting:
            self.catch_up()
        self._opening = b""
        super().commit()

    def rollback(self) -> None:
        """Takes the transaction back, where one has begun. The driver forgets what is prepared, and so does the server."""
        self._opening = b""
        self._waiting.clear()
        super().rollback()
        if self._called_by:
            self._called_by.clear()
            self._waiting.append(b"DEALLOCATE ALL")

    def cursor(self, name: str = "", **how: Any) -> Any:
        """Returns a cursor; one with a name is kept by the server, in the transaction."""
        if name:
            self.catch_up()
        return super().cursor(name, **how)

    def _called(self, statement: str, values: Sequence[Any]) -> bytes:
        """Returns what calls a statement by its name, behind what prepares it where it is not yet."""
        written = b",".join([self._written.as_literal(value) for value in values])
        name = self._called_by.get(statement)
        if name is None:
            self._last_name += 1
            name = self._called_by[statement] = b"w%d" % self._last_name
            return b"PREPARE %b AS %b;EXECUTE %b(%b)" % (name, statement.encode(), name, written)
        return b"EXECUTE %b(%b)" % (name, written)


class SessionCursor(psycopg.Cursor[Any]):
    """A cursor of a session: what waits is sent before anything it does."""

    def execute(self, *args: Any, **named: Any) -> Self:
        """Asks a statement."""
        self._catch_up()
        return super().execute(*args, **named)

    def executemany(self, *args: Any, **named: Any) -> None:
        """Asks a statement with each of many sets of values."""
        self._catch_up()
        super().executemany(*args, **named)

    def stream(self, *args: Any, **named: Any) -> Any:
        """Asks a statement whose rows come one by one."""
        self._catch_up()
        return super().stream(*args, **named)

    def copy(self, *args: Any, **named: Any) -> Any:
        """Begins to copy."""
        self._catch_up()
        return super().copy(*args, **named)

    def _catch_up(self) -> None:
        session = self.connection
        assert isinstance(session, Session)
        session.catch_up()
