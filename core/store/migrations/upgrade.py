"""Brings a database to this program's schema, inside the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from core.store.marks import Mark, mark_of
from core.store.schema import schema_of, set_mark

if TYPE_CHECKING:
    from sqlalchemy import Connection


def upgrade(connection: Connection, to: str = "head") -> None:
    """Runs the missing steps on `connection`; the caller holds the write lock and commits. A mark stays."""
    mark = Mark.NONE
    if inspect(connection).has_table("schema_info"):
        mark = mark_of(schema_of(connection).min_writer)
    config = Config()
    config.set_main_option("script_location", "core.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    if mark:
        set_mark(connection, mark)
