"""The population of a review: which grants are drawn, frozen by one statement of the database however many they are."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, insert, literal, literal_column, or_, select

from core.improvement.training.asked import NONE_ASKED
from core.security.grants.model import UNUSED_DAYS, Standing
from core.security.grants.queries import Scope as GrantScope
from core.security.grants.queries import rows_in
from core.security.reviews.model import Decision, ItemState
from core.security.reviews.plans import By
from core.security.reviews.seats import LEADS_PANEL, NAMED_PANEL
from core.security.reviews.tables import access_answer, access_item
from core.security.reviews.training import freeze_training
from core.timekeeping import NEVER, to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.security.reviews.plans import Plan, Scope

DRAWN = (Standing.GRANTED, Standing.FOUND, Standing.MISSING, Standing.IGNORED)
"""What is asked about: all that is granted or found, but for what is to be removed already."""
PRIVILEGED, UNUSED, ENDLESS, PLAIN = range(4)
_I, _A = access_item.c, access_answer.c
_FROZEN = (
    "grant_id", "grant_version", "source", "principal", "person", "entitlement", "thing", "is_privileged", "owner", "reason",
    "granter", "since", "expires", "last_used", "stood",
)  # fmt: skip
"""What of an item is as it was when its review opened: the population that the digest is of.

The digest of a review that opened before `stood` was kept is without it."""


class Drawn(NamedTuple):
    """What was drawn: how many items, how many of them privileged, and the SHA-256 of all of them in their order."""

    items: int
    privileged: int
    digest: str


def draw(connection: Connection, review_id: int, plan: Plan, now: datetime) -> Drawn:
    """Freezes the grants of a plan's scope as items of a review, in its first stage."""
    source = _in_scope(plan.scope, now)
    g = source.selected_columns
    unused = to_micros(now - timedelta(days=UNUSED_DAYS))
    grade = case(
        (g.is_privileged == 1, PRIVILEGED), (g.last_used < unused, UNUSED), (g.expires == NEVER, ENDLESS), else_=PLAIN
    )  # fmt: skip
    # What is left alone may be either difference: of the one it is said what is to be decided, of the other that it is left alone.
    is_missing = and_(g.state == Standing.IGNORED, g.is_found == 0)
    stood = case((is_missing, literal(str(Standing.MISSING))), else_=g.state)
    stage = plan.stage(1)
    panel = {
        By.OWNER: g.owner,
        By.KEEPER: g.thing,
        By.LEAD: literal(LEADS_PANEL),
        By.NAMED: literal(NAMED_PANEL),
    }
    values: dict[str, Any] = {
        "review": literal(review_id), "state": literal(str(ItemState.OPEN)), "stage": literal(1), "panel": panel[stage.by],
        "outcome": literal(str(Decision.NO_ANSWER)), "is_settled": literal(0), "silence": literal(""), "grade": grade,
        "grant_id": g.id, "grant_version": g.version, "source": g.source, "principal": g.principal, "person": g.person,
        "entitlement": g.entitlement, "thing": g.thing, "is_privileged": g.is_privileged, "owner": g.owner,
        "reason": g.reason, "granter": g.granter, "since": g.since, "expires": g.expires, "last_used": g.last_used,
        "stood": stood, "trouble": literal(""), "training": literal(NONE_ASKED), "words": g.words,
    }  # fmt: skip
    drawn = source.with_only_columns(*values.values()).order_by(g.id)
    connection.execute(insert(access_item).from_select(list(values), drawn, include_defaults=False))
    freeze_training(connection, review_id, now.date())
    return drawn_of(connection, review_id)


def is_in_scope(connection: Connection, scope: Scope, now: datetime) -> bool:
    """Tells whether a scope holds any grant."""
    return connection.execute(_in_scope(scope, now).limit(1)).first() is not None


def drawn_of(connection: Connection, review_id: int) -> Drawn:
    """Returns what a review was drawn as, counted and digested anew from its items."""
    rows = connection.execute(
        select(*(_I[name] for name in _FROZEN), _I.training).where(_I.review == review_id).order_by(_I.id)
    ).all()
    digest, privileged = hashlib.sha256(), _FROZEN.index("is_privileged")
    for row in rows:
        *frozen, training = row
        digest.update(repr(tuple(frozen)).encode())
        digest.update(training.encode())  # empty where nobody looked: older items are digested as they were
    return Drawn(len(rows), sum(row[privileged] for row in rows), digest.hexdigest() if rows else "")


def _in_scope(scope: Scope, now: datetime) -> Any:
    wanted = GrantScope(
        sources=scope.sources, on=scope.on, people=scope.people, entitlements=scope.entitlements, owners=scope.owners,
        standings=DRAWN, only_privileged=scope.is_privileged,
    )  # fmt: skip
    query = rows_in(wanted)
    g = query.selected_columns
    if scope.unused_days:
        query = query.where(g.last_used < to_micros(now - timedelta(days=scope.unused_days)))
    if scope.ends_within_days:
        query = query.where(g.expires <= (now.date() + timedelta(days=scope.ends_within_days)).isoformat())
    if scope.unreviewed_days:
        since = to_micros(now - timedelta(days=scope.unreviewed_days))
        is_new = and_(
            g.decided_at.is_not(None), g.decided_at >= since
        )  # somebody granted it, or decided on it, of late
        query = query.where(~is_new, ~_reviewed(g.id, since))
    for word in scope.words.split():
        inverts = word[0] == "!" and len(word) > 1
        found = g.words.contains((word[1:] if inverts else word).lower(), autoescape=True)
        query = query.where(~found if inverts else found)
    return query


def _reviewed(grant: Any, since: int) -> Any:
    """Returns the condition that a review asks about a grant now, or decided it since an instant."""
    said = select(_A.item).where(_A.item == _I.id, _A.said_at >= since).exists()
    return select(literal_column("1")).select_from(access_item).where(
        _I.grant_id == grant, or_(_I.state == ItemState.OPEN, said)
    ).exists()  # fmt: skip
