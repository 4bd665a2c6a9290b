"""What was decided is done at a lead's word: told to where grants are kept, and settled where nothing else shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, or_, select, update

from core.errors import Moved, NotPossible
from core.gate.commands import admit
from core.security.grants.people import is_about, names_of
from core.security.reviews.fulfilling import fulfil, put
from core.security.reviews.model import ONLY_FOUND, Decision, Item, ItemState, ReviewState, Silence
from core.security.reviews.own import OWN_RIGHTS, is_own, other_leads, own_words, refusal
from core.security.reviews.queries import one_item, progress, to_item
from core.security.reviews.revising import review_row, revise_review, subject
from core.security.reviews.tables import access_item
from core.sentences import sentence_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from typing import Any

    from core.gate.model import Consent
    from core.store.work import Work

AT_ONCE = 200
_I = access_item.c
_WHILE = (ReviewState.OPEN, ReviewState.CARRYING_OUT)


class Carried(NamedTuple):
    """What came of some decisions: the labels of items that are done, are told to where grants are kept, could not be; how many are left.

    `version` is that of the review now, for the next part. `own` are rights of who carries it out: they are left to `others`.
    """

    done: tuple[str, ...]
    ordered: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    left: int
    version: int
    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def carry_out(
    work: Work, review_id: int, consent: Consent, at_most: int = AT_ONCE, seen: int | None = None
) -> Carried:
    """Carries out at most so many of the decisions that stand. Level 2.

    What is kept stays, and is granted where it was only found; what is revoked or suspended is to be removed, or ends at once where its
    source does not show it. Call it until nothing is left. A change that names a day sets the grant's end; any other is left to somebody, who says
    when it is done. What changes a right of the actor's own is left to another lead, as long as there is one; where nothing else is
    left that raises NotPermitted. Raises NotPossible where nothing is decided yet, Moved where the review is not as it was `seen`.
    """
    admit(work, "review.carry_out", [f"RV-{review_id}"], consent)
    row = review_row(work, review_id, seen)
    _check_under_way(row)
    here = and_(_I.review == review_id, _I.state == ItemState.SETTLED)
    stays = or_(and_(_I.outcome == Decision.KEEP, _I.stood.not_in(ONLY_FOUND)), _I.silence == Silence.STAYS)
    kept = work.connection.execute(
        update(access_item).where(here, stays).values(state=ItemState.DONE, done_at=to_micros(work.now))
    ).rowcount
    mine = is_own(work.connection, work.actor)
    own = tuple(
        f"RI-{number}" for number in work.connection.scalars(select(_I.id).where(here, mine).order_by(_I.id))
    )
    others = tuple(other_leads(work.connection, work.actor)) if own else ()
    query = select(access_item).where(here, ~mine) if others else select(access_item).where(here)
    query = query.order_by(_I.id).limit(at_most).with_for_update()
    items = [to_item(each) for each in work.connection.execute(query).all()]
    if others and not items and not kept:
        what = f"what is left to carry out of RV-{review_id} is {own_words(own)}: another lead does it"
        raise refusal(work, what, others)
    if not items and not kept:
        step = "Nothing was changed"
        if row.state == ReviewState.OPEN:
            step += ". What is decided stands once its stage is closed: close that first"
        raise NotPossible(f"nothing that RV-{review_id} decided is to be carried out", next_step=step)
    now = revise_review(work, row, "review.carried_out", {})
    ordering = work.recorded[-1]
    if kept:
        ordering.changes["kept"] = (None, kept)
    elsewhere = own if others else ()
    if own and not others:
        ordering.changes[OWN_RIGHTS] = (None, list(own))
    came = fulfil(work, items, ordering)
    left = progress(work.connection, [review_id])[review_id].not_done - len(elsewhere)

    def labels(state: ItemState) -> tuple[str, ...]:
        return tuple(each.label for each in items if came[each.id][0] is state)

    refused = tuple((each.label, came[each.id][1]) for each in items if came[each.id][0] is ItemState.REFUSED)
    return Carried(
        labels(ItemState.DONE), labels(ItemState.ORDERED), refused, left, now.version, elsewhere, others
    )


def settle_item(work: Work, item_id: int, text: str, consent: Consent, seen: str = "") -> Item:
    """Says that what was decided of an item is done, where nothing else shows it: a change by hand, or one that was refused. Level 2.

    `seen` is how the item stood, in words, when somebody looked. Raises Moved where it stands otherwise now, NotPossible for a
    removal, which its source shows, and where the review is not under way, NotPermitted for a right of one's own.
    """
    admit(work, "review.settle", [f"RI-{item_id}"], consent)
    why = sentence_of(text, "what was done, and how one sees it")
    row = review_row(work, one_item(work.connection, item_id).review)
    item = one_item(work.connection, item_id)  # nobody else settles it from now on
    _check_under_way(row)
    others = other_leads(work.connection, work.actor)
    if others and is_about(names_of(work.connection, work.actor), item.person, item.principal):
        what = f"{item.label} is a right of your own ({item.in_words}): another lead settles it"
        raise refusal(work, what, others)
    if seen and item.standing != seen:
        raise Moved(
            f"{item.label} changed since you saw it: it was {seen}, and is {item.standing} now",
            next_step="Nothing was changed. Look again, then decide",
        )
    is_by_hand = item.state is ItemState.ORDERED and item.outcome is Decision.CHANGE
    if item.state is not ItemState.REFUSED and not is_by_hand:
        raise NotPossible(
            f"{item.label} is {item.standing}",
            next_step="A removal is done once its source no longer shows it",
        )
    put(work, item, ItemState.DONE)
    work.record(
        "review.item_settled",
        subject(item.review),
        {item.label: (str(item.state), str(ItemState.DONE))},
        note=why,
    )
    return one_item(work.connection, item_id)


def _check_under_way(row: Any) -> None:
    """Raises NotPossible for a review that is not begun, or is over: its evidence is not changed any more."""
    if row.state not in _WHILE:
        raise NotPossible(f"RV-{row.id} is {row.state}", next_step="Nothing was changed")
