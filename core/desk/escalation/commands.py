"""What people do about escalations: taking the next step ahead of its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.agreements.terms import EVER, all_versions
from core.desk.clocks.promises import Item, told_of
from core.desk.escalation.choosing import policy_for, priority_of
from core.desk.escalation.keeping import add_escalation, running_of, write
from core.desk.escalation.model import next_at, step_after, take
from core.desk.escalation.paging import Page
from core.desk.model import IncidentState
from core.desk.oncall.queries import people_at
from core.desk.requests.model import RequestState
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.errors import Moved, NotPossible
from core.gate.commands import admit
from core.journal.wording import label
from core.sentences import reason_of
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from core.desk.escalation.keeping import Running
    from core.gate.model import Consent
    from core.store.work import Work

_TABLES = {"incident": incident, "request": request}


class Escalated(NamedTuple):
    """What came of it: the step that was taken last, and who was told; nobody where no step found anybody."""

    step: int
    round: int
    told: tuple[str, ...]


def escalate(
    work: Work, kind: str, number: int, reason: str, consent: Consent, seen: int | None = None
) -> Escalated:
    """Takes the next step of an incident's or a request's escalation now, with the reason, also where somebody took note. Level 2.

    `seen` is the version of the escalation that the person saw (0: that there was none): where it moved on meanwhile,
    two who press the key at once take one step, not two. One that no policy was for when it was opened begins with
    the one that is now. Raises Moved, BadInput without a reason, NotPossible for what is done or where no policy is named.
    """
    name = label(kind, str(number))
    admit(work, f"{kind}.escalate", [name], consent)
    reason = reason_of(reason, "a sentence is asked for: why it is escalated")
    row = row_of(work, _TABLES[kind], kind, number)
    is_open = IncidentState(row.state).is_unsolved if kind == "incident" else RequestState(row.state).is_open
    if not is_open:
        raise NotPossible(f"{name} is {row.state}; nobody needs to be told", next_step="Nothing was changed")
    item = Item(kind, number, row.service, row.opened_at)
    running = _running(work, item, name, seen)
    page = Page(work, item, row, running, people_at(work.connection, to_micros(work.now)), reason)
    told: list[str] = []
    first = step_after(running.policy, running.done)
    heard = list(take(running.policy, running.done, first, page.teller(told)))
    nobody_at = None if told else to_micros(work.now)
    write(work, running, next_at(running.policy, running.course, running.done), nobody_at)
    return Escalated(heard[-1].step, heard[-1].round, tuple(told))


def _running(work: Work, item: Item, name: str, seen: int | None) -> Running:
    """Returns the escalation of an item as it is kept, begun where there was none. Raises Moved or NotPossible."""
    told = {item: told_of(work.connection, item.kind, [item.id])[item.id]}
    running = running_of(work.connection, told, lock=True).get(item)
    if seen is not None and (running.row.version if running else 0) != seen:
        raise Moved(
            f"the escalation of {name} moved on since you saw it",
            next_step="Nothing was changed. Look again, then decide",
        )
    if running is not None:
        return running
    now = to_micros(work.now)
    terms = all_versions(work.connection).terms(item.service, now, told[item])
    agreements = [each.agreement for each in terms if each.until >= EVER]
    chosen = policy_for(work.connection, agreements, priority_of(told[item]), item.service, now)
    if chosen is None:
        raise NotPossible(
            f"no policy says whom to tell of {name}",
            next_step="Nothing was changed. Name one in the catalog: policy of its agreement, a target, or its service",
        )
    add_escalation(work, item, chosen, None)
    return running_of(work.connection, told, lock=True)[item]
