"""A backup is one file of the embedded kind, whichever database it is of: one format, one verifier, and it can be opened.

It is written beside its name, checked, and only then called so. It is marked: nobody works in it by mistake.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.errors import BadInput, NotPossible
from core.journal.sealing import Place
from core.journal.seals import standing
from core.journal.verifying import KeptHead
from core.store.marks import Mark, mark_of, marked_refusal
from core.store.moving.copying import (
    ROWS,
    Copied,
    Pinned,
    checked_journal,
    copy_entries,
    copy_rows,
    insert_entries,
    silent,
)
from core.store.moving.move import fill
from core.store.schema import PROGRAM_SCHEMA, set_mark
from core.store.sqlite.whole_file import (
    check_file,
    copy_file,
    made_file,
    reading_file,
    refuse_to_replace,
    schema_in,
    writing_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from core.journal.chain import Record
    from core.store.moving.copying import Stage


def backup(place: Path | str, to: Path, *, may_replace: bool = False, stage: Stage = silent) -> Copied:
    """Writes a backup of the database at `place` into the file `to`, as it stands at one moment.

    Raises NotPossible where something of that name is there; JournalBroken where the journal does not hold. Nothing
    is left then.
    """
    if isinstance(place, Path):
        _refuse_itself(place, to)
        schema_in(place)
    refuse_to_replace(to, may_replace=may_replace)
    with made_file(to, may_replace=may_replace) as beside:
        if isinstance(place, Path):
            return _copied(place, beside, Mark.BACKUP, stage)
        return _save_shared(place, beside, stage)


def restore(file: Path, to: Path | str, *, stage: Stage = silent) -> Copied:
    """Makes a database of a backup, in an empty file or an empty database on a server; checks both.

    Raises StoreRefused for what is no backup, NotPossible where the place is not empty, JournalBroken.
    """
    info = schema_in(file)
    if mark_of(info.min_reader):
        raise marked_refusal(mark_of(info.min_reader), str(file))
    if isinstance(to, Path):
        _refuse_itself(file, to)
        with made_file(to, may_replace=False) as beside:
            return _copied(file, beside, Mark.NONE, stage)
    from core.store.postgresql.filling import filling

    with _current(file) as current:
        _checked(current, stage)
        with reading_file(current) as source, filling(to) as target:
            return fill(Pinned(source), target, file, stage)


def _save_shared(conninfo: str, beside: Path, stage: Stage) -> Copied:
    """Saves a shared database as one picture of it, and checks that this is what came to lie in the file."""
    from core.store.postgresql.backend import PostgresBackend
    from core.store.postgresql.filling import PATIENT, with_options
    from core.store.store import Store

    store = Store(PostgresBackend(with_options(conninfo, PATIENT)))
    store.open()

    def save(source: Connection) -> tuple[Place, int]:
        with writing_file(beside) as target:

            def add(records: list[Record], _: Place) -> None:
                insert_entries(target, records)

            with stage("saving", standing(source).head.seq) as tell:
                head = copy_entries(Pinned(source), Place(), add, tell)
            rows = copy_rows(source, target)
            set_mark(target, Mark.BACKUP)
        return head, rows

    try:
        head, rows = store.read(save)
    finally:
        store.close()
    found = _checked(beside, stage)
    if (found.verdict.head, found.rows) != (head.hash, rows):
        raise NotPossible("what lies in the file is not what was sent", where=str(beside))
    return found


def _copied(file: Path, to: Path, mark: Mark, stage: Stage) -> Copied:
    """Copies a file, marks the copy, and checks that it holds at least what stood there before."""
    with reading_file(file) as connection:
        before = standing(connection)
    copy_file(file, to)
    with writing_file(to) as connection:
        set_mark(connection, mark)
    head, seals = before.head, before.seal.n if before.seal else 0
    return _checked(to, stage, KeptHead(head.seq, head.hash, seals) if head.seq else None)


def _checked(path: Path, stage: Stage, holds: KeptHead | None = None) -> Copied:
    """Checks a file: its structure, and its journal entry by entry."""
    check_file(path)
    with reading_file(path) as connection:
        verdict = checked_journal(Pinned(connection), stage, "checking", holds)
        rows = sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in ROWS)
    return Copied(verdict, rows)


@contextmanager
def _current(file: Path) -> Iterator[Path]:
    """Yields the file, or a copy of it with this program's schema."""
    if schema_in(file).version == PROGRAM_SCHEMA:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="watchfloor-") as folder:
        copy = Path(folder) / "backup.db"
        copy.touch(0o600)
        copy_file(file, copy)
        with writing_file(copy):
            pass
        yield copy


def _refuse_itself(one: Path, other: Path) -> None:
    if one.exists() and other.exists() and one.samefile(other):
        raise BadInput("is both what is read and what is written", where=str(one))
