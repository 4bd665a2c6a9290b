"""Takes every table of the house for itself, as an upgrade must, among people who go on working.

Whoever is at work holds some tables and asks for others, in any order. Who takes them one by one meanwhile stands in
their way and they in his, until the server ends one of the two. So there is a gate, that every transaction of our programs
passes before anything else: a lock it shares with all others, sent along with its BEGIN. An upgrade takes the gate first: who has
passed ends what they do and waits for nothing of the upgrade's, who comes waits before it with nothing in hands.

Others (psql, a program that knows no gate) may still be met behind it. For them a wait is short and ends with everything
given back; the table that was waited for in vain is the first behind the gate at the next try.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from psycopg import errors, sql

from core.store.postgresql.connecting import SCHEMA, SETTINGS

if TYPE_CHECKING:
    from psycopg import Connection

GATE: Final = "schema_info"
"""The table that is the gate: it is there at every schema, and each command that adds entries looks at it anyhow."""
PASS_GATE: Final = b";LOCK TABLE schema_info IN ACCESS SHARE MODE"
"""Said behind BEGIN. It takes no picture of the database yet, and costs the server 6 µs."""
TURN: Final = "SHARE UPDATE EXCLUSIVE"
"""How an upgrade holds the gate from its beginning: one at a time, past everybody at work. Of who may not change the table, which is
everybody but the owners, the server takes no such lock. Commands that meet it wait longer than for others."""
FIRST_KEY: Final = 0x57464C52
"""Where there is no house yet, its makers stand in line at the key of an advisory lock, which anybody may hold who can connect."""
FIRST_S: Final = 5.0
"""So long they wait there; then they go on, and of two who make the house at once the server lets one through."""
HOLD_S: Final = 60.0
"""So long it is tried, all in all."""
GATE_MS: Final = (300, 3000)
"""How long the gate is waited for, at the first try and at most: less than a command waits before it."""
TABLE_MS: Final = (100, 800)
"""How long each other table: less than the second after which a server looks for deadlocks (deadlock_timeout)."""


def wait_for_upgrades(raw: Connection[Any]) -> None:
    """Waits until nobody else upgrades the database; raises the driver's LockNotAvailable after HOLD_S."""
    if not _wait_as_owner(raw):
        raw.execute("SAVEPOINT waiting")
        raw.execute(_waiting(f"{FIRST_S:.0f}s"))
        try:
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (FIRST_KEY,))
        except errors.LockNotAvailable:
            raw.execute("ROLLBACK TO SAVEPOINT waiting")
        _wait_as_owner(raw)  # another one may have made the house meanwhile
    raw.execute(_waiting(f"{HOLD_S:.0f}s"))


def _wait_as_owner(raw: Connection[Any]) -> bool:
    """Takes an upgrade's turn; tells whether there is a house, and the session is one of its owners."""
    found = raw.execute(
        "SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s",
        (SCHEMA, GATE),
    ).fetchone()
    if not found or not found[0]:
        return False
    raw.execute(_waiting(f"{HOLD_S:.0f}s"))
    raw.execute(
        sql.SQL("LOCK TABLE {}.{} IN {} MODE").format(
            sql.Identifier(SCHEMA), sql.Identifier(GATE), sql.SQL(TURN)
        )
    )
    return True


def hold_tables(raw: Connection[Any]) -> None:
    """Takes every table for itself, all or none: who is at work ends what they do, and then waits.

    Raises the driver's LockNotAvailable, or DeadlockDetected, when that was in vain for HOLD_S. The transaction's
    lock_timeout is the house's afterwards.
    """
    found = raw.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'", (SCHEMA,)
    )
    names = sorted((str(name) for (name,) in found.fetchall()), key=lambda name: (name != GATE, name))
    until, patience = time.monotonic() + HOLD_S, 1
    while names:
        began = time.monotonic()
        raw.execute("SAVEPOINT holding")
        missed = _missed(raw, names, patience)
        if missed is None:
            break
        raw.execute("ROLLBACK TO SAVEPOINT holding")
        name, error = missed
        if time.monotonic() > until:
            raise error
        if name != GATE:
            names.remove(name)
            names.insert(1, name)
        patience *= 2
        time.sleep(time.monotonic() - began)  # those who had to wait have the tables as long as they waited
    raw.execute(_waiting(SETTINGS["lock_timeout"]))


def _missed(
    raw: Connection[Any], names: list[str], patience: int
) -> tuple[str, errors.OperationalError] | None:
    """Takes one table after the other; returns the first that could not be had, and why."""
    for name in names:
        least, most = GATE_MS if name == GATE else TABLE_MS
        raw.execute(_waiting(f"{min(least * patience, most)}ms"))
        try:
            raw.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(name)))
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            return name, error
    return None


def _waiting(limit: str) -> sql.Composed:
    return sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(limit))
