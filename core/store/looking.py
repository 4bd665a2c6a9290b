"""A database as it is, looked at and not touched: neither made, nor migrated, nor refused for its schema.

For what must be told of a database of any age: whether its journal holds. A question that meets a table of another age
says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import Outdated, StoreUnavailable
from core.store.schema import PROGRAM_SCHEMA, UPDATE, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.store.sqlite.whole_file import ReadFile
    from core.store.store import Store

T = TypeVar("T")
SEALED_SINCE = 3
_NO_SEALS = "CREATE TEMP TABLE seal (n, first, last, at, root, prev, key_id, sig)"
"""What this one connection sees where there were no seals yet."""


class Looking:
    """Answers questions about one database; each sees one picture of it, and none keeps it from being written."""

    def __init__(self, place: Path | str) -> None:
        self.where = str(place)
        self._asked: Store | ReadFile
        if isinstance(place, Path):
            from core.store.sqlite.whole_file import ReadFile

            self._asked = file = ReadFile(place)
        else:
            self._asked = _store(place)
            self.where = self._asked.where
        try:
            self.schema = self._asked.read(schema_of)
            if isinstance(place, Path) and self.schema.version < SEALED_SINCE:
                file.see(_NO_SEALS)
        except BaseException:
            self._asked.close()
            raise

    @property
    def age(self) -> str:
        """Returns how the database's schema stands to this program's; nothing where it is the same."""
        if self.schema.version == PROGRAM_SCHEMA:
            return ""
        which = "older" if self.schema.version < PROGRAM_SCHEMA else "newer"
        return f"it has schema {self.schema.version}, {which} than this program's {PROGRAM_SCHEMA}, and was left as it is"

    def read(self, question: Callable[..., T], *args: Any, **named: Any) -> T:
        """Returns `question(connection, *args, **named)`; raises Outdated where a newer schema keeps it from being asked."""
        try:
            return self._asked.read(question, *args, **named)
        except StoreUnavailable as error:
            if self.schema.version <= PROGRAM_SCHEMA or not self._is_there():
                raise
            raise Outdated(
                f"this program cannot read that any more: {self.age}", where=self.where, next_step=UPDATE
            ) from error

    def close(self) -> None:
        """Lets go of it."""
        self._asked.close()

    def _is_there(self) -> bool:
        try:
            self._asked.read(schema_of)
        except StoreUnavailable:
            return False
        return True


@contextmanager
def looking(place: Path | str) -> Iterator[Looking]:
    """Opens a database for being looked at; `place` as for a store. Raises StoreRefused, StoreUnavailable."""
    found = Looking(place)
    try:
        yield found
    finally:
        found.close()


def _store(conninfo: str) -> Store:
    from core.store.postgresql.backend import PostgresBackend
    from core.store.store import Store

    store = Store(PostgresBackend(conninfo, only_looks=True))
    store.open()
    return store
