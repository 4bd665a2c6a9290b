"""Brings a database to this program's schema, inside the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection


def upgrade(connection: Connection, to: str = "head") -> None:
    """Runs the missing steps on `connection`; the caller holds the write lock and commits."""
    config = Config()
    config.set_main_option("script_location", "core.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
