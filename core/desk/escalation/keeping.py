"""The escalations of items kept beside them: written with every change of an item, in the same transaction.

A row says by which version of which policy, and when a step is due next: only so is what is due found without looking at
what is not. When that is follows from what was told of the item and which steps were taken.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from core.desk.escalation import choosing
from core.desk.escalation.model import course_of, next_at
from core.desk.escalation.tables import escalation, escalation_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.catalog.oncall import Policy
    from core.desk.agreements.targets import Terms
    from core.desk.clocks.promises import Item
    from core.desk.clocks.told import Told
    from core.desk.escalation.choosing import Chosen
    from core.desk.escalation.model import Course, Done
    from core.store.work import Work

NEAR = 60_000_000
"""Kept instants may lie this far from what the journal says: it dates an entry at the end of its transaction."""
_E, _S = escalation.c, escalation_step.c
_ROWS = select(escalation).where(
    _E.subject_kind == bindparam("of_kind"), _E.subject_id.in_(bindparam("of_ids", expanding=True))
)
_LOCKED = _ROWS.with_for_update()
_ROW = (
    select(escalation)
    .where(_E.subject_kind == bindparam("of_kind"), _E.subject_id == bindparam("of_id"))
    .with_for_update()
)
_ADD = insert(escalation).values({column.name: bindparam(column.name) for column in escalation.c})
_DONE = (
    select(_S.subject_id, _S.cycle, _S.step, func.max(_S.round).label("round"))
    .where(_S.subject_kind == bindparam("of_kind"), _S.subject_id.in_(bindparam("of_ids", expanding=True)))
    .group_by(_S.subject_id, _S.cycle, _S.step)
)
_DONE_OF_ONE = (
    select(_S.cycle, _S.step, func.max(_S.round).label("round"))
    .where(_S.subject_kind == bindparam("of_kind"), _S.subject_id == bindparam("of_id"))
    .group_by(_S.cycle, _S.step)
)
_SET = (
    update(escalation)
    .where(_E.subject_kind == bindparam("of_kind"), _E.subject_id == bindparam("of_id"))
    .values(
        next_at=bindparam("new_next"), nobody_at=bindparam("new_nobody"), version=bindparam("new_version")
    )
)


class Running(NamedTuple):
    """An escalation as it is kept: its row, its policy, how its item stands, and which steps were taken of this cycle."""

    row: Any
    policy: Policy
    course: Course
    done: Done


def policies_question(item: Item) -> tuple[Any, dict[str, Any]]:
    """Returns what asks for the policies that an item which was just opened may go by."""
    return choosing.policies_question(item.service, item.opened_at)


def escalation_questions(item: Item) -> list[tuple[Any, dict[str, Any]]]:
    """Returns what asks for the escalation of one item and its steps, in one message with whatever else is asked of it."""
    about = {"of_kind": item.kind, "of_id": item.id}
    return [(_ROW, about), (_DONE_OF_ONE, about)]


def begin_escalation(
    work: Work, item: Item, told: Sequence[Told], terms: Iterable[Terms], rows: Iterable[Sequence[Any]]
) -> None:
    """Keeps by which policy an item that was just opened is escalated, where one is named; to be called behind its entry.

    `rows` are the answer to `policies_question`.
    """
    agreements = [each.agreement for each in terms]
    chosen = choosing.chosen_from(work.connection, rows, agreements, choosing.priority_of(told))
    if chosen is not None:
        add_escalation(work, item, chosen, next_at(chosen.policy, course_of(told), {}))


def add_escalation(work: Work, item: Item, chosen: Chosen, next_at: int | None) -> None:
    """Keeps that an item is escalated by a policy, and when a step is due first."""
    values = {
        "subject_kind": item.kind, "subject_id": item.id, "policy": chosen.policy.id, "policy_since": chosen.since,
        "next_at": next_at, "nobody_at": None, "version": 1,
    }  # fmt: skip
    work.statements.change(_ADD, values)


def keep_escalation(work: Work, told: Sequence[Told], rows: Sequence[Any], done: Iterable[Any]) -> None:
    """Keeps the escalation of an item of which this was told, with what this work recorded; `rows` and `done` are the answers."""
    for row in rows:
        course = course_of(told)
        of_cycle = {each.step: each.round for each in done if each.cycle == course.cycle}
        policy = choosing.policy_version(work.connection, row.policy, row.policy_since)
        _keep(work, Running(row, policy, course, of_cycle))


def keep_escalations(work: Work, told: Mapping[Item, Sequence[Told]]) -> None:
    """Keeps the escalations of several items; to be called behind what this work recorded of them."""
    for running in running_of(work.connection, told, lock=True).values():
        _keep(work, running)


def _keep(work: Work, running: Running) -> None:
    course = running.course
    nobody_at = None if course.is_over(running.policy) else running.row.nobody_at
    write(work, running, next_at(running.policy, course, running.done), nobody_at)


def write(work: Work, running: Running, next_at: int | None, nobody_at: int | None) -> None:
    """Writes down when a step is due next, and since when nobody was found, where that is not kept so already."""
    row = running.row
    if (row.next_at, row.nobody_at) == (next_at, nobody_at):
        return
    work.statements.change(
        _SET,
        {
            "of_kind": row.subject_kind, "of_id": row.subject_id, "new_next": next_at, "new_nobody": nobody_at,
            "new_version": row.version + 1,
        },
    )  # fmt: skip


def running_of(
    connection: Connection, told: Mapping[Item, Sequence[Told]], *, lock: bool = False
) -> dict[Item, Running]:
    """Returns the escalations of those items that have one, read at once for all; with `lock` nobody else changes them."""
    found: dict[Item, Running] = {}
    for kind in {item.kind for item in told}:
        items = {item.id: item for item in told if item.kind == kind and told[item]}
        wanted = {"of_kind": kind, "of_ids": sorted(items)}
        rows = connection.execute(_LOCKED if lock else _ROWS, wanted).all()
        if not rows:
            continue
        done: defaultdict[tuple[int, int], Done] = defaultdict(dict)
        for subject_id, cycle, step, last in connection.execute(
            _DONE, wanted | {"of_ids": [row.subject_id for row in rows]}
        ):
            done[subject_id, cycle][step] = last
        for row in rows:
            item = items[row.subject_id]
            policy, course = (
                choosing.policy_version(connection, row.policy, row.policy_since),
                course_of(told[item]),
            )
            found[item] = Running(row, policy, course, dict(done[row.subject_id, course.cycle]))
    return found
