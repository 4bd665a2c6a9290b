"""Grants what was approved: a right that no source shows yet, or one that had ended, or was found and not granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.catalog.queries import declared_access_sources
from core.security.grants.matching import Of, is_privileged
from core.security.grants.model import Right, Standing, standing_of
from core.security.grants.queries import Scope, grant_known_by, grants_in
from core.security.grants.revising import beside, revise_grant, subject
from core.security.grants.sources.model import Line
from core.security.grants.tables import access_grant
from core.store.rows import new_number
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import date

    from core.security.requests.model import Wish
    from core.store.work import Work


def issue(work: Work, wish: Wish, until: date, reason: str) -> int:
    """Grants a right until a day, that included; returns the number of the grant. The caller holds the approval."""
    right = Right(wish.source, wish.principal, wish.entitlement, wish.on)
    known = grant_known_by(work.connection, right)
    granted: dict[str, Any] = {
        "is_granted": 1, "person": wish.person, "owner": work.actor, "reason": reason, "granter": work.actor,
        "since": work.now.date().isoformat(), "expires": until.isoformat(), "due": "", "why": "",
        "decided_by": work.actor, "decided_at": to_micros(work.now), "ended_at": None,
    }  # fmt: skip
    if known is not None:
        row = work.connection.execute(
            select(access_grant).where(access_grant.c.id == known.id).with_for_update()
        ).one()
        granted["state"] = standing_of(is_granted=True, is_found=bool(row.is_found))
        revise_grant(work, row, "grant.granted", granted, note=reason)
        return known.id
    like = Scope(
        sources=(wish.source,),
        entitlements=(wish.entitlement,),
        standings=tuple(Standing),
        only_privileged=True,
    )
    new = granted | {
        "state": Standing.MISSING, "source": wish.source, "principal": wish.principal, "entitlement": wish.entitlement,
        "thing": wish.on, "is_found": 0, "found_at": None, "last_used": None, "said": "",
        "is_privileged": int(_is_declared_privileged(work, wish) or bool(grants_in(work.connection, like, limit=1))),
    }  # fmt: skip
    number = new_number(work, access_grant)
    work.connection.execute(insert(access_grant).values(id=number, version=1, **new, **beside(number, new)))
    work.record(
        "grant.granted", subject(number), {name: (None, value) for name, value in new.items()}, note=reason
    )
    return number


def _is_declared_privileged(work: Work, wish: Wish) -> bool:
    """Tells whether a right is privileged by how its source is declared."""
    declared = declared_access_sources(work.connection).get(wish.source)
    of = Of(wish.source, wish.on, declared.privileged if declared is not None else ())
    return is_privileged(of, Line("", wish.principal, wish.entitlement))
