"""Whose a right is, and who may say who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.catalog.queries import declared_staff
from core.gate.people import noted_refusal, roles_of
from core.gate.rights import needed_for

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.work import Work


def people(connection: Connection) -> dict[str, str]:
    """Returns the ids of the declared staff by every name they go by, in small letters."""
    found: dict[str, str] = {}
    for each in declared_staff(connection):
        for name in (each.id, each.login, each.email):
            if name:
                found.setdefault(name.lower(), each.id)
    return found


def names_of(connection: Connection, actor: str) -> frozenset[str]:
    """Returns every name, in small letters, that means the person who comes as `actor`."""
    known = people(connection)
    mine = known.get(actor.lower())
    return frozenset({actor.lower(), *(name for name, person in known.items() if person == mine)})


def is_about(names: frozenset[str], person: str, principal: str) -> bool:
    """Tells whether a right is of who goes by these names: the person it is known to be of, else the account that has it."""
    return (person or principal).lower() in names


def refuse_own(work: Work, row: Any) -> None:
    """Raises NotPermitted where the row is a privileged right of the actor: nobody grants that to themselves, or leaves it alone."""
    if row.is_privileged and is_about(names_of(work.connection, work.actor), row.person, row.principal):
        what = f"G-{row.id} is a privileged right of your own ({row.principal} has {row.entitlement} on {row.thing})"
        raise noted_refusal(work, what, "Ask another lead to decide about it")


def check_may_name(work: Work, row: Any) -> None:
    """Raises NotPermitted where the actor may not say who answers for a grant: who decides about grants may, and who answers for it now."""
    if not roles_of(work).isdisjoint(needed_for("grant.accept")):
        return
    if row.owner.lower() in names_of(work.connection, work.actor):
        return
    now = f"{row.owner} does" if row.owner else "nobody does"
    what = f"who answers for G-{row.id} ({now} now) is said by a lead, or by who answers for it"
    raise noted_refusal(work, what, f"Ask {f'{row.owner} or a lead' if row.owner else 'a lead'}")
