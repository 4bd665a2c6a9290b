"""What somebody is in a database, as the server's own catalogs tell anybody: also who may see nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import NotPermitted, ShutOut, StoreRefused, WatchfloorError
from core.gate.rights import Role, role_words

if TYPE_CHECKING:
    from psycopg import Connection

_ASK = """
SELECT session_user::text,
EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'watchfloor' AND c.relname = 'schema_info'),
ARRAY(SELECT r FROM unnest(%s::text[]) r JOIN pg_roles g ON g.rolname = current_database() || '_' || r
      WHERE pg_has_role(session_user, g.oid, 'USAGE'))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a session is, whether the database is prepared, and which roles it gives them; those included are named, too."""

    person: str
    is_prepared: bool
    roles: frozenset[Role]

    def why_not(self, where: str) -> WatchfloorError | None:
        """Returns why the database cannot be opened by them; None where it can."""
        if not self.is_prepared:
            return StoreRefused(
                "is not prepared for Watchfloor yet",
                where=where,
                next_step="Its owner runs `watchfloor admin create`",
            )
        if not self.roles:
            return ShutOut(
                f"{self.person} has no role in this database: suspended, removed, or never added", where=where,
                next_step=f"An admin lets you in: `watchfloor staff resume {self.person}`, or `staff add`",
            )  # fmt: skip
        return None

    def refusal(self) -> NotPermitted:
        """Returns what the server's refusal of something means: their role does not go so far."""
        return NotPermitted(
            f"{self.person} is {role_words(self.roles)} here, and that role does not allow it",
            next_step="Nothing was changed. `watchfloor rights` tells who may do what",
        )


def standing_of(one: Connection[Any]) -> Standing:
    """Asks it over a connection; raises psycopg.Error."""
    row = one.execute(_ASK, (list(Role),)).fetchone()
    assert row is not None
    return Standing(row[0], row[1], frozenset(Role(role) for role in row[2]))
