"""What people decide about grants. None of it changes a source: what is to be removed there is tracked until it shows it gone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.gate.commands import admit
from core.security.findings.commands import check_owner
from core.security.grants.model import (
    MOST_GRANTED_DAYS,
    MOST_IGNORED_DAYS,
    REMOVAL_DAYS,
    Standing,
    check_follows,
    standing_of,
)
from core.security.grants.people import check_may_name, refuse_own
from core.security.grants.queries import to_grant
from core.security.grants.revising import revise_grant, subject
from core.security.grants.tables import access_grant
from core.sentences import sentence_of
from core.store.rows import row_of
from core.timekeeping import NEVER, to_micros

if TYPE_CHECKING:
    from core.gate.model import Consent
    from core.security.grants.model import Grant
    from core.store.work import Work

_S = Standing


def accept_grant(
    work: Work, grant_id: int, owner: str, reason: str, until: date | None, consent: Consent, seen: int | None = None
) -> Grant:  # fmt: skip
    """Grants here what its source shows, or grants it for longer: by whom it is owned, why, and the last day. Level 2, a lead's.

    A privileged right asks for that day (`until`); others may go without. Raises NotPermitted for a privileged right of one's own.
    """
    admit(work, "grant.accept", [f"G-{grant_id}"], consent)
    row = row_of(work, access_grant, "grant", grant_id, seen)
    refuse_own(work, row)
    return allow(work, row, owner, sentence_of(reason, "why the right is granted"), until)


def allow(work: Work, row: Any, owner: str, why: str, until: date | None) -> Grant:
    """Grants a right whose row the caller holds and may grant: what `accept_grant` and the decisions of reviews come to.

    `why` comes as it is kept: what a person wrote was checked, what the program says itself was shortened.
    """
    if not owner:
        raise BadInput("a grant needs an owner", where="owner", next_step="Name who answers for it")
    check_owner(work.connection, owner)
    today = work.now.date()
    check_end(until, today, is_privileged=bool(row.is_privileged))
    wanted = standing_of(is_granted=True, is_found=bool(row.is_found))
    after = {
        "is_granted": 1, "owner": owner, "reason": why, "granter": work.actor, "since": row.since or today.isoformat(),
        "expires": until.isoformat() if until else NEVER, "due": "", "why": "",
    }  # fmt: skip
    return _decide(work, row, wanted, "grant.granted", after, note=why)


def end_grant(
    work: Work, grant_id: int, reason: str, consent: Consent, seen: int | None = None, *, due: date | None = None
) -> Grant:  # fmt: skip
    """Ends a grant. Level 2. What its source still shows is to be removed there by a day (`due`, else in REMOVAL_DAYS)."""
    admit(work, "grant.end", [f"G-{grant_id}"], consent)
    row = row_of(work, access_grant, "grant", grant_id, seen)
    return revoke(work, row, sentence_of(reason, "why the right is to end"), due)


def revoke(work: Work, row: Any, why: str, due: date | None = None) -> Grant:
    """Ends a grant whose row the caller holds and may end: what `end_grant` and the decisions of reviews come to.

    `why` comes as it is kept, as with `allow`.
    """
    today = work.now.date()
    by = due or today + timedelta(days=REMOVAL_DAYS)
    if by < today:
        raise BadInput(f"{by} is past", where="due", next_step=f"Today is {today}")
    if not row.is_found:
        after = {"is_granted": 0, "due": "", "why": why, "ended_at": to_micros(work.now)}
        return _decide(work, row, _S.ENDED, "grant.ended", after, note=why)
    after = {"is_granted": 0, "due": by.isoformat(), "why": why, "owner": row.owner or work.actor}
    return _decide(work, row, _S.REMOVING, "grant.revoked", after, note=why)


def ignore_grant(
    work: Work, grant_id: int, until: date, reason: str, consent: Consent, seen: int | None = None
) -> Grant:
    """Leaves a difference alone until a day, that included, for a reason. Level 2, a lead's."""
    admit(work, "grant.ignore", [f"G-{grant_id}"], consent)
    row = row_of(work, access_grant, "grant", grant_id, seen)
    refuse_own(work, row)
    why = sentence_of(reason, "why the difference is left alone")
    _check_day(until, work.now.date(), MOST_IGNORED_DAYS)
    after = {"due": until.isoformat(), "why": why, "owner": row.owner or work.actor}
    return _decide(work, row, _S.IGNORED, "grant.ignored", after, note=why)


def assign_grant(work: Work, grant_id: int, owner: str, seen: int | None = None) -> Grant:
    """Says who answers for it, or with an empty name nobody. Level 1, undoable.

    A lead says so, or who answers for it now: otherwise anybody could make themselves the one who is asked about it in a
    review. Raises NotPermitted for anybody else.
    """
    admit(work, "grant.assign", [f"G-{grant_id}"])
    row = row_of(work, access_grant, "grant", grant_id, seen)
    check_may_name(work, row)
    check_owner(work.connection, owner)
    if row.is_granted and not owner:
        raise BadInput(
            f"G-{grant_id} is granted, and a grant needs an owner",
            where="owner",
            next_step="Name who answers for it",
        )
    return to_grant(revise_grant(work, row, "grant.assigned", {"owner": owner}))


def note_grant(work: Work, grant_id: int, text: str) -> None:
    """Writes on its time line. Level 1, undoable."""
    admit(work, "grant.note", [f"G-{grant_id}"])
    row_of(work, access_grant, "grant", grant_id)
    work.record("grant.noted", subject(grant_id), note=sentence_of(text, "what you saw or did"))


def check_end(until: date | None, today: date, *, is_privileged: bool) -> None:
    """Raises BadInput for a last day that is past or too far ahead, and where a privileged right has none."""
    if until is None:
        if is_privileged:
            step = f"Write a last day, at most {MOST_GRANTED_DAYS} days ahead; it can be granted again then"
            raise BadInput("a privileged right needs an end", where="until", next_step=step)
        return
    _check_day(until, today, MOST_GRANTED_DAYS)


def _check_day(until: date, today: date, most_days: int) -> None:
    if until < today:
        raise BadInput(f"{until} is past", where="until", next_step=f"Today is {today}")
    last = today + timedelta(days=most_days)
    if until > last:
        raise BadInput(
            f"{until} is too far ahead",
            where="until",
            next_step=f"Write a day up to {last}; it can be set again then",
        )


def _decide(work: Work, row: Any, wanted: Standing, kind: str, after: dict[str, Any], *, note: str) -> Grant:
    check_follows(f"G-{row.id}", Standing(row.state), wanted)
    decided = {"state": wanted, "decided_by": work.actor, "decided_at": to_micros(work.now)}
    return to_grant(revise_grant(work, row, kind, {**after, **decided}, note=note))
