"""The one MetaData that every house's `tables` module adds to, and what its tables may ask of a database."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, MetaData

metadata = MetaData()

KEY_ORDERED: Final[dict[str, Any]] = {"sqlite_with_rowid": False}
"""Table arguments: rows lie in the order of the primary key, where the database can do that."""
NEVER_REUSED: Final[dict[str, Any]] = {"sqlite_autoincrement": True}
"""Table arguments: a number once given is never given again."""
LONG_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""The type of a primary key that counts up for ever."""


def only_where(condition: ColumnElement[bool]) -> dict[str, Any]:
    """Returns index arguments: only rows for which `condition` holds are indexed.

    An argument for a database that is not in use would import its whole dialect: a tenth of the start.
    """
    return {"sqlite_where": condition}
