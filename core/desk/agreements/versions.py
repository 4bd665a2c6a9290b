"""The agreements in force at an instant, and what goes with them, read from the versions of the catalog.

A version never changes: what one came to is kept for each database, and only versions that were not seen yet are read
and decoded.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import and_, bindparam, or_, select

from core.catalog.codec import decode
from core.catalog.model import Agreement, Calendar, Customer, Group, Service, Staff
from core.catalog.nearest import did_you_mean
from core.catalog.oncall import Policy, Rota
from core.catalog.tables import catalog_item
from core.desk.agreements.coverage import AgreementVersion, InForce
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

_CLASSES: dict[str, type[Any]] = {
    "agreement": Agreement, "calendar": Calendar, "customer": Customer, "group": Group, "staff": Staff,
    "rota": Rota, "policy": Policy, "service": Service,
}  # fmt: skip
_OF_THE_GATE = ("agreement", "calendar", "customer", "group", "staff")
_STANDING = (
    select(catalog_item.c.kind, catalog_item.c.id, catalog_item.c.since)
    .where(
        catalog_item.c.kind.in_(bindparam("kinds", expanding=True)),
        catalog_item.c.since <= bindparam("at"),
        or_(catalog_item.c.until.is_(None), catalog_item.c.until > bindparam("at")),
    )
    .order_by(catalog_item.c.kind, catalog_item.c.id)
)
_KEPT_MOST = 20_000  # versions of one database
_AT_ONCE = 200


class Version(NamedTuple):
    """One declared thing as it stood from an instant on (microseconds UTC)."""

    kind: str
    id: str
    since: int
    value: Any


Key = tuple[str, str, int]
"""Which version: of what kind, its id, and since when it stands (microseconds UTC)."""
_kept: WeakKeyDictionary[Engine, dict[Key, Any]] = WeakKeyDictionary()


def versions_at(connection: Connection, kinds: Sequence[str], at: int) -> list[Version]:
    """Returns all of these kinds that stood at an instant (microseconds UTC), by kind and id."""
    standing = connection.execute(_STANDING, {"kinds": list(kinds), "at": at}).all()
    keys: list[Key] = [(row.kind, row.id, row.since) for row in standing]
    values = values_of(connection, keys)
    return [Version(*key, values[key]) for key in keys]


def agreements_at(connection: Connection, at: int) -> InForce:
    """Returns what the gate goes by, as it was declared at an instant (microseconds UTC)."""
    found: dict[str, dict[str, Version]] = {kind: {} for kind in _OF_THE_GATE}
    for version in versions_at(connection, _OF_THE_GATE, at):
        found[version.kind][version.id] = version
    calendars = {name: version.value for name, version in found["calendar"].items()}
    return InForce(
        tuple(
            AgreementVersion(each.value, each.since, calendars.get(each.value.calendar))
            for each in found["agreement"].values()
        ),
        *(
            {name: each.value for name, each in found[kind].items()}
            for kind in ("group", "staff", "customer")
        ),
    )


def one_agreement(in_force: InForce, agreement_id: str) -> AgreementVersion:
    """Returns the agreement of that id; raises NotFound with the nearest one."""
    found = {each.agreement.id: each for each in in_force.agreements}
    if agreement_id not in found:
        raise NotFound(
            f"there is no agreement {agreement_id!r}",
            next_step=did_you_mean(agreement_id, found, "watchfloor agreements lists them"),
        )
    return found[agreement_id]


def values_of(connection: Connection, keys: Sequence[Key]) -> dict[Key, Any]:
    """Returns what versions say, by their keys: (kind, id, since when)."""
    kept = _kept.setdefault(connection.engine, {})
    missing = [key for key in keys if key not in kept]
    if len(kept) + len(missing) > _KEPT_MOST:
        kept.clear()
        missing = list(keys)
    for start in range(0, len(missing), _AT_ONCE):
        some = missing[start : start + _AT_ONCE]
        is_asked = or_(
            *(
                and_(catalog_item.c.kind == kind, catalog_item.c.id == name, catalog_item.c.since == since)
                for kind, name, since in some
            )
        )
        rows = connection.execute(
            select(
                catalog_item.c.kind, catalog_item.c.id, catalog_item.c.since, catalog_item.c.definition
            ).where(is_asked)
        )
        for row in rows:
            kept[row.kind, row.id, row.since] = decode(_CLASSES[row.kind], json.loads(row.definition))
    return {key: kept[key] for key in keys}
