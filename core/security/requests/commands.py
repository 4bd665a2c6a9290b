"""What people do with requests for access, and what time does: asked for, decided by another, over by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.catalog.nearest import did_you_mean, listed
from core.desk.messages.model import STAFF, is_name
from core.desk.messages.outbox import queue
from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.commands import admit
from core.gate.people import noted_refusal
from core.journal.model import Subject
from core.printable import printable_lines
from core.security.grants.commands import revoke
from core.security.grants.known_things import check_on, check_source
from core.security.grants.model import Right, Standing
from core.security.grants.people import names_of
from core.security.grants.queries import grant_known_by
from core.security.grants.tables import access_grant
from core.security.requests.issuing import issue
from core.security.requests.model import MOST_DAYS, WAITS_H, AccessRequest, AskState, Wish, check_follows
from core.security.requests.queries import one_access_request, to_request
from core.security.requests.tables import access_request
from core.security.reviews.queries import roster
from core.security.reviews.stepping import DUTY
from core.sentences import LONGEST, line_written, sentence_of, written
from core.store.lease import beat
from core.store.rows import new_number, revise, row_of
from core.timekeeping import EPOCH, to_micros

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.store.work import Work

ONE_LINE = 200
_C = access_request.c


def subject(request_id: int) -> Subject:
    """Returns the journal's subject of a request for access."""
    return Subject("access_request", str(request_id))


def ask_access(work: Work, wish: Wish) -> AccessRequest:
    """Asks that somebody gets a right for some days; the leads are told. Level 1. It waits for WAITS_H at most.

    Raises BadInput for what lacks something or names what there is not, NotPossible where they have the right already.
    """
    admit(work, "access.ask", [wish.person])
    checked = _checked(work, wish)
    check_source(work.connection, checked.source)
    check_on(work.connection, checked.source, checked.on)
    _refuse_held(work, checked, "Nothing was asked for")
    values: dict[str, Any] = {
        "state": AskState.ASKED, "person": checked.person, "source": checked.source, "principal": checked.principal,
        "entitlement": checked.entitlement, "thing": checked.on, "reason": checked.reason, "days": checked.days,
        "asked_at": to_micros(work.now), "asked_by": work.actor, "next_at": to_micros(work.now + timedelta(hours=WAITS_H)),
        "ends_on": "", "grant_id": None, "decided_at": None, "decided_by": "", "why": "", "ended_at": None,
    }  # fmt: skip
    number = new_number(work, access_request)
    work.connection.execute(insert(access_request).values(id=number, version=1, **values))
    work.record(
        "access_request.asked", subject(number), {name: (None, value) for name, value in values.items()}
    )
    asked = one_access_request(work.connection, number)
    for lead in roster(work.connection).leads:
        if not {work.actor, checked.person, checked.principal} & set(lead):
            _tell(work, asked, lead.reviewer, "asked", f"{asked.label} asks for access: {asked.in_words}")
    return asked


def approve_access(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> AccessRequest:
    """Approves a request for access: from now on the right is granted, until its last day. Level 2, a lead's.

    Raises NotPermitted for who asked, is to have it, or has the account there; NotPossible where they have it by now.
    """
    admit(work, "access.approve", [f"AQ-{request_id}"], consent)
    row = _to_decide(work, request_id, AskState.APPROVED, seen)
    ends_on = work.now.date() + timedelta(days=row.days - 1)
    why = written(text, "why it is approved")
    wish = to_request(row).wish
    _refuse_held(work, wish, "Nothing was changed. Decline it, or end what they have first")
    grant = issue(work, wish, ends_on, printable_lines(f"AQ-{request_id}: {wish.reason}", LONGEST))
    after = {
        "state": AskState.APPROVED, "ends_on": ends_on.isoformat(), "grant_id": grant, "next_at": _end_of(ends_on),
        **_decided(work, why),
    }  # fmt: skip
    approved = _revise(work, row, "access_request.approved", after, why)
    _tell(
        work,
        approved,
        approved.asked_by,
        "approved",
        f"{approved.label} is approved until {ends_on}: {approved.in_words}",
    )
    return approved


def decline_access(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> AccessRequest:
    """Declines a request for access, with the reason. Level 2, a lead's. Raises NotPermitted for who asked, or is to have it."""
    admit(work, "access.decline", [f"AQ-{request_id}"], consent)
    row = _to_decide(work, request_id, AskState.DECLINED, seen)
    why = sentence_of(text, "why it is declined")
    after = {"state": AskState.DECLINED, "next_at": None, **_decided(work, why)}
    declined = _revise(work, row, "access_request.declined", after, why)
    _tell(work, declined, declined.asked_by, "declined", f"{declined.label} is declined: {why}")
    return declined


def withdraw_access(work: Work, request_id: int, seen: int | None = None) -> AccessRequest:
    """Takes back what one asked for oneself. Level 1. Raises NotPermitted for who did not ask."""
    admit(work, "access.withdraw", [f"AQ-{request_id}"])
    row = row_of(work, access_request, "access_request", request_id, seen)
    if row.asked_by != work.actor:
        raise NotPermitted(f"{row.asked_by} asked for AQ-{request_id}", next_step="A lead can decline it")
    check_follows(f"AQ-{request_id}", AskState(row.state), AskState.WITHDRAWN)
    after = {"state": AskState.WITHDRAWN, "next_at": None}
    return _revise(work, row, "access_request.withdrawn", after)


def end_access(
    work: Work, request_id: int, text: str, consent: Consent, seen: int | None = None
) -> AccessRequest:
    """Ends what was approved before its last day, with the reason: the right is to be removed at once. Level 2."""
    admit(work, "access.end", [f"AQ-{request_id}"], consent)
    row = row_of(work, access_request, "access_request", request_id, seen)
    check_follows(f"AQ-{request_id}", AskState(row.state), AskState.ENDED)
    return _end(work, row, sentence_of(text, "why it ends before its time"))


# The agent's part


def is_access_due(connection: Connection, now: datetime) -> bool:
    """Tells whether the time of any request for access is over."""
    query = select(_C.id).where(
        _C.state.in_((AskState.ASKED, AskState.APPROVED)), _C.next_at <= to_micros(now)
    )
    return connection.execute(query.limit(1)).first() is not None


def end_due_access(work: Work, token: int) -> bool:
    """Ends one request whose time is over, under the agent's lease: nobody answered, or its last day is past; tells whether there was one.

    Raises LeaseLost.
    """
    beat(work, DUTY, token)
    query = (
        select(access_request)
        .where(_C.state.in_((AskState.ASKED, AskState.APPROVED)), _C.next_at <= to_micros(work.now))
        .order_by(_C.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = work.connection.execute(query).first()
    work.is_quiet = row is None
    if row is None:
        return False
    if row.state == AskState.APPROVED:
        _end(work, row, f"its last day was {row.ends_on}")
    else:
        expired = _revise(work, row, "access_request.expired", {"state": AskState.EXPIRED, "next_at": None})
        _tell(
            work, expired, expired.asked_by, "expired", f"{expired.label} was not answered in {WAITS_H} hours"
        )
    return True


def _end(work: Work, row: Any, why: str) -> AccessRequest:
    """Ends what was approved; what somebody decided about the grant meanwhile stands."""
    after = {"state": AskState.ENDED, "next_at": None, "ended_at": to_micros(work.now)}
    ended = _revise(work, row, "access_request.ended", after, why)
    grant = row_of(work, access_grant, "grant", row.grant_id)
    is_other = grant.is_granted and grant.expires != row.ends_on  # granted again, until another day
    if not is_other and Standing(grant.state) not in {Standing.ENDED, Standing.REMOVING}:
        begin = len(work.recorded)
        revoke(work, grant, printable_lines(f"{ended.label} is over: {why}", LONGEST))
        for entry in work.recorded[begin:]:
            entry.cause = work.recorded[begin - 1]
    return ended


def _to_decide(work: Work, request_id: int, wanted: AskState, seen: int | None) -> Any:
    row = row_of(work, access_request, "access_request", request_id, seen)
    check_follows(f"AQ-{request_id}", AskState(row.state), wanted)
    about = dict.fromkeys((row.person, row.principal))
    barred = {each.lower() for each in (row.asked_by, *about)}
    if not names_of(work.connection, work.actor).isdisjoint(barred):
        what = (
            f"AQ-{request_id} is about {' as '.join(about)}, and {row.asked_by} asked for it: another decides"
        )
        leads = (each.reviewer for each in roster(work.connection).leads)
        others = [each for each in leads if names_of(work.connection, each).isdisjoint(barred)]
        step = (
            f"These can: {listed(others)}"
            if others
            else "Nobody else can: an admin makes somebody else a lead"
        )
        raise noted_refusal(work, what, step)
    return row


def _decided(work: Work, why: str) -> dict[str, Any]:
    return {"decided_at": to_micros(work.now), "decided_by": work.actor, "why": why}


def _checked(work: Work, wish: Wish) -> Wish:
    lines = {name: line_written(getattr(wish, name), name, ONE_LINE) for name in Wish._fields[:5]}
    lines["principal"] = lines["principal"] or lines["person"]
    missing = [name for name, text in lines.items() if not text]
    if missing:
        raise BadInput(
            f"the request says nothing of: {listed(missing)}",
            next_step="Say who is to have which entitlement of which source, and on what",
        )
    lines["person"] = person_called(work.connection, lines["person"])
    if not 1 <= wish.days <= MOST_DAYS:
        raise BadInput(
            f"access is not given for {wish.days} days", where="days", next_step=f"Write 1 to {MOST_DAYS}"
        )
    return Wish(**lines, reason=sentence_of(wish.reason, "why it is needed"), days=wish.days)


def person_called(connection: Connection, name: str) -> str:
    """Returns by which name the declared staff knows somebody; where none is declared, the name itself. Raises BadInput."""
    names = roster(connection).names
    if names and name not in names:
        raise BadInput(
            f"{name!r} is not declared as staff", where="person",
            next_step=did_you_mean(name, names, f"Staff: {listed(names)}"),
        )  # fmt: skip
    known = names.get(name)
    return known.alias if known else name


def _refuse_held(work: Work, wish: Wish, step: str) -> None:
    """Raises NotPossible where somebody has the right: two requests would end one grant on two days."""
    held = grant_known_by(work.connection, Right(wish.source, wish.principal, wish.entitlement, wish.on))
    if held is not None and held.standing in {Standing.GRANTED, Standing.MISSING}:
        raise NotPossible(f"{held.in_words} already ({held.label}, {held.standing})", next_step=step)


def _revise(work: Work, row: Any, kind: str, after: dict[str, Any], note: str = "") -> AccessRequest:
    return to_request(revise(work, access_request, row, kind, after, subject=subject(row.id), note=note))


def _tell(work: Work, about: AccessRequest, whom: str, purpose: str, title: str) -> None:
    if is_name(whom):
        queue(
            work, subject=subject(about.id), purpose=purpose, channel=STAFF, recipient=whom, title=title,
            body=f"{title}\nWhy: {about.wish.reason}\n`watchfloor access request {about.label}` shows it.",
            key=f"access request {about.id} {purpose} {whom}", cause=work.recorded[-1] if work.recorded else None,
        )  # fmt: skip


def _end_of(day: date) -> int:
    """Returns the end of a day, UTC."""
    return to_micros(EPOCH + timedelta(days=(day - EPOCH.date()).days + 1))
