"""What was decided is done: told to where grants are kept, and followed until their source no longer shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, or_, select, update

from core.errors import BadInput, NotFound, NotPossible
from core.gate.commands import admit
from core.gate.model import Consent, Level
from core.security.grants.commands import accept_grant, end_grant
from core.security.grants.model import Standing
from core.security.grants.queries import Scope, one_grant, rows_in, some_grants
from core.security.reviews.model import Decision, Item, ItemState, ReviewState, Silence
from core.security.reviews.queries import answers_of, one_item, one_review, progress, to_item
from core.security.reviews.revising import review_row, sentence, subject
from core.security.reviews.stepping import DUTY
from core.security.reviews.tables import access_item
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from core.security.grants.model import Grant
    from core.store.work import Work

AT_ONCE = 200
_I = access_item.c
_FOLLOWED = and_(
    _I.state == ItemState.ORDERED, or_(_I.outcome == Decision.REVOKE, _I.silence == Silence.SUSPEND)
)
_NO_LONGER = tuple(each for each in Standing if each is not Standing.REMOVING)


class Carried(NamedTuple):
    """What came of some decisions: the labels of items that are done, are told to where grants are kept, could not be; how many are left."""

    done: tuple[str, ...]
    ordered: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    left: int


def carry_out(work: Work, review_id: int, consent: Consent, at_most: int = AT_ONCE) -> Carried:
    """Carries out at most so many of the decisions that stand: what is kept stays, what is revoked or suspended is to be removed. Level 2.

    Call it until nothing is left. A change that names a day sets the grant's end; any other is left to somebody, who says
    when it is done. Raises NotPossible where nothing is decided yet.
    """
    admit(work, "review.carry_out", [f"RV-{review_id}"], consent)
    row = review_row(work, review_id)
    if row.state not in {ReviewState.OPEN, ReviewState.CARRYING_OUT}:
        raise NotPossible(f"RV-{review_id} is {row.state}", next_step="Nothing was changed")
    here = and_(_I.review == review_id, _I.state == ItemState.SETTLED)
    stays = or_(_I.outcome == Decision.KEEP, _I.silence == Silence.STAYS)
    kept = work.connection.execute(
        update(access_item).where(here, stays).values(state=ItemState.DONE, done_at=to_micros(work.now))
    ).rowcount
    query = select(access_item).where(here).order_by(_I.id).limit(at_most).with_for_update()
    items = [to_item(each) for each in work.connection.execute(query).all()]
    if not items and not kept:
        raise NotPossible(
            f"nothing that RV-{review_id} decided is to be carried out", next_step="Nothing was changed"
        )
    ordering = work.record("review.carried_out", subject(review_id), {"kept": (None, kept or None)})
    begin = len(work.recorded)
    said = _reasons(work.connection, items)
    states = {each.id: _do(work, each, *said[each.id]) for each in items}
    for entry in work.recorded[begin:]:
        entry.cause = entry.cause or ordering
    for each in items:
        state, trouble = states[each.id]
        ordering.changes[each.label] = (str(each.state), f"{state}: {trouble}" if trouble else str(state))
    left = progress(work.connection, [review_id])[review_id].not_done

    def labels(state: ItemState) -> tuple[str, ...]:
        return tuple(each.label for each in items if states[each.id][0] is state)

    refused = tuple(
        (each.label, states[each.id][1]) for each in items if states[each.id][0] is ItemState.REFUSED
    )
    return Carried(labels(ItemState.DONE), labels(ItemState.ORDERED), refused, left)


def settle_item(work: Work, item_id: int, text: str, consent: Consent) -> Item:
    """Says that what was decided of an item is done, where nothing else shows it: a change by hand, or one that was refused. Level 2.

    Raises NotPossible for a removal, which its source shows.
    """
    admit(work, "review.settle", [f"RI-{item_id}"], consent)
    why = sentence(text, "what was done, and how one sees it")
    review_row(work, one_item(work.connection, item_id).review)
    item = one_item(work.connection, item_id)  # nobody else settles it from now on
    is_by_hand = item.state is ItemState.ORDERED and item.outcome is Decision.CHANGE
    if item.state is not ItemState.REFUSED and not is_by_hand:
        raise NotPossible(
            f"{item.label} is {item.standing}",
            next_step="A removal is done once its source no longer shows it",
        )
    _set(work, item, ItemState.DONE, done=True)
    work.record(
        "review.item_settled",
        subject(item.review),
        {item.label: (str(item.state), str(ItemState.DONE))},
        note=why,
    )
    return one_item(work.connection, item_id)


def is_any_gone(connection: Connection) -> bool:
    """Tells whether a source no longer shows something that a review had removed."""
    return connection.execute(select(_I.id).where(_gone()).limit(1)).first() is not None


def note_gone(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Writes down, under the agent's lease, what is gone from its source as was decided; tells whether there may be more.

    What somebody granted again meanwhile is done, too: that was decided later. Raises LeaseLost.
    """
    beat(work, DUTY, token)
    query = select(access_item).where(_gone()).order_by(_I.review, _I.id).limit(at_most)
    items = [to_item(each) for each in work.connection.execute(query.with_for_update()).all()]
    work.is_quiet = not items
    grants = {each.id: each for each in some_grants(work.connection, [item.grant for item in items])}
    told: dict[int, dict[str, tuple[str, str]]] = {}
    for item in items:
        is_gone = grants[item.grant].standing is Standing.ENDED
        _set(work, item, ItemState.DONE, "" if is_gone else "granted again meanwhile", done=True)
        what = "gone" if is_gone else "granted again"
        told.setdefault(item.review, {})[item.label] = (str(item.state), what)
    for review_id, changes in told.items():
        work.record("review.items_gone", subject(review_id), changes)
    return len(items) == at_most


def _gone() -> ColumnElement[bool]:
    others = rows_in(Scope(standings=_NO_LONGER))
    return and_(_FOLLOWED, _I.grant_id.in_(others.with_only_columns(others.selected_columns.id)))


def _do(work: Work, item: Item, why: str, until: date | None) -> tuple[ItemState, str]:
    """Carries one decision out; returns how the item stands, and why nothing could be done."""
    grant = one_grant(work.connection, item.grant)
    if grant.standing is Standing.ENDED:
        state, trouble = ItemState.DONE, "it had ended already"
    elif item.outcome is Decision.CHANGE:
        state, trouble = _change(work, item, grant, why, until)
    elif grant.standing is Standing.REMOVING:
        state, trouble = ItemState.ORDERED, ""
    else:
        state, trouble = _tried(lambda: end_grant(work, grant.id, why, Consent(Level.BOX)))
        if state is ItemState.ORDERED and one_grant(work.connection, grant.id).standing is Standing.ENDED:
            state = ItemState.DONE
    _set(work, item, state, trouble, done=state is ItemState.DONE)
    return state, trouble


def _change(work: Work, item: Item, grant: Grant, why: str, until: date | None) -> tuple[ItemState, str]:
    if until is None:
        return ItemState.ORDERED, "somebody changes it by hand"
    if until < work.now.date():
        return ItemState.REFUSED, f"the day it was to end, {until}, is past"
    owner = grant.owner or item.owner or one_review(work.connection, item.review).owner
    state, trouble = _tried(lambda: accept_grant(work, grant.id, owner, why, until, Consent(Level.BOX)))
    return (ItemState.DONE, "") if state is ItemState.ORDERED else (state, trouble)


def _tried(command: Any) -> tuple[ItemState, str]:
    try:
        command()
    except (NotPossible, BadInput, NotFound) as error:
        return ItemState.REFUSED, error.what
    return ItemState.ORDERED, ""


def _set(work: Work, item: Item, state: ItemState, trouble: str = "", *, done: bool = False) -> None:
    values: dict[str, Any] = {"state": state, "trouble": trouble}
    if done:
        values["done_at"] = to_micros(work.now)
    if state is ItemState.ORDERED:
        values["ordered_at"] = to_micros(work.now)
    work.connection.execute(update(access_item).where(_I.id == item.id).values(**values))


def _reasons(connection: Connection, items: Sequence[Item]) -> Mapping[int, tuple[str, date | None]]:
    """Returns why each item is to be changed, as its reviewers said, and the day a change names."""
    said: dict[int, list[Any]] = {each.id: [] for each in items}
    for answer in answers_of(connection, list(said)):
        said[answer.item].append(answer)
    found: dict[int, tuple[str, date | None]] = {}
    for each in items:
        label = f"RV-{each.review}"
        deciding = [a for a in said[each.id] if a.decision is each.outcome and a.stage == each.stage]
        if each.silence:
            found[each.id] = f"{label}: suspended, for nobody decided about it", None
            continue
        why = "; ".join(f"{a.reviewer}: {a.reason}" for a in deciding if a.reason)
        days = [a.until for a in deciding if a.until is not None]
        found[each.id] = f"{label} {each.outcome}{f' ({why})' if why else ''}", min(days, default=None)
    return found
