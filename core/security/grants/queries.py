"""Every read of grants, but for pages of the list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, or_, select, true

from core.endings.model import Weakening
from core.errors import NotFound
from core.journal import queries as journal
from core.journal.model import Subject
from core.security.grants.model import OPEN, Grant, Right, Source, Standing
from core.security.grants.tables import access_grant, access_reading, access_source
from core.timekeeping import day_of, from_micros, instant_or_none, to_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from core.journal.model import Entry

_C, _R = access_grant.c, access_reading.c
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Scope:
    """Which grants are meant; what is left empty asks for nothing. `on` holds whole names, `on_kinds` what stands before the colon."""

    sources: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    on_kinds: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = OPEN
    only_privileged: bool = False
    changed_since: datetime | None = None  # found, or decided on, since


class Reading(NamedTuple):
    """A reading that was taken in, and what came of it. Written RD-7."""

    id: int
    source: str
    kind: str
    file: str
    digest: str
    is_granting: bool
    read_at: datetime
    read_by: str
    lines: int
    matched: int
    created: int
    changed: int
    gone: int
    back: int
    refused: int
    refusals: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """Returns how people name it: RD-7."""
        return f"RD-{self.id}"


def to_grant(row: Any) -> Grant:
    """Returns the value of a row of `access_grant`."""
    return Grant(
        id=row.id, version=row.version, standing=Standing(row.state), source=row.source, principal=row.principal,
        person=row.person, entitlement=row.entitlement, on=row.thing, is_privileged=bool(row.is_privileged),
        owner=row.owner, reason=row.reason, granted_by=row.granter, since=day_of(row.since), expires=day_of(row.expires),
        last_used=instant_or_none(row.last_used), said=row.said, is_granted=bool(row.is_granted), is_found=bool(row.is_found),
        found_at=instant_or_none(row.found_at), due=day_of(row.due), why=row.why, decided_by=row.decided_by,
        decided_at=instant_or_none(row.decided_at), ended_at=instant_or_none(row.ended_at),
    )  # fmt: skip


def to_reading(row: Any) -> Reading:
    """Returns the value of a row of `access_reading`."""
    values = row._asdict() | {
        "is_granting": bool(row.is_granting), "read_at": from_micros(row.read_at),
        "refusals": tuple(tuple(each) for each in json.loads(row.refusals)),
    }  # fmt: skip
    return Reading(**values)


def one_grant(connection: Connection, grant_id: int) -> Grant:
    """Returns one grant; raises NotFound."""
    row = connection.execute(select(access_grant).where(_C.id == grant_id)).first()
    if row is None:
        raise NotFound(
            f"there is no grant G-{grant_id}", next_step="watchfloor access grants --all lists them"
        )
    return to_grant(row)


def some_grants(connection: Connection, ids: Iterable[int]) -> list[Grant]:
    """Returns the grants of these numbers that exist, by number."""
    wanted = sorted(set(ids))
    found: list[Grant] = []
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(access_grant).where(_C.id.in_(wanted[start : start + _AT_ONCE])).order_by(_C.id)
        found += [to_grant(row) for row in connection.execute(query).all()]
    return found


def grants_in(
    connection: Connection, scope: Scope | None = None, *, after: int = 0, limit: int = 500
) -> list[Grant]:
    """Returns at most `limit` grants of a scope behind the number `after`, by number: all of them in as many calls as it takes."""
    query = select(access_grant).where(_C.id > after, *_conditions(scope or Scope()))
    return [to_grant(row) for row in connection.execute(query.order_by(_C.id).limit(limit)).all()]


def rows_in(scope: Scope) -> Select[Any]:
    """Returns the rows of a scope as a question, for who draws them within the database."""
    return select(access_grant).where(*_conditions(scope))


def count_in(connection: Connection, scope: Scope | None = None) -> int:
    """Returns how many grants a scope has."""
    query = select(func.count()).select_from(access_grant).where(*_conditions(scope or Scope()))
    return connection.scalar(query) or 0


def grant_known_by(connection: Connection, right: Right) -> Grant | None:
    """Returns the grant that is known by a right; None where there never was one."""
    query = select(access_grant).where(
        _C.source == right.source, _C.principal == right.principal, _C.entitlement == right.entitlement,
        _C.thing == right.on,
    )  # fmt: skip
    row = connection.execute(query).first()
    return None if row is None else to_grant(row)


def peers(connection: Connection, grants: Iterable[Grant]) -> dict[int, int]:
    """Returns for each grant, by number, how many principals have the same entitlement on the same thing now, its own among them."""
    wanted = list(grants)
    things, rights = sorted({each.on for each in wanted}), sorted({each.entitlement for each in wanted})
    counts: dict[tuple[str, str], int] = {}
    for start in range(0, len(things), _AT_ONCE):
        some = _C.thing.in_(things[start : start + _AT_ONCE])
        query = (
            select(_C.thing, _C.entitlement, func.count(_C.principal.distinct()))
            .where(
                _C.is_open == 1,
                some,
                _C.entitlement.in_(rights) if len(rights) <= _AT_ONCE else true(),
                _C.is_found == 1,
            )
            .group_by(_C.thing, _C.entitlement)
        )
        counts |= {(thing, entitlement): n for thing, entitlement, n in connection.execute(query).all()}
    return {each.id: counts.get((each.on, each.entitlement), 0) for each in wanted}


def history_of(connection: Connection, grant_id: int, *, limit: int = 200) -> list[Entry]:
    """Returns what happened to a grant, oldest first: at most the newest `limit` entries."""
    return journal.of_subject(connection, Subject("grant", str(grant_id)), limit=limit)


def readings(connection: Connection, source: str = "", limit: int = 200) -> list[Reading]:
    """Returns the readings that were taken in, newest first; with `source` only those of it."""
    query = select(access_reading).order_by(access_reading.c.id.desc()).limit(limit)
    if source:
        query = query.where(access_reading.c.source == source)
    return [to_reading(row) for row in connection.execute(query).all()]


def one_reading(connection: Connection, reading_id: int) -> Reading:
    """Returns one reading; raises NotFound."""
    row = connection.execute(select(access_reading).where(access_reading.c.id == reading_id)).first()
    if row is None:
        raise NotFound(
            f"there is no reading RD-{reading_id}", next_step="watchfloor access sources lists them"
        )
    return to_reading(row)


def known_sources(connection: Connection) -> dict[str, Source]:
    """Returns every source that was ever read, by its name, as its last reading left it."""
    one = access_reading.alias()
    last = (
        select(one.c.id)
        .where(one.c.source == access_source.c.id, one.c.is_granting == 0)
        .order_by(one.c.id.desc())
        .limit(1)
        .correlate(access_source)
        .scalar_subquery()
    )
    query = (
        select(access_source, _R.refused, _R.refusals)
        .select_from(access_source)
        .outerjoin(access_reading, _R.id == last)
        .order_by(access_source.c.id)
    )
    rows = connection.execute(query).all()
    return {
        row.id: Source(
            row.id, row.kind, row.about, row.path, row.owner, row.every_s, from_micros(row.read_at),
            instant_or_none(row.good_at), row.trouble, row.listed, is_declared=False, refused=row.refused or 0,
            refusal=": ".join(json.loads(row.refusals)[0]) if row.refused else "",
        )
        for row in rows
    }  # fmt: skip


def weakenings_until(connection: Connection, now: datetime, until: datetime) -> list[Weakening]:
    """Returns the grants that expire, and the differences left alone, up to `until`, the first first; those that are past, too."""
    del now  # what should have ended, and has not yet, is shown most of all
    last = (until - timedelta(microseconds=1)).date().isoformat()
    ends = or_(
        and_(_C.is_open == 1, _C.is_granted == 1, _C.expires <= last),
        and_(_C.state == Standing.IGNORED, _C.due <= last),
    )
    found: list[Weakening] = []
    for each in map(to_grant, connection.execute(select(access_grant).where(ends)).all()):
        is_ignored = each.standing is Standing.IGNORED and each.due is not None
        day = each.due if is_ignored else each.expires
        if day is not None:
            title = f"{'ignored' if is_ignored else 'granted'}: {each.in_words}"
            found.append(
                Weakening(each.label, title, each.owner, each.why if is_ignored else each.reason, day)
            )
    return sorted(found, key=lambda one: (one.ends_on, one.subject))


def _conditions(scope: Scope) -> Sequence[ColumnElement[bool]]:
    among = (
        (_C.source, scope.sources), (_C.thing, scope.on), (_C.principal, scope.principals), (_C.person, scope.people),
        (_C.entitlement, scope.entitlements), (_C.owner, scope.owners),
    )  # fmt: skip
    found: list[ColumnElement[bool]] = [column.in_(values) for column, values in among if values]
    found.append(_C.state.in_(scope.standings))
    if all(standing.is_open for standing in scope.standings):
        found.append(_C.is_open == 1)
    if scope.on_kinds:
        found.append(or_(*(_C.thing.startswith(f"{kind}:", autoescape=True) for kind in scope.on_kinds)))
    if scope.only_privileged:
        found.append(_C.is_privileged == 1)
    if scope.changed_since is not None:
        since = to_micros(scope.changed_since)
        found.append(or_(_C.found_at >= since, _C.decided_at >= since))
    return found
