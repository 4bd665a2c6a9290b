"""Every read of who is on call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from core.catalog.nearest import did_you_mean
from core.desk.agreements.versions import versions_at
from core.desk.escalation.whom import People
from core.desk.oncall.model import Override
from core.desk.oncall.tables import rota_override
from core.errors import NotFound
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Catalog
    from core.catalog.oncall import Policy, Rota

_SINCE = (
    select(rota_override)
    .where(rota_override.c.until_at > bindparam("since"))
    .order_by(rota_override.c.from_at, rota_override.c.id)
)
EVER = -(2**62)


def to_override(row: Any) -> Override:
    """Returns the value of a row of `rota_override`."""
    return Override(
        id=row.id, version=row.version, rota=row.rota, person=row.person, from_at=row.from_at, until_at=row.until_at,
        reason=row.reason, made_at=row.made_at, made_by=row.made_by, ended_at=row.ended_at, ended_by=row.ended_by,
    )  # fmt: skip


def overrides_since(connection: Connection, since: int = EVER) -> list[Override]:
    """Returns the overrides that were to last beyond an instant (microseconds UTC), those ended early among them, by their beginning."""
    return [to_override(row) for row in connection.execute(_SINCE, {"since": since}).all()]


def people_at(connection: Connection, at: int, *, since: int | None = None) -> People:
    """Returns everybody there is to tell at an instant (microseconds UTC); with `since` also the overrides that ended after that."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in ("rota", "staff", "group")}
    for version in versions_at(connection, tuple(found), at):
        found[version.kind][version.id] = version.value
    overrides = overrides_since(connection, at if since is None else since)
    return People(found["rota"], overrides, found["staff"], found["group"])


def declared_policies(connection: Connection, at: datetime) -> dict[str, Policy]:
    """Returns the policies in force at an instant, by id."""
    return {each.id: each.value for each in versions_at(connection, ("policy",), to_micros(at))}


def one_rota(people: People, name: str) -> Rota:
    """Returns a rota; raises NotFound with the nearest one."""
    if name not in people.rotas:
        raise NotFound(
            f"there is no rota {name!r}",
            next_step=did_you_mean(name, people.rotas, "watchfloor oncall lists them"),
        )
    return people.rotas[name]


def people_of(catalog: Catalog, overrides: Sequence[Override] = ()) -> People:
    """Returns everybody there is to tell by a catalog that may not be in force, with these overrides."""
    return People(catalog.rotas, overrides, catalog.staff, catalog.groups_of_people)
