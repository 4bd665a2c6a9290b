"""The store: questions and commands against one database. Used by one thread."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import update

from core.errors import BadInput, OutcomeUnknown, Refused, StoreUnavailable
from core.journal import queries as journal
from core.keepers import keep_derived
from core.store.schema import schema_info
from core.store.work import Author, Work
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from core.errors import Recording
    from core.store.backend import Backend, Watch

T = TypeVar("T")
TRIES = 5
"""So often a command is done that met another one at the same rows, or lost its connection in the commit."""


def backend_for(place: str | Path) -> Backend:
    """Returns the backend for `place`: the path of a file of the embedded database, or postgresql://HOST/DATABASE."""
    from pathlib import Path

    text = str(place)
    if text.startswith(("postgresql://", "postgres://")):
        from core.store.postgresql.backend import PostgresBackend

        return PostgresBackend(text)
    if "://" in text or text.startswith(("postgresql:", "postgres:")) or "dbname=" in text:
        raise BadInput(
            "that is no database of Watchfloor", where=text.rsplit("@", maxsplit=1)[-1],
            next_step="Write the path of a file, or postgresql://HOST/DATABASE",
        )  # fmt: skip
    from core.store.sqlite.backend import SqliteBackend
    from core.store.sqlite.still import StillBackend, is_still

    path = Path(text).expanduser().absolute()
    return StillBackend(path) if is_still(path) else SqliteBackend(path)


class Store:
    """A database that is open. Commands go through `write`, questions through `read`."""

    def __init__(self, backend: Backend, *, now: Callable[[], datetime] | None = None) -> None:
        self._backend = backend
        self._now = now

    @classmethod
    def at(cls, place: str | Path, *, now: Callable[[], datetime] | None = None) -> Store:
        """Opens the database at `place`; an embedded one is made or migrated first where needed.

        `now` replaces the clock of the commands: the database's own where it has one, else this process's. Raises StoreRefused or StoreUnavailable.
        """
        store = cls(backend_for(place), now=now)
        store.open()
        return store

    @property
    def where(self) -> str:
        """Returns the database's name for people."""
        return self._backend.where

    @property
    def identity(self) -> str | None:
        """Returns who the database says this session is; None where it knows nobody."""
        return self._backend.identity

    @property
    def roles(self) -> frozenset[str] | None:
        """Returns which roles the database says this session has; None where it knows nobody."""
        return self._backend.roles

    def origin(self) -> str:
        """Returns what tells this database from every other, whoever opens it and by whichever way."""
        return self._backend.origin()

    def open(self) -> None:
        """Opens the database."""
        self._backend.open()

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Returns `question(connection, *args, **named)`, asked of one consistent picture of the database."""
        with self._backend.reading() as connection:
            return question(connection, *args, **named)

    def write(
        self, author: Author, command: Callable[..., T], *args: Any, key: str | None = None, **named: Any
    ) -> T:
        """Carries out `command(work, *args, **named)` as one transaction and returns its answer once committed.

        With `key` (unique for this one doing of it) a doing whose outcome stayed unknown can be asked for
        with `committed`, so that a retry never doubles it; a shared database is always given one. Raises what
        the command raises, and nothing is changed then; OutcomeUnknown when only the database knows.
        """
        if key is None and self._backend.is_shared:
            key = secrets.token_hex(16)
        for left in reversed(range(TRIES)):
            answers: list[T] = []
            try:
                self._write(author, command, args, named, key, answers)
            except OutcomeUnknown as error:
                if key is not None and self._came_through(key, error):
                    break
                if not left:
                    raise
            except StoreUnavailable as error:
                if key is not None and self._backend.is_key_taken(error) and self._came_through(key, error):
                    break  # the connection that was lost had not ended when it was asked for
                if not left or not self._is_worth_again(error, first=left == TRIES - 1):
                    raise
            except Refused as refusal:
                if refusal.recording is not None:
                    self._record(author, refusal.recording)
                raise
            else:
                break
        return answers[0]

    def _record(self, author: Author, recording: Recording) -> None:
        """Says in the journal that something was refused: what the refused command would have done is undone by then."""

        def say(work: Work) -> None:
            work.record(recording.kind, recording.subject, note=recording.note)

        self._write(author, say, (), {}, secrets.token_hex(16) if self._backend.is_shared else None, [])

    def _came_through(self, key: str, error: StoreUnavailable) -> bool:
        """Tells whether that transaction was committed; raises OutcomeUnknown with its key where nobody answers."""
        try:
            return self.committed(key)
        except StoreUnavailable:
            if isinstance(error, OutcomeUnknown):
                error.key = key
            raise error from None

    def _is_worth_again(self, error: StoreUnavailable, *, first: bool) -> bool:
        # A full disk's ballast was given up on the way here: the night's last commands still find room.
        return self._backend.is_worth_again(error) or (first and "disk is full" in error.what)

    def _write(
        self,
        author: Author,
        command: Callable[..., T],
        args: tuple[Any, ...],
        named: dict[str, Any],
        key: str | None,
        answers: list[T],
    ) -> None:
        with self._backend.writing() as connection:
            now = self._now() if self._now else self._backend.now(connection) or utc_now()
            identity = self._backend.identity
            work = Work(
                connection, self._backend.statements(connection),
                replace(author, actor=identity) if identity and identity != author.actor else author, now, self._backend.roles,
            )  # fmt: skip
            answers.append(command(work, *args, **named))
            if work.recorded:
                keep_derived(work)
                self._backend.append(connection, work.recorded, via=author.via, at=now, key=key)
            elif work.is_quiet:
                self._backend.keep_quiet()

    def check_writable(self) -> None:
        """Writes what stands there already. Raises StoreUnavailable, which says why nothing can be written now."""
        with self._backend.writing() as connection:
            connection.execute(update(schema_info).values(min_writer=schema_info.c.min_writer))

    def scour(self) -> str:
        """Has nothing left of what was taken out of rows; returns in words what may be, and where. May take long."""
        return self._backend.scour()

    def committed(self, key: str) -> bool:
        """Tells whether the transaction of that key is in the journal, and on disk."""
        if self.read(journal.find, key) is None:
            return False
        self._backend.flush()
        return True

    def watch(self) -> Watch:
        """Returns a watch on this database for one other thread."""
        return self._backend.watch()

    def close(self) -> None:
        """Closes the database."""
        self._backend.close()
