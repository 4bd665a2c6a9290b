"""What keeps signals from being shown, for a while: by a lead, for a reason, until an instant at which it ends by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from core.endings.model import Ending, Sort
from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.journal.model import Subject
from core.security.findings.commands import DUTY as ENDINGS
from core.security.findings.commands import check_owner
from core.security.grants.people import names_of
from core.security.signals.about import is_about, refuse_own
from core.security.signals.model import MOST_SUPPRESSED_DAYS, OTHERS, SignalState, Suppression, check_follows
from core.security.signals.queries import to_signal, to_suppression
from core.security.signals.reading.addresses import group_of
from core.security.signals.revising import revise_signal
from core.security.signals.rules import OF_WATCH
from core.security.signals.tables import signal, suppression
from core.sentences import LONGEST, reason_of
from core.store.lease import beat
from core.store.rows import new_number, revise, row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.security.signals.model import Signal
    from core.store.work import Work

IN_FORCE, ENDED = "in force", "ended"
ANY = "*"
NEVER = "says that the watch itself may see nothing: that is never suppressed"
_C = suppression.c


def subject(suppression_id: int) -> Subject:
    """Returns the journal's subject of a suppression."""
    return Subject("suppression", str(suppression_id))


def suppress_signal(
    work: Work, signal_id: int, until: datetime, owner: str, reason: str, consent: Consent, seen: int | None = None,
    *, whatever: bool = False,
) -> Signal:  # fmt: skip
    """Suppresses what its rule raises in its log about its subject (`whatever`: about anything) until an instant. Level 2, a lead's.

    It goes on being counted. Raises BadInput without an end that is near enough, an owner, and a reason; NotPossible for
    what says that the watch itself sees nothing; NotPermitted for one about the actor.
    """
    admit(work, "signal.suppress", [f"SG-{signal_id}"], consent)
    row = row_of(work, signal, "signal", signal_id, seen)
    found = to_signal(row)
    refuse_own(work, found, "suppresses", "another lead")
    check_follows(f"SG-{signal_id}", SignalState(row.state), SignalState.SUPPRESSED)
    why_not = why_never(found, whatever=whatever)
    if why_not is not None:
        raise NotPossible(
            why_not, next_step="Acknowledge it once you know what it was, or make it an incident"
        )
    why = reason_of(reason, "a suppression needs a reason", LONGEST, keeps_lines=True)
    if not owner:
        raise BadInput("a suppression needs an owner", where="owner", next_step="Name who answers for it")
    check_owner(work.connection, owner)
    if is_about(found, names_of(work.connection, owner)):
        raise BadInput(
            f"{owner} is whom SG-{signal_id} is about", where="owner", next_step="Nothing was changed. Name somebody else"
        )  # fmt: skip
    _check_end(until, work.now)
    number = new_number(work, suppression)
    values: dict[str, Any] = {
        "state": IN_FORCE, "rule": row.rule, "source": row.source, "whom": ANY if whatever else row.whom,
        "owner": owner, "reason": why, "begins_at": to_micros(work.now), "ends_at": to_micros(until),
        "made_by": work.actor, "ended_at": None, "ended_by": "",
    }  # fmt: skip
    work.connection.execute(insert(suppression).values(id=number, version=1, **values))
    made = work.record(
        "suppression.made", subject(number), {name: (None, value) for name, value in values.items()}, note=why
    )
    after = {"state": SignalState.SUPPRESSED, "suppression": number, "why": why, "owner": owner}
    return to_signal(revise_signal(work, row, "signal.suppressed", after, note=why, cause=made))


def why_never(found: Signal, *, whatever: bool = False) -> str | None:
    """Returns why a signal is never suppressed, or only with whatever its rule raises; None where it may be. Pure."""
    if found.rule in OF_WATCH:
        return f"{found.label} {NEVER}"
    if found.about == OTHERS and not whatever:
        return f"{found.label} is about {OTHERS}, whoever comes: nobody can say who that will be"
    if found.about == ANY and not whatever:  # a name that somebody chose who tried to sign in
        return f"{found.label} is about somebody called {ANY}, which stands for anything"
    return None


def end_suppression(
    work: Work, suppression_id: int, consent: Consent, seen: int | None = None
) -> Suppression:
    """Ends one before its time: what comes from now on is shown again. Level 2."""
    admit(work, "suppression.end", [f"SU-{suppression_id}"], consent)
    row = row_of(work, suppression, "suppression", suppression_id, seen)
    if row.state != IN_FORCE:
        raise NotPossible(f"SU-{suppression_id} has ended already", next_step="Nothing was changed")
    return _end(work, row, work.actor)


def in_force(
    connection: Connection, rule: str, source: str, about: str, now: datetime, wholes: AbstractSet[str] = frozenset()
) -> Suppression | None:  # fmt: skip
    """Returns what suppresses that at an instant; None for nothing. One whose end is past suppresses nothing any more.

    One about anything is not about who made it, nor about who answers for it. A group of addresses is suppressed where each of
    those it came from (`wholes`) is suppressed by itself.
    """
    if rule in OF_WATCH:
        return None
    query = select(suppression).where(
        _C.state == IN_FORCE, _C.rule == rule, _C.source == source, _C.whom.in_([about, ANY, *wholes]),
        _C.ends_at > to_micros(now),
    )  # fmt: skip
    rows = connection.execute(query.order_by(_C.ends_at.desc(), _C.id)).all()
    for row in rows:
        if row.whom == about or (row.whom == ANY and not _is_of(connection, row, about)):
            return to_suppression(row)
    of_wholes = {row.whom: row for row in reversed(rows)}  # of several about one address that which ends last
    if wholes and all(each in of_wholes and group_of(each) == about for each in wholes):
        return to_suppression(min((of_wholes[each] for each in wholes), key=lambda row: row.ends_at))
    return None


def _is_of(connection: Connection, row: Any, about: str) -> bool:
    return any(about.lower() in names_of(connection, name) for name in (row.made_by, row.owner))


def suppressions(connection: Connection, *, ended: bool = False) -> list[Suppression]:
    """Returns those in force, what ends first first; with `ended` the others too, at most 500."""
    query = select(suppression).order_by(_C.state.desc(), _C.ends_at, _C.id).limit(500)
    if not ended:
        query = query.where(_C.state == IN_FORCE)
    return [to_suppression(row) for row in connection.execute(query).all()]


def about_in_words(found: Suppression) -> str:
    """Returns what it is about, for people. Pure."""
    return "anything" if found.about == ANY else found.about or "the log itself"


def suppressions_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns those in force that end by an instant; those whose end is past and that nobody ended, too."""
    del now  # what should have ended, and has not yet, is shown most of all
    query = (
        select(suppression)
        .where(_C.state == IN_FORCE, _C.ends_at <= to_micros(until))
        .order_by(_C.ends_at, _C.id)
    )
    return [
        Ending(Sort.SUPPRESSION, each.label, f"shows nobody {each.rule} about {about_in_words(each)} in {each.source}", each.owner,
               each.reason, each.ends_at)
        for each in map(to_suppression, connection.execute(query).all())
    ]  # fmt: skip


# The agent's part


def is_suppression_over(connection: Connection, now: datetime) -> bool:
    """Tells whether the end of any suppression is past."""
    first = connection.scalar(select(func.min(_C.ends_at)).where(_C.state == IN_FORCE))
    return first is not None and first <= to_micros(now)


def end_suppressions(work: Work, token: int, at_most: int = 200) -> bool:
    """Ends at most so many whose end is past; tells whether there may be more. Raises LeaseLost when the duty went to another."""
    beat(work, ENDINGS, token)
    query = (
        select(suppression)
        .where(_C.state == IN_FORCE, _C.ends_at <= to_micros(work.now))
        .order_by(_C.ends_at, _C.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    rows = work.connection.execute(query).all()
    work.is_quiet = not rows
    for row in rows:
        _end(work, row, "")
    return len(rows) == at_most


def _end(work: Work, row: Any, by: str) -> Suppression:
    after = {"state": ENDED, "ended_at": to_micros(work.now), "ended_by": by}
    found = revise(work, suppression, row, "suppression.ended", after, subject=subject(row.id))
    return to_suppression(found)


def _check_end(until: datetime, now: datetime) -> None:
    if until <= now:
        raise BadInput(
            f"{until:%Y-%m-%d %H:%M}Z is past", where="until", next_step=f"Now it is {now:%Y-%m-%d %H:%M}Z"
        )
    last = now + timedelta(days=MOST_SUPPRESSED_DAYS)
    if until > last:
        raise BadInput(
            f"{until:%Y-%m-%d} is too far ahead", where="until",
            next_step=f"Write an end up to {last:%Y-%m-%d}; it can be set again then",
        )  # fmt: skip
