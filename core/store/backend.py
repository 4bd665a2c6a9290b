"""What the store asks of a database: the seam behind which everything particular to one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection


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


class Backend(Protocol):
    """One database. Used by one thread, except `watch`, whose result another thread may use."""

    where: str
    """The database's name for people."""

    def open(self) -> None:
        """Connects, creating or migrating the schema where needed; raises StoreRefused or StoreUnavailable."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A consistent read of several statements; must be short and fetch all."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """The one transaction: commits at its end, rolls back on any error, then tells the watchers."""
        ...

    def watch(self) -> Watch:
        """Returns a new watch on this database."""
        ...

    def close(self) -> None:
        """Disconnects."""
        ...
