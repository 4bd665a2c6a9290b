"""One decision is carried out: what is kept is granted where it was not, what is revoked or suspended is to be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import update

from core.errors import BadInput, NotFound, NotPossible
from core.printable import printable_lines
from core.security.grants.commands import allow, revoke
from core.security.grants.model import Standing
from core.security.grants.people import is_about, names_of
from core.security.grants.queries import one_grant
from core.security.grants.tables import access_grant
from core.security.reviews.model import Decision, Item, ItemState
from core.security.reviews.queries import answers_of, one_review, roster
from core.security.reviews.tables import access_item
from core.sentences import LONGEST
from core.store.rows import row_of
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from core.journal.appending import Recorded
    from core.security.grants.model import Grant
    from core.security.reviews.seats import Roster
    from core.store.work import Work

Came = tuple[ItemState, str]
"""How an item stands after its decision was carried out, and why nothing could be done, or what was so already."""


class Said(NamedTuple):
    """What the reviewers who decided said: why, as the grant keeps it, until when, and who was the first of them."""

    why: str
    until: date | None
    first: str


def fulfil(work: Work, items: Sequence[Item], ordering: Recorded) -> Mapping[int, Came]:
    """Carries these decisions out under the entry that orders it, which names each; returns what came of them, by number."""
    begin = len(work.recorded)
    said, people = _said_of(work.connection, items), roster(work.connection)
    came = {each.id: _do(work, each, said[each.id], people) for each in items}
    for entry in work.recorded[begin:]:
        entry.cause = entry.cause or ordering
    for each in items:
        state, trouble = came[each.id]
        ordering.changes[each.label] = (str(each.state), f"{state}: {trouble}" if trouble else str(state))
    return came


def put(work: Work, item: Item, state: ItemState, trouble: str = "") -> None:
    """Writes down how an item stands now."""
    values: dict[str, Any] = {"state": state, "trouble": trouble}
    if state is ItemState.DONE:
        values["done_at"] = to_micros(work.now)
    if state is ItemState.ORDERED:
        values["ordered_at"] = to_micros(work.now)
    work.connection.execute(update(access_item).where(access_item.c.id == item.id).values(**values))


def _do(work: Work, item: Item, said: Said, people: Roster) -> Came:
    grant = one_grant(work.connection, item.grant)
    if grant.standing is Standing.ENDED:
        came = ItemState.DONE, "it had ended already"
    elif item.outcome is Decision.KEEP:
        came = _keep(work, item, grant, said, people)
    elif item.outcome is Decision.CHANGE:
        came = _change(work, item, grant, said)
    elif grant.standing is Standing.REMOVING:
        came = ItemState.ORDERED, ""
    else:
        came = _tried(lambda: revoke(work, _row(work, grant), said.why), ItemState.ORDERED)
        if came[0] is ItemState.ORDERED and one_grant(work.connection, grant.id).standing is Standing.ENDED:
            came = ItemState.DONE, ""
    put(work, item, *came)
    return came


def _keep(work: Work, item: Item, grant: Grant, said: Said, people: Roster) -> Came:
    """Grants what was only found when the review opened; what somebody decided about it meanwhile stands."""
    if grant.is_granted:
        return ItemState.DONE, "granted meanwhile"
    if grant.standing is Standing.REMOVING:
        return ItemState.REFUSED, "somebody decided meanwhile that it is to be removed"
    owner = _owner_of(work, item, said, people)
    return _granted(work, grant, owner, said)


def _change(work: Work, item: Item, grant: Grant, said: Said) -> Came:
    if said.until is None:
        return ItemState.ORDERED, "somebody changes it by hand"
    owner = grant.owner or item.owner or one_review(work.connection, item.review).owner
    return _granted(work, grant, owner, said)


def _granted(work: Work, grant: Grant, owner: str, said: Said) -> Came:
    if said.until is not None and said.until < work.now.date():
        return ItemState.REFUSED, f"the day it was to end, {said.until}, is past"
    return _tried(lambda: allow(work, _row(work, grant), owner, said.why, said.until), ItemState.DONE)


def _owner_of(work: Work, item: Item, said: Said, people: Roster) -> str:
    """Returns who answers for what a review keeps: whom the source names, unless that is nobody known, or who has the right itself; else who kept it."""
    for name in (item.owner, said.first):
        known = people.name_of(name)
        if known is None:
            continue
        if not is_about(names_of(work.connection, known.alias), item.person, item.principal):
            return known.alias
    return one_review(work.connection, item.review).owner


def _row(work: Work, grant: Grant) -> Any:
    return row_of(work, access_grant, "grant", grant.id)


def _tried(command: Callable[[], Any], state: ItemState) -> Came:
    try:
        command()
    except (NotPossible, BadInput, NotFound) as error:
        return ItemState.REFUSED, error.what
    return state, ""


def _said_of(connection: Connection, items: Sequence[Item]) -> Mapping[int, Said]:
    said: dict[int, list[Any]] = {each.id: [] for each in items}
    for answer in answers_of(connection, list(said)):
        said[answer.item].append(answer)
    found: dict[int, Said] = {}
    for each in items:
        label = f"RV-{each.review}"
        if each.silence:
            found[each.id] = Said(f"{label}: suspended, for nobody decided about it", None, "")
            continue
        deciding = [a for a in said[each.id] if a.decision is each.outcome and a.stage == each.stage]
        why = "; ".join(f"{a.reviewer}: {a.reason}" if a.reason else a.reviewer for a in deciding)
        days = [a.until for a in deciding if a.until is not None]
        first = deciding[0].reviewer if deciding else ""
        words = printable_lines(f"{label} {each.outcome}{f' ({why})' if why else ''}", LONGEST)
        found[each.id] = Said(words, min(days, default=None), first)
    return found
