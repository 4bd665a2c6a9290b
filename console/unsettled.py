"""A command of which nobody knows whether it was done: the connection broke in its commit. It is asked for by its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.journal import queries as journal
from core.journal.wording import sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from screens.boxes.draft import Draft


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The command's key, and what was typed for it."""

    key: str
    draft: Draft | None

    def answer(self, done: str | None) -> str:
        """Says what became of it, and lets go of its draft where it was done; `done` tells it in words."""
        if done is None:
            return "the last command was NOT done; what you typed for it is kept"
        if self.draft is not None:
            self.draft.used()
        return f"the last command was done: {done}"


def told_of(connection: Connection, key: str) -> str | None:
    """Returns what a command did, in words; None when it never committed."""
    seq = journal.find(connection, key)
    entry = journal.one(connection, seq) if seq is not None else None
    return sentence(entry) if entry is not None else None
