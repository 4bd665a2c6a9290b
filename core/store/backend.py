"""What the store asks of a database: the seam behind which everything particular to one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Insert, Select, Update

    from core.journal.appending import Recorded


class Watch(Protocol):
    """Waits for the hint that the database may have changed. Used by one thread; `wake` by any."""

    def wait(self, seconds: float) -> bool:
        """Returns True when something may have changed, False after `seconds` without a hint."""
        ...

    def wake(self) -> None:
        """Ends a waiting `wait` at once."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


class Statements(Protocol):
    """Runs statements whose text never changes, inside the transaction of `writing`."""

    def first(self, statement: Select[Any], values: Mapping[str, Any]) -> Any:
        """Returns the first row, its columns by name; None where there is none."""
        ...

    def several(self, questions: Sequence[tuple[Select[Any], Mapping[str, Any]]]) -> list[list[Any]]:
        """Returns what each of several statements finds with its values, all asked at once: rows, their columns by name."""
        ...

    def change(self, statement: Update | Insert, values: Mapping[str, Any]) -> None:
        """Has rows changed, or one added, before anything that follows; what goes wrong may be raised there."""
        ...


class Backend(Protocol):
    """One database. Used by one thread, except `watch`, whose result another thread may use."""

    where: str
    """The database's name for people."""

    identity: str | None
    """Who the database says this session is; None where it knows nobody. Known once it is open."""
    roles: frozenset[str] | None
    """Which roles it says this session has; None where it knows nobody."""
    is_shared: bool
    """Whether others reach it over connections that can be lost: commands then carry a key of their own."""

    def origin(self) -> str:
        """Returns what tells this database from every other, whoever opens it and by whichever way. Asked once it is open."""
        ...

    def open(self) -> None:
        """Connects; an embedded one creates or migrates its schema. Raises StoreRefused or StoreUnavailable."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A consistent read of several statements; must be short and fetch all."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """The one transaction: commits at its end, rolls back on any error, then tells the watchers."""
        ...

    def statements(self, connection: Connection) -> Statements:
        """Returns what runs fixed statements on the connection that `writing` gave."""
        ...

    def now(self, connection: Connection) -> datetime | None:
        """Returns the instant by the database's own clock; None where the process's is the one that counts."""
        ...

    def append(
        self, connection: Connection, entries: Sequence[Recorded], *, via: str, at: datetime, key: str | None
    ) -> None:
        """Adds the entries as the last thing before the commit of `writing`, after which they know their numbers."""
        ...

    def flush(self) -> None:
        """Waits until all that was committed is on disk."""
        ...

    def keep_quiet(self) -> None:
        """Called within `writing`: nothing that anybody shows was changed, and nobody need be woken for its commit."""
        ...

    def scour(self) -> str:
        """Has nothing left of what was taken out of rows, as far as that is in its hand; returns what is left, and where."""
        ...

    def is_worth_again(self, error: BaseException) -> bool:
        """Tells whether a command only met another one at the same moment: it may be done again from its beginning."""
        ...

    def is_key_taken(self, error: BaseException) -> bool:
        """Tells whether a command was refused for its key: the journal may hold it already."""
        ...

    def watch(self) -> Watch:
        """Returns a new watch on this database."""
        ...

    def close(self) -> None:
        """Disconnects."""
        ...
