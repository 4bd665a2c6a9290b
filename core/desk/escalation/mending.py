"""Comparing the escalations that are kept with what the journal comes to, and keeping anew what differs.

An older program may have changed an item, or opened it before escalations were kept: of those the policy counts that was
in force when they were opened, as of all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.agreements.terms import all_versions
from core.desk.clocks.promises import told_of
from core.desk.escalation.choosing import is_any_declared, policy_for, priority_of
from core.desk.escalation.keeping import NEAR, add_escalation, running_of, write
from core.desk.escalation.model import course_of, next_at
from core.desk.escalation.paging import DUTY
from core.journal.model import Subject
from core.store.lease import beat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.promises import Item
    from core.desk.clocks.told import Told
    from core.desk.escalation.choosing import Chosen
    from core.desk.escalation.keeping import Running
    from core.store.work import Work


def is_kept_wrongly(connection: Connection, items: Sequence[Item]) -> bool:
    """Tells whether the escalation of any of the items is kept otherwise than the journal has it."""
    told = _told(connection, items)
    return bool(_missing(connection, told)) or any(map(_is_wrong, running_of(connection, told).values()))


def mend_escalations(work: Work, token: int, items: Sequence[Item]) -> None:
    """Keeps the escalations of items anew as the journal has them, with an entry for each that was kept otherwise.

    Raises LeaseLost when the duty went to another.
    """
    beat(work, DUTY, token)
    told = _told(work.connection, items)
    for item, chosen in _missing(work.connection, told).items():
        add_escalation(work, item, chosen, next_at(chosen.policy, course_of(told[item]), {}))
        work.record(f"{item.kind}.escalation_mended", Subject(item.kind, str(item.id)))
    for item, running in running_of(work.connection, told, lock=True).items():
        if _is_wrong(running):
            write(work, running, _next(running), running.row.nobody_at)
            work.record(f"{item.kind}.escalation_mended", Subject(item.kind, str(item.id)))
    work.is_quiet = not work.recorded


def _told(connection: Connection, items: Sequence[Item]) -> dict[Item, Sequence[Told]]:
    found: dict[Item, Sequence[Told]] = {}
    for kind in {item.kind for item in items}:
        of_kind = told_of(connection, kind, [item.id for item in items if item.kind == kind])
        found |= {item: of_kind[item.id] for item in items if item.kind == kind and of_kind.get(item.id)}
    return found


def _missing(connection: Connection, told: dict[Item, Sequence[Told]]) -> dict[Item, Chosen]:
    """Returns the items that a policy was for when they were opened, and that have no escalation all the same."""
    if not is_any_declared(connection):
        return {}
    kept = running_of(connection, told)
    found: dict[Item, Chosen] = {}
    versions = all_versions(connection) if len(kept) < len(told) else None
    for item in told.keys() - kept.keys():
        assert versions is not None
        first = told[item][:1]
        agreements = [each.agreement for each in versions.terms(item.service, item.opened_at, first)]
        chosen = policy_for(connection, agreements, priority_of(first), item.service, item.opened_at)
        if chosen is not None:
            found[item] = chosen
    return found


def _next(running: Running) -> int | None:
    return next_at(running.policy, running.course, running.done)


def _is_wrong(running: Running) -> bool:
    wanted = _next(running)
    kept: int | None = running.row.next_at
    if wanted is None or kept is None:
        return wanted is not kept
    return abs(wanted - kept) > NEAR
