"""The clocks of items kept beside them: written with every change of an item, in the same transaction.

What they are follows from the journal; kept they are only so that a queue can be sorted by what is due next, and that
the agent finds what to say without reading the journal. `differences` compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Table, bindparam, insert, select, update

from core.desk.agreements.terms import question_for
from core.desk.clocks.histories import OF_PROCESS, history_question
from core.desk.clocks.model import ClockKind
from core.desk.clocks.promised import next_promise
from core.desk.clocks.promises import item_clocks, promised
from core.desk.clocks.told import told_by
from core.desk.escalation.keeping import (
    begin_escalation,
    escalation_questions,
    keep_escalation,
    policies_question,
)
from core.desk.requests.tables import request
from core.desk.tables import clock as clock_table
from core.desk.tables import incident
from core.journal.tables import journal
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.promised import Clock
    from core.desk.clocks.promises import Item
    from core.desk.clocks.told import Told
    from core.store.work import Work

CHANGES_CLOCKS = frozenset(
    {
        "state", "severity", "priority", "acknowledged_at", "answered_at", "told_at", "waiting_for", "owner", "agreement",
        "agreement_since", "counts_from", "update_every_s",
    }
)  # fmt: skip
"""The fields of an item after whose change its clocks may be others."""
ITEMS: dict[str, Table[Any]] = {"incident": incident, "request": request}
"""Whose rows say what of their clocks is due next."""
AT_ONCE = 200
_NEWEST_AT = select(journal.c.at).order_by(journal.c.seq.desc()).limit(1)
NEWEST_AT: tuple[Any, dict[str, Any]] = (_NEWEST_AT, {})
"""Asks when the newest entry was made: no entry is dated before it, whatever the clock says."""
_KEPT = clock_table.c
_OF_ITEMS = select(clock_table).where(
    _KEPT.subject_kind == bindparam("of_kind"), _KEPT.subject_id.in_(bindparam("of_ids", expanding=True))
)
_OF_ITEM = select(clock_table).where(
    _KEPT.subject_kind == bindparam("of_kind"), _KEPT.subject_id == bindparam("of_id")
)
_NAMES = tuple(column.name for column in clock_table.c if not column.primary_key)
_INSTANTS = ("due", "risk_at", "met_at", "ended_at", "broken_at", "warned_at", "next_at")
_SET = (
    update(clock_table)
    .where(
        _KEPT.subject_kind == bindparam("of_kind"), _KEPT.subject_id == bindparam("of_id"),
        _KEPT.agreement == bindparam("of_agreement"), _KEPT.kind == bindparam("of_clock"),
    )
    .values({name: bindparam(name) for name in _NAMES})
)  # fmt: skip
_ADD = insert(clock_table)
_DUE = {
    kind: update(table).where(table.c.id == bindparam("of_id")).values(due=bindparam("next_due"))
    for kind, table in ITEMS.items()
}


_Rows = dict[tuple[str, str], dict[str, Any]]
"""The clocks that are kept of an item: (agreement, clock) → columns."""


class Difference(NamedTuple):
    """A clock that is kept otherwise than the journal has it: whose, and each column with what is kept and what is so."""

    item: Item
    agreement: str
    clock: str
    columns: dict[str, tuple[Any, Any]]


def set_clocks(
    work: Work, item: Item, *, is_new: bool = False, chosen: Iterable[str] = (), asker: str = ""
) -> None:
    """Keeps the clocks and the escalation of an item as they are with what this work has recorded of it; to be called behind that.

    Of one that `is_new`, opened by this work and without clocks so far, nothing of it is looked up. What is, is asked for
    at once: `chosen` are the agreements of its row, `asker` is who asks for it; what else its entries name is asked for behind.
    """
    fresh = told_here(work, item)
    agreements = {*filter(None, chosen), *_chosen(fresh)}
    question = question_for(item.service, item.opened_at, agreements, asker)
    if is_new:
        rows, newest, *policies = work.statements.several([question, NEWEST_AT, policies_question(item)])
        told, kept = _behind(newest, fresh), {}
    else:
        about, known = {"of_kind": item.kind, "of_id": item.id}, OF_PROCESS.known(item)
        rows, newest, behind, of_item, *escalated = work.statements.several(
            [
                question,
                NEWEST_AT,
                history_question(item, known),
                (_OF_ITEM, about),
                *escalation_questions(item),
            ]
        )
        before = OF_PROCESS.told(item, known, behind)
        if before is None:
            before = OF_PROCESS.read(work.connection, item)
        told = [*before, *_behind(newest, fresh)]
        kept = _by_item(row._asdict() for row in of_item)
        if not agreements >= (named := _chosen(told)):
            question = question_for(item.service, item.opened_at, named, asker)
            (rows,) = work.statements.several([question])
    versions = question.answered(work.connection, rows)
    clocks = item_clocks(versions, item, told, to_micros(work.now))
    _write(work, {item: clocks}, kept)
    if is_new:
        agreed = versions.terms(item.service, item.opened_at, told)
        begin_escalation(work, item, told, agreed, *policies)
    else:
        keep_escalation(work, told, *escalated)


def _chosen(told: Iterable[Told]) -> set[str]:
    """Returns the agreements that were chosen for an item."""
    return {each.covered.agreement for each in told if each.covered is not None and each.covered.agreement}


def dated(work: Work) -> int:
    """Returns when the entries of this work will be dated, at the earliest (microseconds UTC)."""
    return max(to_micros(work.now), work.connection.scalar(_NEWEST_AT) or 0)


def told_here(work: Work, item: Item, at: int | None = None) -> list[Told]:
    """Returns what this work has recorded of an item that its clocks take in; `at` as its entries will be dated, if that is not now."""
    at = to_micros(work.now) if at is None else at
    told = (told_by(at, each.kind, each.changes) for each in work.recorded if _is_about(each.subject, item))
    return [each for each in told if each is not None]


def keep(work: Work, clocks: Mapping[Item, Sequence[Clock]]) -> None:
    """Writes the clocks of items down, where they are not kept so already."""
    _write(work, clocks, _kept(work.connection, list(clocks)))


def _write(work: Work, clocks: Mapping[Item, Sequence[Clock]], kept: Mapping[tuple[str, int], _Rows]) -> None:
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for item, found in clocks.items():
        rows = kept.get((item.kind, item.id), {})
        for clock in found:
            key, values = (clock.agreement.id, str(clock.kind)), row_values(clock)
            row = rows.get(key)
            if row is None:
                named = {
                    "subject_kind": item.kind,
                    "subject_id": item.id,
                    "agreement": key[0],
                    "kind": key[1],
                }
                added.append(named | values | {"version": 1})
            elif any(row[name] != value for name, value in values.items()):
                of = {"of_kind": item.kind, "of_id": item.id, "of_agreement": key[0], "of_clock": key[1]}
                changed.append(of | values | {"version": row["version"] + 1})
        next_ = next_promise(found)
        next_due = next_.due if next_ else None
        if next_due != _next_due(rows.values()):
            work.statements.change(_DUE[item.kind], {"of_id": item.id, "next_due": next_due})
    if len(changed) > len(ClockKind):
        work.connection.execute(_SET, changed)  # many at once; few go ahead of what is asked next
    else:
        for each in changed:
            work.statements.change(_SET, each)
    if len(added) > len(ClockKind):
        work.connection.execute(_ADD, added)
    else:
        for each in added:
            work.statements.change(_ADD, each)


def row_values(clock: Clock) -> dict[str, Any]:
    """Returns what is kept of a clock, but for whose it is and the row's version."""
    return {
        "agreement_since": clock.terms.since, "calendar_version": clock.terms.calendar_version,
        "allowed_s": float(clock.allowed_s), "due": clock.due, "risk_at": clock.risk_at, "met_at": clock.met_at,
        "ended_at": clock.ended_at, "broken_at": min(clock.said, default=None), "warned_at": clock.warned_at,
        "next_at": min((each.at for each in clock.owes), default=None),
    }  # fmt: skip


def differences(
    connection: Connection, items: Sequence[Item], now: int, *, within: int = 0
) -> list[Difference]:
    """Returns where the clocks that are kept of items differ from what the journal comes to, instants by more than `within` microseconds.

    A shared database dates an entry only at its end: live, instants that were kept lie before it by as long as that took.
    """
    found: list[Difference] = []
    for start in range(0, len(items), AT_ONCE):
        some = items[start : start + AT_ONCE]
        kept = _kept(connection, some)
        for item, clocks in promised(connection, some, now).items():
            rows = kept.get((item.kind, item.id), {})
            for clock in clocks:
                key = clock.agreement.id, str(clock.kind)
                columns = _differing(rows.pop(key, {}), row_values(clock), within)
                if columns:
                    found.append(Difference(item, *key, columns))
            found += [
                Difference(item, *key, {"version": (row["version"], None)}) for key, row in rows.items()
            ]
    return found


def _kept(connection: Connection, items: Sequence[Item]) -> dict[tuple[str, int], _Rows]:
    """Returns the clocks that are kept of items: (kind, number) → (agreement, clock) → columns."""
    found: dict[tuple[str, int], _Rows] = {}
    for kind in {item.kind for item in items}:
        wanted = {"of_kind": kind, "of_ids": [item.id for item in items if item.kind == kind]}
        found |= _by_item(row._asdict() for row in connection.execute(_OF_ITEMS, wanted))
    return found


def _by_item(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], _Rows]:
    found: dict[tuple[str, int], _Rows] = {}
    for row in rows:
        of_item = found.setdefault((row["subject_kind"], row["subject_id"]), {})
        of_item[row["agreement"], row["kind"]] = dict(row)
    return found


def _differing(row: dict[str, Any], values: dict[str, Any], within: int) -> dict[str, tuple[Any, Any]]:
    return {
        name: (row.get(name), value)
        for name, value in values.items()
        if row.get(name) != value and not (name in _INSTANTS and _is_near(row.get(name), value, within))
    }


def _is_near(one: int | None, other: int | None, within: int) -> bool:
    return one is not None and other is not None and abs(one - other) <= within


def _next_due(rows: Iterable[dict[str, Any]]) -> int | None:
    pending = (row["due"] for row in rows if row["met_at"] is None and row["ended_at"] is None)
    return min((due for due in pending if due is not None), default=None)


def _is_about(subject: tuple[str, str], item: Item) -> bool:
    return subject == (item.kind, str(item.id))


def _behind(newest: Sequence[Sequence[int]], fresh: Sequence[Told]) -> list[Told]:
    """Returns what is told now, not before the newest entry: the clock may have been set back, and the work begun before that was made."""
    at = max((at for (at,) in newest), default=0)
    return [each._replace(at=max(each.at, at)) for each in fresh]
