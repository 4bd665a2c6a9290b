"""Every read of reviews, but for pages of their items."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select, true, tuple_

from core.catalog.queries import declared_components, declared_staff
from core.errors import NotFound
from core.gate.people import StaffState, members
from core.gate.rights import Role, includes
from core.security.reviews.model import Answer, Decision, Item, ItemState, Review, ReviewState, Seat
from core.security.reviews.pace import Pace, pace_of
from core.security.reviews.plans import plan_of
from core.security.reviews.seats import Name, Roster
from core.security.reviews.tables import (
    access_answer,
    access_item,
    access_review,
    access_seat,
    access_staged,
)
from core.timekeeping import day_of, from_micros, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

_R, _I, _S, _A, _G = (
    each.c for each in (access_review, access_item, access_seat, access_answer, access_staged)
)

_W = access_answer.alias("said").c
"""The answers again, where a question joins them already."""
_OPEN = select(_R.id).where(_R.state == ReviewState.OPEN)
HOLDER = func.lower(case((_I.person != "", _I.person), else_=_I.principal))
"""Who has the right that an item asks about, in small letters."""


class Progress(NamedTuple):
    """How far a review is: its items, those whose present stage has an outcome, and what became of the others."""

    items: int = 0
    answered: int = 0  # asked about now, and somebody said what is to become of it
    open: int = 0
    keep: int = 0
    change: int = 0
    revoke: int = 0
    undecided: int = 0
    no_answer: int = 0
    ordered: int = 0  # told to where grants are kept, and not yet gone there
    refused: int = 0
    not_done: int = 0  # settled, and nothing was done about it yet
    suspended: int = 0  # privileged, and nobody decided

    @property
    def decided(self) -> int:
        """Returns of how many items it is said what becomes of them."""
        return self.keep + self.change + self.revoke


class Staged(NamedTuple):
    """What one reviewer has staged of a review: how many of each decision, the labels of what changes, and a mark of all of it."""

    keep: int = 0
    change: int = 0
    revoke: int = 0
    undecided: int = 0
    changing: tuple[str, ...] = ()
    mark: str = ""

    @property
    def total(self) -> int:
        """Returns how many are staged."""
        return self.keep + self.change + self.revoke + self.undecided


def to_review(row: Any) -> Review:
    """Returns the value of a row of `access_review`."""
    return Review(
        id=row.id, version=row.version, state=ReviewState(row.state), name=row.name, plan=plan_of(row.plan),
        owner=row.owner, occasion=row.occasion or "", scheduled=day_of(row.scheduled), stage=row.stage,
        stage_at=instant_or_none(row.stage_at), due_at=instant_or_none(row.due_at), next_at=instant_or_none(row.next_at), steps=row.steps,
        items=row.drawn, privileged=row.privileged, digest=row.digest, drawn_at=instant_or_none(row.drawn_at),
        decided_at=instant_or_none(row.decided_at), signed_at=instant_or_none(row.signed_at), signed_by=row.signed_by,
        outcome=row.outcome,
    )  # fmt: skip


def to_item(row: Any) -> Item:
    """Returns the value of a row of `access_item`, with what its reader said and staged where the row has that."""
    return Item(
        id=row.id, review=row.review, state=ItemState(row.state), stage=row.stage, panel=row.panel,
        outcome=Decision(row.outcome), is_settled=bool(row.is_settled), silence=row.silence, grade=row.grade,
        grant=row.grant_id, grant_version=row.grant_version, source=row.source, principal=row.principal, person=row.person,
        entitlement=row.entitlement, on=row.thing, is_privileged=bool(row.is_privileged), owner=row.owner,
        reason=row.reason, granter=row.granter, since=day_of(row.since), expires=day_of(row.expires),
        last_used=instant_or_none(row.last_used), stood=row.stood, trouble=row.trouble, training=row.training, ordered_at=instant_or_none(row.ordered_at),
        done_at=instant_or_none(row.done_at), mine=getattr(row, "mine", None) or "", staged=getattr(row, "staged", None) or "",
        staged_why=getattr(row, "staged_why", None) or "", staged_until=day_of(getattr(row, "staged_until", None) or ""),
    )  # fmt: skip


def to_answer(row: Any) -> Answer:
    """Returns the value of a row of `access_answer`."""
    return Answer(
        row.item, row.stage, row.said_by, Decision(row.decision), row.reason, day_of(row.until), from_micros(row.said_at),
        None if row.took_ms is None else row.took_ms / 1000,
    )  # fmt: skip


def to_seat(row: Any) -> Seat:
    """Returns the value of a row of `access_seat`."""
    return Seat(row.stage, row.panel, row.reviewer, row.alias, bool(row.is_asked), row.why)


def one_review(connection: Connection, review_id: int) -> Review:
    """Returns one review; raises NotFound."""
    row = connection.execute(select(access_review).where(_R.id == review_id)).first()
    if row is None:
        raise NotFound(
            f"there is no review RV-{review_id}", next_step="watchfloor access review --all lists them"
        )
    return to_review(row)


def reviews(connection: Connection, *, ended: bool = False, limit: int = 500) -> list[Review]:
    """Returns reviews, newest first: those of which something is still to be done, or with `ended` all; at most `limit`."""
    query = select(access_review).order_by(_R.id.desc()).limit(limit)
    if not ended:
        query = query.where(_R.state.not_in((ReviewState.SIGNED, ReviewState.CANCELLED)))
    return [to_review(row) for row in connection.execute(query).all()]


def one_item(connection: Connection, item_id: int) -> Item:
    """Returns one item; raises NotFound."""
    row = connection.execute(select(access_item).where(_I.id == item_id)).first()
    if row is None:
        raise NotFound(
            f"there is no item RI-{item_id}", next_step="watchfloor access review RV-7 items lists them"
        )
    return to_item(row)


def answers_of(connection: Connection, items: Iterable[int]) -> list[Answer]:
    """Returns what was said of these items, in the order it was said."""
    wanted, found = sorted(set(items)), []
    for start in range(0, len(wanted), 400):
        query = select(access_answer).where(_A.item.in_(wanted[start : start + 400]))
        found += [to_answer(row) for row in connection.execute(query).all()]
    return sorted(found, key=lambda each: (each.said_at, each.item))


def decisions_before(connection: Connection, grant: int, review_id: int) -> list[tuple[Item, list[Answer]]]:
    """Returns what other reviews decided about a grant, newest first, each with what was said."""
    query = (
        select(access_item)
        .where(_I.grant_id == grant, _I.review != review_id)
        .order_by(_I.id.desc())
        .limit(20)
    )
    items = [to_item(row) for row in connection.execute(query).all()]
    said = answers_of(connection, [each.id for each in items])
    return [(item, [each for each in said if each.item == item.id]) for item in items]


def seats_in(connection: Connection, review_id: int, stage: int | None = None) -> list[Seat]:
    """Returns who has to say in a review, or in one stage of it."""
    query = select(access_seat).where(_S.review == review_id).order_by(_S.stage, _S.panel, _S.reviewer)
    if stage is not None:
        query = query.where(_S.stage == stage)
    return [to_seat(row) for row in connection.execute(query).all()]


def progress(
    connection: Connection, review_ids: Sequence[int], only: ItemState | None = None
) -> dict[int, Progress]:
    """Returns how far reviews are, by number; with `only` what there is among items of one state."""
    query = (
        select(_I.review, _I.state, _I.outcome, _I.silence, func.count())
        .where(_I.review.in_(review_ids), _I.state == only if only else true())
        .group_by(_I.review, _I.state, _I.outcome, _I.silence)
    )
    found = dict.fromkeys(review_ids, Progress())
    for number, state, outcome, silence, count in connection.execute(query).all():
        now, is_open = found[number], state == ItemState.OPEN
        name = str(outcome).replace(" ", "_")
        found[number] = now._replace(
            items=now.items + count, open=now.open + count * is_open,
            answered=now.answered + count * (is_open and outcome != Decision.NO_ANSWER),
            ordered=now.ordered + count * (state == ItemState.ORDERED),
            refused=now.refused + count * (state == ItemState.REFUSED),
            not_done=now.not_done + count * (state == ItemState.SETTLED),
            suspended=now.suspended + count * (silence == "suspend"), **{name: getattr(now, name) + count},
        )  # fmt: skip
    return found


def is_of_another(*names: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Returns the condition that an item is a right of nobody who goes by these names, in whatever letters they are written.

    A right is of the person it is known to be of; where that is nobody, of who goes by the name of the account.
    """
    return and_(*(func.lower(name) != HOLDER for name in names))


def is_for(person: str) -> ColumnElement[bool]:
    """Returns the condition that somebody has to say, or may, of an item as it stands; nobody has of their own grants."""
    own = or_(_S.reviewer == person, _S.alias == person)
    return and_(
        _I.state == ItemState.OPEN,
        tuple_(_I.review, _I.stage, _I.panel).in_(select(_S.review, _S.stage, _S.panel).where(own)),
        is_of_another(person),
        HOLDER.not_in(select(func.lower(_S.alias)).where(own)),
        HOLDER.not_in(select(func.lower(_S.reviewer)).where(own)),
    )


def is_unsaid(person: str, review_id: int | None = None) -> ColumnElement[bool]:
    """Returns the condition that an item (of one review, or of any open one) is not settled, and that somebody has said nothing of it."""
    among = _W.review == review_id if review_id is not None else _W.review.in_(_OPEN)
    now = select(_R.stage).where(_R.id == _W.review).scalar_subquery()
    said = select(_W.item).where(among, _W.said_by == person, _W.stage == now)
    return and_(_I.is_settled == 0, _I.id.not_in(said))


def waiting_for(connection: Connection, person: str) -> dict[int, int]:
    """Returns how many items of each review somebody has to decide, by its number; those with none are left out."""
    here = (_I.review.in_(_OPEN), is_for(person), is_unsaid(person))
    query = select(_I.review, func.count()).where(*here).group_by(_I.review)
    return {row[0]: row[1] for row in connection.execute(query).all()}


def to_do(connection: Connection, review_id: int, stage: int) -> dict[str, int]:
    """Returns how many items of a stage each of its reviewers has not decided; who has decided all is left out."""
    said = select(_W.item).where(_W.item == _I.id, _W.stage == _I.stage, _W.said_by == _S.reviewer).exists()
    query = (
        select(_S.reviewer, func.count())
        .join(access_item, and_(_I.review == _S.review, _I.panel == _S.panel, _I.stage == _S.stage))
        .where(
            _S.review == review_id, _S.stage == stage, _I.state == ItemState.OPEN, _I.is_settled == 0, ~said,
            is_of_another(_S.alias, _S.reviewer),
        )
        .group_by(_S.reviewer)
        .order_by(_S.reviewer)
    )  # fmt: skip
    return {row[0]: row[1] for row in connection.execute(query).all()}


def staged_of(connection: Connection, review_id: int, person: str) -> Staged:
    """Returns what somebody has staged of a review and can still say. Its mark is another as soon as any of it is."""
    query = (
        select(_I.id, _G.decision, _G.reason, _G.until)
        .join(access_staged, and_(_G.item == _I.id, _G.stage == _I.stage))
        .where(_G.review == review_id, _G.reviewer == person, _I.state == ItemState.OPEN)
        .order_by(_I.id)
    )
    counts, changing, mark = dict.fromkeys(Decision, 0), [], hashlib.sha256()
    for number, decision, reason, until in connection.execute(query).all():
        counts[Decision(decision)] += 1
        if Decision(decision).is_change:
            changing.append(f"RI-{number}")
        mark.update(f"{number}|{decision}|{until}|{reason}\n".encode())
    return Staged(
        counts[Decision.KEEP], counts[Decision.CHANGE], counts[Decision.REVOKE], counts[Decision.UNDECIDED],
        tuple(changing), mark.hexdigest() if any(counts.values()) else "",
    )  # fmt: skip


def paces(connection: Connection, review_id: int) -> dict[str, Pace]:
    """Returns how each of its reviewers decided, by name."""
    query = select(_A.said_by, _A.decision, _A.took_ms).where(_A.review == review_id)
    found: dict[str, list[tuple[Decision, float | None]]] = {}
    for who, decision, took_ms in connection.execute(query).all():
        found.setdefault(who, []).append((Decision(decision), None if took_ms is None else took_ms / 1000))
    return {who: pace_of(found[who]) for who in sorted(found)}


def pace_so_far(connection: Connection, review_id: int, person: str) -> Pace:
    """Returns how somebody decides in a review: what they said, and what they have staged."""
    rows = [
        *connection.execute(
            select(_A.decision, _A.took_ms).where(_A.review == review_id, _A.said_by == person)
        ).all(),
        *connection.execute(
            select(_G.decision, _G.took_ms).where(_G.review == review_id, _G.reviewer == person)
        ).all(),
    ]
    return pace_of((Decision(each), None if took_ms is None else took_ms / 1000) for each, took_ms in rows)


def roster(connection: Connection) -> Roster:
    """Returns the people who may come in, by id and login, who of them leads, and who owns which component or service."""
    staff = declared_staff(connection)
    ids = {each.login or each.id: each.id for each in staff}
    here = members(connection)
    active = {each.login: each.role for each in here if each.state is StaffState.ACTIVE}
    logins = active if here else {each.login or each.id: Role(each.role) for each in staff}
    people = {login: Name(login, ids.get(login, login)) for login in logins}
    names = {name: person for person in people.values() for name in person}
    leads = tuple(people[login] for login, role in sorted(logins.items()) if includes(role, Role.LEAD))
    owners: dict[str, set[str]] = {}
    keepers: dict[str, str] = {}
    for component in declared_components(connection).values():
        if component.owner:
            keepers[component.id] = component.owner
            owners.setdefault(component.service, set()).add(component.owner)
    keepers |= {f"service:{name}": next(iter(found)) for name, found in owners.items() if len(found) == 1}
    return Roster(names, leads, keepers)


def unsaid_per_panel(connection: Connection, review_id: int, stage: int) -> list[str]:
    """Returns the panels of a stage that have items of which nobody said anything."""
    query = (
        select(_I.panel)
        .where(
            _I.review == review_id, _I.stage == stage, _I.state == ItemState.OPEN,
            _I.outcome.in_((Decision.NO_ANSWER, Decision.UNDECIDED)), _I.is_settled == 0,
        )
        .distinct()
    )  # fmt: skip
    return sorted(connection.scalars(query))
