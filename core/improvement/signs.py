"""What the journal holds that can answer the measures of corrective actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.desk.requests.tables import request
from core.desk.tables import incident
from core.improvement.recurring import KINDS, MEASURES, NOTHING_ASKED, Figure, Sign, figure, measure_in
from core.journal.past import number_at
from core.journal.queries import kinds_between, newest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from core.improvement.model import CorrectiveAction
    from core.journal.model import Entry

AT_ONCE = 500
_TABLES = {"incident": incident, "request": request}


def figure_of(connection: Connection, action: CorrectiveAction) -> Figure | None:
    """Returns what the journal answers to an action's measure since it was carried out; None where nothing is asked, or it was not."""
    measure = measure_in(action.measure)
    if measure == NOTHING_ASKED or action.done_at is None:
        return None
    kinds = MEASURES[measure.kind].kinds
    after, upto = number_at(connection, action.done_at), newest(connection).seq
    entries = kinds_between(connection, after, upto, kinds)
    return figure(measure, action.id, signs_of(connection, entries), action.done_at)


def signs_between(connection: Connection, after: int, upto: int) -> list[Sign]:
    """Returns every sign behind one number of the journal up to another, in order."""
    return list(signs_of(connection, kinds_between(connection, after, upto, KINDS)))


def signs_of(connection: Connection, entries: Iterable[Entry]) -> Iterator[Sign]:
    """Yields entries as signs, in their order; those of other kinds are left out."""
    found = [each for each in entries if each.kind in KINDS]
    about = {
        kind: _about(connection, kind, {each.subject.id for each in found if each.subject.kind == kind})
        for kind in _TABLES
    }
    for each in found:
        component, service = about.get(each.subject.kind, {}).get(each.subject.id, ("", ""))
        category = each.changes["category"][1] if "category" in each.changes else ""
        yield Sign(each.seq, each.at, each.kind, each.subject, component, service, str(category or ""))


def _about(connection: Connection, kind: str, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Returns component and service of incidents or requests, by number."""
    table, found = _TABLES[kind], dict[str, tuple[str, str]]()
    numbers: Sequence[int] = sorted(int(each) for each in ids if each.isdecimal())
    component = (table.c.component,) if kind == "incident" else ()
    for start in range(0, len(numbers), AT_ONCE):
        chosen = table.c.id.in_(numbers[start : start + AT_ONCE])
        for row in connection.execute(select(table.c.id, table.c.service, *component).where(chosen)).all():
            found[str(row[0])] = (row[2] if component else "", row[1])
    return found
