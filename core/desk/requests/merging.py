"""Requests about the same become one: merged into another, and taken out again as if they had never been.

What is merged follows its target: what its requester says goes there, and what the target's is told they are told, too.
Merging and un-merging are entries of both; nothing is removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.desk.clocks.keeping import set_clocks
from core.desk.clocks.promises import Item
from core.desk.messages.contact import tell
from core.desk.requests.model import Request, RequestState, check_follows
from core.desk.requests.queries import merged_in, to_request
from core.desk.requests.revising import revise_request
from core.desk.requests.tables import request
from core.errors import NotPossible
from core.gate.commands import admit
from core.journal.folding import fold
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.sentences import LONGEST_NOTE, written
from core.store.rows import row_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.gate.model import Consent
    from core.store.work import Work

MERGED = "request.merged"


def merge_request(
    work: Work, request_id: int, target: int, text: str, consent: Consent, seen: int | None = None
) -> Request:
    """Merges a request into another, which goes on for both; `text` is what its requester is told besides. Level 2.

    The target's time counts from the older one. Raises NotPossible for itself, for a target that is over, delivered or itself
    merged, and for one of another customer, who would read what is not theirs.
    """
    admit(work, "request.merge", [f"R-{request_id}"], consent)
    if request_id == target:
        raise NotPossible(
            f"R-{target} cannot be merged into itself", next_step="Nothing was changed. Name another request"
        )
    rows = {number: row_of(work, request, "request", number) for number in sorted((request_id, target))}
    row, into = row_of(work, request, "request", request_id, seen), rows[target]
    check_follows(f"R-{request_id}", RequestState(row.state), RequestState.MERGED)
    _check_target(into)
    if row.customer != into.customer:
        raise NotPossible(
            f"R-{request_id} is of {row.customer or 'no customer'}, R-{target} of {into.customer or 'no customer'}: "
            "each would read what is the other's",
            next_step="Nothing was changed. Link the two instead",
        )
    why = written(text, "what its requester is told", LONGEST_NOTE)
    after = {"state": RequestState.MERGED, "merged_into": target, "waiting_for": "", "wait_until": None}
    merged = to_request(revise_request(work, row, MERGED, after, note=why))
    said = work.recorded[-1]
    before = counted_from(work.connection, target, into.opened_at)
    older = min(before, counted_from(work.connection, request_id, row.opened_at))
    work.record(
        "request.merged_in", _subject(target),
        {"merged_in": (None, request_id), "counts_from": (before, older)}, cause=said,
    )  # fmt: skip
    _count_anew(work, into, before, older)
    tell(work, merged, "merged", f"R-{target}: {into.title}\n\n{why}".strip())
    return merged


def unmerge_request(work: Work, request_id: int, consent: Consent, seen: int | None = None) -> Request:
    """Takes a request out of the one it was merged into: it stands as it did before, and goes on by itself. Level 2.

    Raises NotPossible for one that is not merged.
    """
    admit(work, "request.unmerge", [f"R-{request_id}"], consent)
    row = row_of(work, request, "request", request_id, seen)
    if row.state != RequestState.MERGED or row.merged_into is None:
        raise NotPossible(f"R-{request_id} is {row.state}, not merged", next_step="Nothing was changed")
    entries = of_subject(work.connection, _subject(request_id))
    merging = next(each for each in reversed(entries) if each.kind == MERGED)
    before = {name: pair[0] for name, pair in merging.changes.items()}
    found = to_request(revise_request(work, row, "request.unmerged", before, cause=merging.seq))
    said = work.recorded[-1]
    target = row_of(work, request, "request", row.merged_into)
    counted = counted_from(work.connection, target.id, target.opened_at)
    others = merged_in(work.connection, [target.id])
    now = min(
        [
            target.opened_at,
            *(counted_from(work.connection, each.id, _opened(work, each.id)) for each in others),
        ]
    )
    work.record(
        "request.unmerged_from", _subject(target.id),
        {"taken_out": (None, request_id), "counts_from": (counted, now)}, cause=said,
    )  # fmt: skip
    _count_anew(work, target, counted, now)
    tell(work, found, "unmerged", f"R-{target.id} ({target.title})")
    return found


def counted_from(connection: Connection, request_id: int, opened_at: int) -> int:
    """Returns from when on a request's time counts (microseconds UTC): its own opening, or that of an older one it goes on for."""
    fields = fold(of_subject(connection, _subject(request_id)))
    return int(fields.get("counts_from") or opened_at)


def _check_target(into: Any) -> None:
    """Raises NotPossible for a request that none can be merged into."""
    state = RequestState(into.state)
    if state.is_open:
        return
    step = (
        f"Merge it into R-{into.merged_into} instead"
        if state is RequestState.MERGED
        else "Open that one again first"
    )
    raise NotPossible(
        f"R-{into.id} is {to_request(into).standing}; nothing can be merged into it",
        next_step=f"Nothing was changed. {step}",
    )


def _count_anew(work: Work, target: Any, before: int, now: int) -> None:
    if before != now:
        set_clocks(work, Item("request", target.id, target.service, target.opened_at))


def _opened(work: Work, request_id: int) -> int:
    return work.connection.scalar(select(request.c.opened_at).where(request.c.id == request_id)) or 0


def _subject(request_id: int) -> Subject:
    return Subject("request", str(request_id))
