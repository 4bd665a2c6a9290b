"""The one database thread of a process: questions and commands in order, answers as futures.

An event loop never waits for the database: it submits and goes on. Closing waits for what was submitted.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.store.backend import Watch
    from core.store.work import Author

T = TypeVar("T")


class DatabaseThread:
    """A Store on a thread of its own."""

    def __init__(self, place: str | Path) -> None:
        self._place = place
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._store: Store | None = None

    def open(self) -> Future[str]:
        """Opens the database; the future holds its name for people, or StoreRefused, StoreUnavailable."""
        return self._thread.submit(self._open)

    def identity(self) -> Future[str | None]:
        """Returns who the database says this is; None where it knows nobody."""
        return self._thread.submit(lambda: self._opened().identity)

    def roles(self) -> Future[frozenset[str] | None]:
        """Returns which roles the database says this has; None where it knows nobody."""
        return self._thread.submit(lambda: self._opened().roles)

    def origin(self) -> Future[str]:
        """Returns what tells this database from every other, whoever opens it and by whichever way."""
        return self._thread.submit(lambda: self._opened().origin())

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> Future[T]:
        """Asks `question(connection, *args, **named)`."""
        return self._thread.submit(lambda: self._opened().read(question, *args, **named))

    def write(
        self, author: Author, command: Callable[..., T], *args: Any, key: str | None = None, **named: Any
    ) -> Future[T]:
        """Carries out `command(work, *args, **named)` as one transaction; done means committed."""
        return self._thread.submit(lambda: self._opened().write(author, command, *args, key=key, **named))

    def watch(self) -> Watch:
        """Returns a watch for one other thread; the database must be open."""
        return self._opened().watch()

    def close(self) -> None:
        """Finishes what was submitted and closes."""
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _open(self) -> str:
        if self._store is None:
            self._store = Store.at(self._place)
        return self._store.where

    def _opened(self) -> Store:
        if self._store is None:
            self._open()
        assert self._store is not None
        return self._store

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
