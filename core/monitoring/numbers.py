"""Under which number the samples of a probe are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from core.monitoring.tables import probe_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from core.monitoring.schedule import Key
    from core.store.work import Work

_GIVE = text(
    "INSERT INTO probe_number (number, component, probe) VALUES (:number, :component, :probe) ON CONFLICT DO NOTHING"
)


def numbers(connection: Connection) -> dict[Key, int]:
    """Returns the number of every probe that has one, by (component, probe)."""
    columns = (probe_number.c.component, probe_number.c.probe, probe_number.c.number)
    return {(component, probe): number for component, probe, number in connection.execute(select(*columns))}


def number_probes(work: Work, keys: Collection[Key]) -> dict[Key, int]:
    """Gives each of these probes that has none the next number; returns the numbers of all probes.

    Agents number at once: what another has given meanwhile is waited for, passed over, and looked at again.
    """
    known = numbers(work.connection)
    while new := [key for key in dict.fromkeys(keys) if key not in known]:
        last = max(known.values(), default=0)
        work.connection.execute(
            _GIVE,
            [{"number": last + n, "component": c, "probe": p} for n, (c, p) in enumerate(new, 1)],
        )
        known = numbers(work.connection)
    return known
