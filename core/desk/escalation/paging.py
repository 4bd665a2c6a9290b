"""Taking the steps of escalations: the agent those that are due, a person the next one ahead of its time.

A step is a row with a key of its own, the messages to whom it tells, and an entry on the item's time line: one
transaction, so that a step comes about once or not at all, whoever dies when. The agent's begins with the fencing number
of its lease. The policy is the version that was in force when the item was opened; who is on call is asked as the step is taken.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select

from core.desk.clocks.due_words import exactly
from core.desk.clocks.keeping import ITEMS
from core.desk.clocks.promises import Item, told_of
from core.desk.escalation.keeping import NEAR, running_of, write
from core.desk.escalation.model import next_at, take_due
from core.desk.escalation.tables import escalation, escalation_step
from core.desk.escalation.whom import whom
from core.desk.escalation.words import page_text, step_words
from core.desk.messages.model import STAFF
from core.desk.messages.outbox import queue
from core.desk.oncall.queries import people_at
from core.journal.model import Subject
from core.printable import printable
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.told import Told
    from core.desk.escalation.keeping import Running
    from core.desk.escalation.model import Taken
    from core.desk.escalation.whom import People
    from core.store.work import Work

DUTY = "escalation"
AT_ONCE = 200
"""So many escalations are looked at in one transaction."""
LATE_S = 30.0
"""A step that is taken later than this says so: no agent escalated meanwhile."""
PURPOSE = "escalation"
_DUE = (
    select(escalation.c.subject_kind, escalation.c.subject_id)
    .where(escalation.c.next_at <= bindparam("now"))
    .order_by(escalation.c.next_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(escalation.c.next_at)).where(escalation.c.next_at.is_not(None))


class Page(NamedTuple):
    """One item as a step is taken: its row, its escalation, and everybody there is to tell."""

    work: Work
    item: Item
    row: Any
    running: Running
    people: People
    note: str = ""

    @property
    def about(self) -> Subject:
        """Returns what the entries are about."""
        return Subject(self.item.kind, str(self.item.id))

    def teller(self, told: list[str]) -> Callable[[Taken], bool]:
        """Returns what takes one step after the other, and leaves in `told` who the last of them told."""

        def tell(taken: Taken) -> bool:
            told[:] = self._take(taken)
            return bool(told)

        return tell

    def _take(self, taken: Taken) -> list[str]:
        """Takes one step: its row, its entry, its messages. Returns who is told."""
        work, policy, course = self.work, self.running.policy, self.running.course
        now, step = to_micros(self.work.now), policy.steps[taken.step - 1]
        found = whom(step.tell, self.people, now)
        work.connection.execute(
            insert(escalation_step).values(
                subject_kind=self.item.kind, subject_id=self.item.id, cycle=course.cycle, step=taken.step, round=taken.round,
                taken_at=now, told=json.dumps(found.names),
            )
        )  # fmt: skip
        changes: dict[str, tuple[Any, Any]] = {
            "escalation_policy": (None, policy.id), "escalation_since": (None, self.running.row.policy_since),
            "escalation_cycle": (None, course.cycle), "escalation_step": (None, taken.step),
            "escalation_round": (None, taken.round), "escalation_told": (None, found.names),
        }  # fmt: skip
        what = "escalated" if found.told else "nobody_told"
        said = "; ".join(each for each in (self.note, found.words, _late_words(taken, now)) if each)
        recorded = work.record(f"{self.item.kind}.{what}", self.about, changes, note=printable(said, 500))
        occasion = f"escalation {self.item.kind} {self.item.id} {course.cycle}.{taken.round}.{taken.step}"
        for name, target in found.told:
            title, body = page_text(self.item, self.row, step_words(policy, taken), target, self.note)
            queue(
                work, subject=self.about, purpose=PURPOSE, channel=STAFF, recipient=name, title=title, body=body,
                key=f"{occasion} {name}", cause=recorded,
            )  # fmt: skip
        return found.names


def is_due(connection: Connection, now: int) -> bool:
    """Tells whether a step is due at an instant (microseconds UTC): one look into an index, whatever runs."""
    first = next_due(connection)
    return first is not None and first <= now


def next_due(connection: Connection) -> int | None:
    """Returns when a step is due next (microseconds UTC); None where none is."""
    return connection.scalar(_NEXT)


def escalate_due(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Takes the steps that have come due of at most so many items; tells whether there may be more.

    Raises LeaseLost when the duty went to another.
    """
    beat(work, DUTY, token)
    now = to_micros(work.now)
    due = work.connection.execute(_DUE, {"now": now, "at_most": at_most}).all()
    work.is_quiet = not due
    if not due:
        return False
    rows, told = _items(work.connection, {(each.subject_kind, each.subject_id) for each in due})
    people = people_at(work.connection, now)
    for item, running in running_of(work.connection, told).items():
        page = Page(work, item, rows[item], running, people)
        if not take_steps(page, now):
            # What is kept was not what the journal says, which may be an older program's doing: nothing is due.
            work.record(f"{item.kind}.escalation_mended", page.about)
    return len(due) == at_most


def take_steps(page: Page, now: int) -> bool:
    """Takes every step of one escalation that is due at an instant, and keeps what is next; tells whether there was one."""
    running, told = page.running, list[str]()
    # What is kept was written as it happened; a shared database dates the entry a little later. The kept instant counts.
    due, kept = next_at(running.policy, running.course, running.done), running.row.next_at
    at = due if due is not None and kept is not None and now < due <= kept + NEAR else now
    taken = list(take_due(running.policy, running.course, running.done, at, page.teller(told)))
    nobody_at = running.row.nobody_at
    if taken:
        nobody_at = None if told else now
    write(page.work, running, next_at(running.policy, running.course, running.done), nobody_at)
    return bool(taken)


def _items(
    connection: Connection, wanted: set[tuple[str, int]]
) -> tuple[dict[Item, Any], Mapping[Item, Sequence[Told]]]:
    """Returns the rows of items, and what was told of each."""
    rows: dict[Item, Any] = {}
    told: dict[Item, Sequence[Told]] = {}
    for kind, table in ITEMS.items():
        ids = sorted(number for of_kind, number in wanted if of_kind == kind)
        if not ids:
            continue
        of_kind = told_of(connection, kind, ids)
        for row in connection.execute(select(table).where(table.c.id.in_(ids))).all():
            item = Item(kind, row.id, row.service, row.opened_at)
            rows[item], told[item] = row, of_kind.get(row.id, [])
    return rows, told


def _late_words(taken: Taken, now: int) -> str:
    late_s = 0.0 if taken.due_at is None else (now - taken.due_at) / 1e6
    return f"{exactly(late_s)} late: no agent escalated then" if late_s > LATE_S else ""
