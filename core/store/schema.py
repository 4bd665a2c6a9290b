"""Which schema a database has, and who may read and write it.

One row, compared at every start: alembic is imported only where that row says the schema is older than
this program. `min_reader` and `min_writer` are the oldest programs that may still read and write, so
that a migration can leave older consoles reading and tell them why they no longer write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Column, Integer, Named, Table, TypedColumns, select, update

from core.errors import OnlyReads, Outdated
from core.store.marks import Mark, mark_of, marked_refusal, with_mark
from core.store.metadata import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

PROGRAM_SCHEMA = 32
"""The schema this program writes: the number of the newest file in migrations/versions."""


UPDATE = "Update Watchfloor, and start anew what runs of it"


class SchemaInfoColumns(TypedColumns):
    """Columns of `schema_info`: a single row with id 1."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int]
    min_reader: Named[int]
    min_writer: Named[int]

    __row_pos__: tuple[int, int, int, int]


schema_info = Table("schema_info", metadata, SchemaInfoColumns)


class SchemaInfo(NamedTuple):
    """The schema of a database, and the oldest program schema that may read and write it."""

    version: int
    min_reader: int
    min_writer: int


def schema_of(connection: Connection) -> SchemaInfo:
    """Returns what the database says of its schema. The table must exist."""
    row = connection.execute(
        select(schema_info.c.version, schema_info.c.min_reader, schema_info.c.min_writer)
    ).one()
    return SchemaInfo(*row)


def set_mark(connection: Connection, mark: Mark) -> None:
    """Marks the database, or takes its mark away; only one that is being filled is not even read."""
    info = schema_of(connection)
    connection.execute(
        update(schema_info).values(
            min_reader=with_mark(info.min_reader, mark if mark is Mark.FILLING else Mark.NONE),
            min_writer=with_mark(info.min_writer, mark),
        )
    )


def check_readable(info: SchemaInfo, where: str) -> None:
    """Raises Outdated when the database is newer than this program can read, StoreUnavailable while it is filled."""
    if mark_of(info.min_reader):
        raise marked_refusal(mark_of(info.min_reader), where)
    if info.min_reader > PROGRAM_SCHEMA:
        raise Outdated(
            f"this program is older than the database: that has schema {info.version}, this knows schemas up to {PROGRAM_SCHEMA}",
            where=where, next_step=f"Nothing was changed. {UPDATE}",
        )  # fmt: skip


def check_writable(info: SchemaInfo, where: str) -> None:
    """Raises OnlyReads when only newer programs may write the database, StoreUnavailable when nobody may."""
    if mark_of(info.min_writer):
        raise marked_refusal(mark_of(info.min_writer), where)
    if info.min_writer > PROGRAM_SCHEMA:
        raise OnlyReads(
            f"this program is older than the database: that has schema {info.version}, which this may read, but no longer write",
            where=where, next_step=f"Nothing was changed. {UPDATE}",
        )  # fmt: skip
