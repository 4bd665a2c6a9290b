"""Who of the staff approves a request of a type: those its agreement names, and never who asks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.agreements.coverage import groups_of, may_approve, roles_of

if TYPE_CHECKING:
    from core.catalog.model import Approval, Staff
    from core.desk.agreements.coverage import InForce


def is_same_person(person: Staff, address: str) -> bool:
    """Tells whether an address, or a name in its place, is that of a member of the staff."""
    asked = address.strip().lower()
    return bool(asked) and asked in {
        person.email.lower(),
        person.id.lower(),
        (person.login or person.id).lower(),
    }


def person_called(in_force: InForce, actor: str) -> Staff | None:
    """Returns the member of the staff who has this login; None where nobody has."""
    return next((each for each in in_force.staff.values() if actor in {each.login or each.id, each.id}), None)


def approvers(approval: Approval, in_force: InForce, requester: str) -> tuple[Staff, ...]:
    """Returns everybody who may approve what a requester asks for, by id."""
    return tuple(
        each
        for _, each in sorted(in_force.staff.items())
        if why_not_approve(approval, in_force, each.login or each.id, requester) is None
    )


def why_not_approve(approval: Approval, in_force: InForce, actor: str, requester: str) -> str | None:
    """Returns the clause by which somebody may not approve what a requester asks for; None where they may."""
    person = person_called(in_force, actor)
    if actor.lower() == requester.strip().lower() or (
        person is not None and is_same_person(person, requester)
    ):
        return "nobody approves what they ask for themselves"
    staff_id, role = (person.id, person.role) if person is not None else (actor, "viewer")
    return may_approve(approval, staff_id, roles_of(role), groups_of(in_force.groups, staff_id))
