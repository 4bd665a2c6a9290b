"""The words that items are found by follow from their texts: they are made anew where one of these changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from core.desk.finding.keeping import keep_words_anew
from core.redaction.places import WORDED
from core.security.findings.revising import beside as beside_finding
from core.security.findings.tables import finding
from core.security.grants.revising import beside as beside_grant
from core.security.grants.tables import access_grant

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from core.journal.model import Subject

_IN_ROW: dict[str, tuple[Any, Callable[..., dict[str, Any]]]] = {
    "finding": (finding, beside_finding), "grant": (access_grant, beside_grant),
}  # fmt: skip
"""Kinds of subject whose words are a column of their row, with what makes it. Those of a signal hold none of its texts."""


def make_words_anew(connection: Connection, about: Subject) -> None:
    """Makes the words of one subject anew, of what its texts are now."""
    if about.kind in WORDED:
        keep_words_anew(connection, about)
    elif about.kind in _IN_ROW:
        table, beside = _IN_ROW[about.kind]
        row = connection.execute(select(table).where(table.c.id == int(about.id))).first()
        if row is not None:
            words = beside(row.id, row._asdict())["words"]
            connection.execute(update(table).where(table.c.id == row.id).values(words=words))
