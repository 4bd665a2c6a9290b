"""Moves an embedded database to a server: whole, verified, and gone on with wherever it was interrupted.

The source is worked in for as long as its journal is copied, and held still for the last moment alone: chasing one that
is written to would never end, and holding it all the while would keep a team waiting.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.errors import BadInput, NotPossible
from core.journal.seals import records_after, standing
from core.journal.tables import journal
from core.store.moving.copying import (
    Copied,
    Pinned,
    checked_journal,
    copy_entries,
    copy_rows,
    silent,
)
from core.store.moving.holding import hold, take_back
from core.store.postgresql.filling import filling
from core.store.postgresql.place import shown
from core.store.sqlite.backend import SqliteBackend
from core.store.sqlite.whole_file import check_file, schema_in
from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from core.journal.seals import Asked, Standing
    from core.store.moving.copying import Stage
    from core.store.postgresql.filling import Filling
    from core.store.work import Author


def move(
    path: Path, conninfo: str, author: Author, *, with_rights: bool = False, stage: Stage = silent
) -> Copied:
    """Moves the embedded database at `path` to the one at `conninfo`; who is staff has rights there `with_rights` only.

    Done again, it goes on where it was. Raises BadInput for no such database, NotPermitted for who owns the target or
    the source not, NotPossible where the target is another's, JournalBroken where the source does not hold.
    """
    with _source(path) as source:
        found = source.read(standing)
        if not found.head.seq:
            raise BadInput("holds no entry: there is nothing to move", where=str(path))
        check_file(path)
        with filling(conninfo) as target:
            if _is_moved(target, found):
                return Copied(checked_journal(source, stage), 0, was_done=True)
            if not target.place().seq:
                checked_journal(source, stage)
            caught_up = _begin(target, source, path)
            with stage("moving", found.head.seq) as tell:
                copy_entries(source, target.place(), target.add, tell)
                source.write(author, hold, str(path), shown(conninfo, with_user=False))
                copy_entries(source, target.place(), target.add, tell)
            return source.read(finish, target, stage, caught_up, with_rights=with_rights)


def take_database_back(path: Path, author: Author) -> str:
    """Lets a database that was moved be written again; returns where it had gone."""
    schema_in(path)
    with _source(path) as source:
        return source.write(author, take_back, str(path))


def fill(source: Asked, target: Filling, where: Path, stage: Stage, *, with_rights: bool) -> Copied:
    """Fills the target from a database that nobody writes; done again, it goes on where it was."""
    found = source.read(standing)
    _begin(target, source, where)
    with stage("restoring", found.head.seq) as tell:
        copy_entries(source, target.place(), target.add, tell)
    return source.read(finish, target, stage, (), with_rights=with_rights)


def finish(
    source: Connection,
    target: Filling,
    stage: Stage,
    caught_up: tuple[tuple[str, int], ...],
    *,
    with_rights: bool,
) -> Copied:
    """Copies the rows, checks all that arrived, and opens the target, in one transaction of it."""
    done: list[Copied] = []

    def last(connection: Connection) -> None:
        rows = copy_rows(source, connection)
        verdict = checked_journal(Pinned(connection), stage, "checking")
        head = standing(source).head
        if (verdict.entries, verdict.head) != (head.seq, head.hash):
            raise NotPossible(
                f"entry {verdict.entries} ends what arrived, and entry {head.seq} what was sent"
            )
        done.append(Copied(verdict, rows, caught_up=caught_up, with_rights=with_rights))

    people = target.finish(last, with_rights=with_rights)
    return done[0]._replace(people=tuple(people))


@contextmanager
def _source(path: Path) -> Iterator[Store]:
    if not path.is_file():
        raise BadInput(
            "there is no such database", where=str(path), next_step="Nothing was done. Name its file"
        )
    store = Store(SqliteBackend(path, despite_mark=True))
    store.open()
    try:
        yield store
    finally:
        store.close()


def _is_moved(target: Filling, source: Standing) -> bool:
    """Tells whether the source was moved there before, down to its last entry."""
    return not target.is_begun() and target.hash_of(source.head.seq) == source.head.hash


def _begin(target: Filling, source: Asked, path: Path) -> tuple[tuple[str, int], ...]:
    """Begins, or goes on: returns which entries are still to come, by kind. Raises NotPossible for another source."""
    if not target.is_begun():
        target.begin()
        return ()
    place = target.place()
    if not place.seq:
        return ()
    there = source.read(records_after, place.seq - 1, 1)
    if there and there[0][0] == place.seq and there[0][10] == place.hash:
        return source.read(_since, place.seq)
    raise NotPossible(
        f"{target.where} is being filled from another database: entry {place.seq} there is "
        + (f"not entry {place.seq} here" if there else f"none of this one, which ends with entry {source.read(standing).head.seq}"),
        where=str(path),
        next_step="Nothing was changed. Name the database that was begun with, or fill an empty one",
    )  # fmt: skip


def _since(connection: Connection, seq: int) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    query = select(journal.c.kind, func.count()).where(journal.c.seq > seq).group_by(journal.c.kind)
    for kind, count in connection.execute(query).all():
        found[kind] = count
    return tuple(found.most_common())
