"""A backup is one file of the embedded kind, whichever database it is of: one format, one verifier, and it can be opened.

It is written beside its name, checked, and only then called so. It is marked: nobody works in it by mistake.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, inspect, select

from core.errors import BadInput, NotPossible, StoreRefused
from core.journal.appending import head
from core.journal.sealing import JournalBroken, Place, instant_of
from core.journal.seals import standing
from core.journal.tables import journal
from core.journal.verifying import KeptHead, Verdict
from core.store.marks import Mark, mark_of, marked_refusal
from core.store.moving.copying import (
    ROWS,
    Copied,
    Pinned,
    checked_journal,
    copy_as_it_is,
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
    from core.store.store import Store


REPORT = "backup_report"
"""The table of a backup that says what does not hold of it; only such a one has it."""


def backup(
    place: Path | str,
    to: Path,
    *,
    may_replace: bool = False,
    even_broken: bool = False,
    stage: Stage = silent,
) -> Copied:
    """Writes a backup of the database at `place` into the file `to`, as it stands at one moment.

    Raises NotPossible where something of that name is there; JournalBroken where the journal does not hold. Nothing
    is left then. `even_broken` saves such a one, too: what does not hold stands in the answer, and in the file's report.
    """
    if isinstance(place, Path):
        _refuse_itself(place, to)
        schema_in(place)
    refuse_to_replace(to, may_replace=may_replace)
    with made_file(to, may_replace=may_replace) as beside:
        try:
            if isinstance(place, Path):
                return _copied(place, beside, Mark.BACKUP, stage)
            return _save_shared(place, beside, stage)
        except JournalBroken as error:
            if not even_broken:
                raise
            if isinstance(place, str):
                beside.write_bytes(b"")
                _save_as_it_is(place, beside, stage)
            elif not beside.stat().st_size:  # its seals were so broken that it was not even copied
                copy_file(place, beside)
                with writing_file(beside) as connection:
                    set_mark(connection, Mark.BACKUP)
            return _reported(beside, error)


def restore(file: Path, to: Path | str, *, with_rights: bool = False, stage: Stage = silent) -> Copied:
    """Makes a database of a backup, in an empty file or an empty database on a server; checks both.

    On a server those listed as staff are kept out, for whoever writes a file could list anybody; `with_rights` lets them in.
    Raises StoreRefused for what is no backup, NotPossible where the place is not empty, JournalBroken.
    """
    try:
        info = schema_in(file)
        if mark_of(info.min_reader):
            raise marked_refusal(mark_of(info.min_reader), str(file))
        return _restored(file, to, with_rights=with_rights, stage=stage)
    except StoreRefused as error:
        if "damaged" in error.what:
            error.where, error.next_step = str(file), "Nothing was made of it. Take another backup"
        raise
    except JournalBroken as error:
        if report := report_of(file):
            error.next_step = f"Nothing was made of it. It was saved so on purpose, and says: {report}"
        raise


def report_of(file: Path) -> str:
    """Returns what a backup says of itself: what did not hold of its database; nothing where all did."""
    with reading_file(file) as connection:
        if not inspect(connection).has_table(REPORT):
            return ""
        return str(connection.exec_driver_sql(f"SELECT text FROM {REPORT}").scalar_one())  # noqa: S608


def _restored(file: Path, to: Path | str, *, with_rights: bool, stage: Stage) -> Copied:
    if isinstance(to, Path):
        _refuse_itself(file, to)
        with made_file(to, may_replace=False) as beside:
            return _copied(file, beside, Mark.NONE, stage)
    from core.store.postgresql.filling import filling

    with _current(file) as current:
        _checked(current, stage)
        with reading_file(current) as source, filling(to) as target:
            return fill(Pinned(source), target, file, stage, with_rights=with_rights)


@contextmanager
def _shared(conninfo: str) -> Iterator[Store]:
    """Opens a shared database for a reading that takes long."""
    from core.store.postgresql.backend import PostgresBackend
    from core.store.postgresql.filling import PATIENT, with_options
    from core.store.store import Store

    store = Store(PostgresBackend(with_options(conninfo, PATIENT)))
    store.open()
    try:
        yield store
    finally:
        store.close()


def _save_shared(conninfo: str, beside: Path, stage: Stage) -> Copied:
    """Saves a shared database as one picture of it, and checks that this is what came to lie in the file."""

    def save(source: Connection) -> tuple[Place, int]:
        with writing_file(beside) as target:

            def add(records: list[Record], _: Place) -> None:
                insert_entries(target, records)

            with stage("saving", standing(source).head.seq) as tell:
                head = copy_entries(Pinned(source), Place(), add, tell)
            rows = copy_rows(source, target)
            set_mark(target, Mark.BACKUP)
        return head, rows

    with _shared(conninfo) as store:
        head, rows = store.read(save)
    found = _checked(beside, stage)
    if (found.verdict.head, found.rows) != (head.hash, rows):
        raise NotPossible("what lies in the file is not what was sent", where=str(beside))
    return found


def _save_as_it_is(conninfo: str, beside: Path, stage: Stage) -> None:
    """Saves a shared database whose journal does not hold, and compares what arrived with what was sent."""

    def save(source: Connection) -> None:
        with writing_file(beside) as target:

            def add(records: list[Record]) -> None:
                insert_entries(target, records)

            with stage("saving", head(source)[0].seq) as tell:
                _, sent = copy_as_it_is(Pinned(source), add, tell)
            _, arrived = copy_as_it_is(Pinned(target), lambda _: None, lambda _: None)
            if sent != arrived:
                raise NotPossible("what lies in the file is not what was sent", where=str(beside))
            copy_rows(source, target)
            set_mark(target, Mark.BACKUP)

    with _shared(conninfo) as store:
        store.read(save)


def _reported(path: Path, error: JournalBroken) -> Copied:
    """Writes into a backup what does not hold of it, and returns what it says of itself."""
    check_file(path)
    report = f"the journal does not hold: {error}"
    with writing_file(path) as connection:
        connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {REPORT} (text TEXT NOT NULL)")
        connection.exec_driver_sql(f"DELETE FROM {REPORT}")  # noqa: S608
        connection.exec_driver_sql(f"INSERT INTO {REPORT} VALUES (?)", (report,))  # noqa: S608
    with reading_file(path) as connection:
        entries = connection.scalar(select(func.count()).select_from(journal)) or 0
        cursor, at = head(connection)
        rows = _rows(connection)
    verdict = Verdict(
        entries=entries, head=cursor.hash, first_at=None, last_at=instant_of(at), seals=0, sealed_to=0, sealed_at=None,
        signed_to=0, signed_at=None, signers=(), trusted=False, head_checked=0,
    )  # fmt: skip
    return Copied(verdict, rows, broken=report)


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
        rows = _rows(connection)
    return Copied(verdict, rows)


def _rows(connection: Connection) -> int:
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in ROWS)


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
