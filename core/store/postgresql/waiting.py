"""What a transaction met that waited in vain: asked once it has failed, for those who are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from psycopg import Connection

_HOLDER = """
SELECT a.usename::text, a.pid FROM pg_stat_activity a
JOIN pg_locks l ON l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'
JOIN pg_class c ON c.oid = l.relation AND c.relnamespace = 'watchfloor'::regnamespace
LEFT JOIN pg_locks x ON x.pid = a.pid AND x.granted AND x.locktype = 'transactionid'
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = a.pid AND NOT w.granted)
ORDER BY age(x.transactionid) DESC NULLS LAST LIMIT 1
"""
_UPGRADE: Final = """
SELECT EXISTS (
    SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.usesysid IS NOT NULL
    WHERE l.relation = 'watchfloor.schema_info'::regclass AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.granted AND l.mode = 'ShareUpdateExclusiveLock'
)
"""
"""What the server's own vacuum holds for a moment is nobody's."""


def who_holds(raw: Connection[Any]) -> tuple[str, int] | None:
    """Returns who changes something here for the longest time and waits for nobody, and their session's number; None where nobody does."""
    found = raw.execute(_HOLDER).fetchone()
    return (str(found[0]), int(found[1])) if found else None


def is_upgrading(raw: Connection[Any]) -> bool:
    """Tells whether somebody upgrades the database: the lock that says so is one that only its owners can hold."""
    found = raw.execute(_UPGRADE).fetchone()
    return bool(found and found[0])


def is_outwaited(raw: Connection[Any]) -> bool:
    """Tells whether what a command waited for in vain is an upgrade of the database, or nobody any more."""
    return is_upgrading(raw) or who_holds(raw) is None
