"""The unit of work: one transaction, its actor, its instant, and the entries it leaves.

Every command takes one as its first argument and does all its changes and records through it. Nothing
else commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.journal.appending import Recorded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.model import Subject, Via
    from core.store.backend import Statements


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, through which door, and from which seat (a console's or a process's own name)."""

    actor: str
    via: Via
    seat: str = ""


@dataclass(slots=True)
class Work:
    """What a command works with. `now` is the one instant of everything this work does.

    `statements` runs those that are always the same, by the database's shortest way. `roles` is what a shared
    database says the person of this session may be; None where the database knows nobody. A command sets `is_quiet`
    where nothing that anybody shows is different afterwards: nobody is woken then.
    """

    connection: Connection
    statements: Statements
    author: Author
    now: datetime
    roles: frozenset[str] | None = None
    recorded: list[Recorded] = field(default_factory=list)
    is_quiet: bool = False

    @property
    def actor(self) -> str:
        """Returns who does this."""
        return self.author.actor

    def record(
        self,
        kind: str,
        subject: Subject,
        changes: Mapping[str, tuple[Any, Any]] | None = None,
        *,
        note: str = "",
        cause: int | Recorded | None = None,
    ) -> Recorded:
        """Adds an entry to this transaction; its number is known once the work is done.

        `changes` holds (before, after) pairs of JSON values; pairs that do not differ are left out.
        """
        differing = {name: pair for name, pair in (changes or {}).items() if pair[0] != pair[1]}
        entry = Recorded(kind, subject, differing, note, cause, self.actor)
        self.recorded.append(entry)
        return entry
