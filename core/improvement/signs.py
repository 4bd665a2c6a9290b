"""What the journal holds that can answer the measures of corrective actions."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sqlalchemy import Integer, Text, and_, cast, exists, func, or_, select

from core.desk.requests.tables import request
from core.desk.tables import incident
from core.improvement.recurring import KINDS, MEASURES, NOTHING_ASKED, SHOWN, Figure, Sign, measure_in
from core.journal.body import read_body
from core.journal.model import Subject
from core.journal.past import number_at
from core.journal.queries import kinds_between
from core.journal.tables import journal
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.improvement.model import CorrectiveAction
    from core.improvement.recurring import Measure
    from core.journal.model import Entry

AT_ONCE = 500
_TABLES = {"incident": incident, "request": request}
_SUBJECT = (journal.c.subject_kind, journal.c.subject_id)


def figure_of(connection: Connection, action: CorrectiveAction) -> Figure | None:
    """Returns what the journal answers to an action's measure since it was carried out; None where nothing is asked, or it was not.

    It is counted in the database, whatever the journal holds since then.
    """
    measure = measure_in(action.measure)
    if measure == NOTHING_ASKED or action.done_at is None:
        return None
    recurred = [
        journal.c.seq > number_at(connection, action.done_at), journal.c.at > to_micros(action.done_at),
        journal.c.kind.in_(sorted(MEASURES[measure.kind].kinds)), _is_about(measure, action.id),
    ]  # fmt: skip
    if measure.kind == "cause":
        return _figure_of_cause(connection, measure, recurred, action.done_at)
    times = connection.scalar(select(func.count()).select_from(journal).where(*recurred)) or 0
    last = select(*_SUBJECT).where(*recurred).order_by(journal.c.seq.desc()).limit(SHOWN)
    found = connection.execute(last).all() if times else []
    return Figure(action.done_at, times, tuple(Subject(*row) for row in reversed(found)))


def _is_about(measure: Measure, action_id: int) -> ColumnElement[bool]:
    """Returns what tells an entry that is about a measure's subject."""
    kind, id_ = journal.c.subject_kind, journal.c.subject_id
    if measure.kind == "component":
        of_component = select(cast(incident.c.id, Text)).where(incident.c.component == measure.about)
        return and_(kind == "incident", id_.in_(of_component))
    if measure.kind == "service":
        return or_(*(
            and_(kind == name, exists().where(table.c.id == cast(id_, Integer), table.c.service == measure.about))
            for name, table in _TABLES.items()
        ))  # fmt: skip
    if measure.kind == "finding":
        return and_(kind == "finding", id_ == measure.about)
    return and_(kind == "action", id_ != str(action_id))


def _figure_of_cause(
    connection: Connection, measure: Measure, recurred: Sequence[ColumnElement[bool]], since: datetime
) -> Figure:
    """Returns how often other actions were given the cause: what an entry gave stands within it."""
    query = select(*_SUBJECT, journal.c.body).where(*recurred).order_by(journal.c.seq)
    times, last = 0, deque[Subject](maxlen=SHOWN)
    for kind, id_, body in connection.execute(query.execution_options(yield_per=AT_ONCE)):
        if read_body(body)[0].get("category", (None, None))[1] == measure.about:
            times += 1
            last.append(Subject(kind, id_))
    return Figure(since, times, tuple(last))


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
