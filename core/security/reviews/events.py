"""Reviews on events: somebody's role changed, somebody left, rights lie unused, rights end soon. Opened by the agent, each once.

What happened to people is found by comparing them with how the agent last knew them, so that nothing is missed while no
agent ran, and nothing is seen twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select, update

from core.catalog.queries import declared_staff
from core.gate.people import StaffState, members
from core.journal.queries import last_kinds
from core.security.grants.model import UNUSED_DAYS
from core.security.reviews.drawing import is_in_scope
from core.security.reviews.model import OutcomeRule
from core.security.reviews.opening import draft, freeze
from core.security.reviews.plans import By, Plan, Scope, Stage
from core.security.reviews.queries import roster
from core.security.reviews.revising import review_row
from core.security.reviews.stepping import DUTY
from core.security.reviews.tables import access_known, access_review
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.store.work import Work

ENDS_WITHIN_DAYS = 14
REVIEWED_WITHIN_DAYS = 90
"""What was decided in a review within so many days is not asked about again because it lies unused."""
_K = access_known.c


class Known(NamedTuple):
    """One of the staff as the agent knows them: by id, with their role, and whether they are still to come in."""

    person: str
    role: str
    is_gone: bool


class Event(NamedTuple):
    """Something that asks for a review: its occasion, of which there is one review, what it is called, and of which grants.

    `is_urgent`: what is privileged and nobody decides does not wait for a lead to be suspended.
    """

    occasion: str
    name: str
    scope: Scope
    stage: Stage
    is_urgent: bool = False


def staff_now(connection: Connection) -> dict[str, Known]:
    """Returns the staff as they stand, by id: declared, or let into a shared database. Who was taken out of one is gone, though still declared."""
    here = {each.login: each for each in members(connection)}
    declared = {each.login or each.id: each for each in declared_staff(connection)}
    removed = _removed(connection, sorted(declared.keys() - here.keys())) if here else frozenset()
    found: dict[str, Known] = {}
    for login, person in declared.items():
        member = here.pop(login, None)
        is_gone = login in removed if member is None else member.state is StaffState.SUSPENDED
        found[person.id] = Known(person.id, str(member.role if member else person.role), is_gone)
    for login, member in here.items():
        found.setdefault(login, Known(login, str(member.role), member.state is StaffState.SUSPENDED))
    return found


def _removed(connection: Connection, logins: Sequence[str]) -> frozenset[str]:
    """Returns who of these was let in once, and taken out last."""
    last = last_kinds(connection, "staff", logins, ("staff.added", "staff.removed"))
    return frozenset(login for login, kind in last.items() if kind == "staff.removed")


def changed_staff(before: dict[str, Known], now: dict[str, Known]) -> list[Known]:
    """Returns who stands otherwise than the agent knew them, as they stand now; who is not there any more is gone. Pure."""
    gone = [
        each._replace(is_gone=True) for name, each in before.items() if name not in now and not each.is_gone
    ]
    return [*(each for name, each in sorted(now.items()) if before.get(name) != each), *gone]


def of_person(before: Known | None, now: Known, at: datetime) -> Event | None:
    """Returns the review that a change of one person asks for; None for who is new. Pure."""
    if before is None or before == now:
        return None
    scope = Scope(people=(now.person,))
    when = f"{at:%Y-%m-%d %H:%M:%S.%f}"
    if now.is_gone:
        return Event(
            f"leaver {now.person} {when}", f"{now.person} left", scope,
            Stage(By.LEAD, days=3, rule=OutcomeRule.ONE_REVOKES), is_urgent=True,
        )  # fmt: skip
    if before.is_gone:
        return None  # whoever comes back is granted anew what they need
    return Event(
        f"role {now.person} {when}", f"{now.person} is {now.role}, and was {before.role}", scope, Stage(By.OWNER, days=7)
    )  # fmt: skip


def of_week(at: datetime) -> list[Event]:
    """Returns the reviews that are due once a week where there is anything to ask. Pure."""
    week = f"{at:%G-W%V}"
    return [
        Event(
            f"unused {week}", f"rights that nobody used for {UNUSED_DAYS} days, {week}",
            Scope(unused_days=UNUSED_DAYS, unreviewed_days=REVIEWED_WITHIN_DAYS), Stage(By.OWNER),
        ),
        Event(
            f"ending {week}", f"rights that end within {ENDS_WITHIN_DAYS} days, {week}",
            Scope(ends_within_days=ENDS_WITHIN_DAYS, unreviewed_days=ENDS_WITHIN_DAYS + 1), Stage(By.OWNER, days=5),
        ),
    ]  # fmt: skip


def is_event_due(connection: Connection, now: datetime) -> bool:
    """Tells whether anything happened that asks for a review, or that the agent did not know of people."""
    if changed_staff(_known(connection), staff_now(connection)):
        return True
    return bool(_open_weekly(connection, now)) and bool(roster(connection).leads)


def open_on_events(work: Work, token: int) -> list[str]:
    """Opens a review for each event since the last look, under the agent's lease; returns their labels. Raises LeaseLost.

    Where nobody leads, nobody could be asked at last: then none is opened, and people are known as they stand all the same.
    """
    beat(work, DUTY, token)
    before, now = _known(work.connection), staff_now(work.connection)
    changed = changed_staff(before, now)
    _keep(work, before, changed)
    events = [found for each in changed if (found := of_person(before.get(each.person), each, work.now))]
    last = tuple(each.reviewer for each in roster(work.connection).leads)
    due = (*events, *_open_weekly(work.connection, work.now)) if last else ()
    opened = [label for event in due if (label := _open(work, event, last))]
    work.is_quiet = not opened
    return opened


def _open(work: Work, event: Event, last: tuple[str, ...]) -> str:
    if not is_in_scope(work.connection, event.scope, work.now):
        return ""
    plan = Plan((event.stage,), last, event.scope, is_suspended_by_agent=event.is_urgent)
    drafted = draft(work, event.name, plan, last[0], occasion=event.occasion)
    freeze(work, review_row(work, drafted.id), cause=work.recorded[-1])
    return drafted.label


def _open_weekly(connection: Connection, now: datetime) -> list[Event]:
    weekly = of_week(now)
    done = _had(connection, (each.occasion for each in weekly))
    return [each for each in weekly if each.occasion not in done and is_in_scope(connection, each.scope, now)]


def _had(connection: Connection, occasions: Iterable[str]) -> set[str | None]:
    query = select(access_review.c.occasion).where(access_review.c.occasion.in_(list(occasions)))
    return set(connection.scalars(query))


def _known(connection: Connection) -> dict[str, Known]:
    return {
        row.person: Known(row.person, row.role, bool(row.is_gone))
        for row in connection.execute(select(access_known)).all()
    }


def _keep(work: Work, before: dict[str, Known], changed: Iterable[Known]) -> None:
    at = to_micros(work.now)
    for each in changed:
        values = {"role": each.role, "is_gone": int(each.is_gone), "seen_at": at}
        if each.person in before:
            work.connection.execute(update(access_known).where(_K.person == each.person).values(**values))
        else:
            work.connection.execute(insert(access_known).values(person=each.person, **values))
