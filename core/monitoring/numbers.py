"""Under which number the samples of a probe are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from core.monitoring.tables import probe_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from core.monitoring.schedule import Key
    from core.store.work import Work


def numbers(connection: Connection) -> dict[Key, int]:
    """Returns the number of every probe that has one, by (component, probe)."""
    columns = (probe_number.c.component, probe_number.c.probe, probe_number.c.number)
    return {(component, probe): number for component, probe, number in connection.execute(select(*columns))}


def number_probes(work: Work, keys: Iterable[Key]) -> dict[Key, int]:
    """Gives each of these probes that has none the next number; returns the numbers of all probes.

    Of two agents that number at once the later is refused by the table, and so numbers again.
    """
    known = numbers(work.connection)
    new = [key for key in dict.fromkeys(keys) if key not in known]
    if new:
        last = work.connection.scalar(select(func.max(probe_number.c.number))) or 0
        given = {key: last + n for n, key in enumerate(new, 1)}
        work.connection.execute(
            insert(probe_number),
            [{"number": n, "component": c, "probe": p} for (c, p), n in given.items()],
        )
        known |= given
    return known
