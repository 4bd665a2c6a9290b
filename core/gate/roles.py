"""The roles of the people who operate, and of the agent: what each is here for, and which others it includes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """What a person (or the agent) is here to do."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    LEAD = "lead"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    AGENT = "agent"


WORDS: Final = {
    Role.VIEWER: "sees everything, changes nothing",
    Role.OPERATOR: "works the queues, runs the procedures",
    Role.LEAD: "also decides on held requests and closes actions",
    Role.REVIEWER: "sees everything, decides in access reviews",
    Role.ADMIN: "also keeps staff and the key of the seals",
    Role.AGENT: "the always-on half: watches, opens and clears incidents; not a person",
}
INCLUDES: Final = {
    Role.VIEWER: (),
    Role.OPERATOR: (Role.VIEWER,),
    Role.LEAD: (Role.OPERATOR,),
    Role.REVIEWER: (Role.VIEWER,),
    Role.ADMIN: (Role.LEAD, Role.REVIEWER),
    Role.AGENT: (Role.VIEWER,),
}
"""What each role includes directly."""
PEOPLE: Final = tuple(role for role in Role if role is not Role.AGENT)


def includes(role: Role, other: Role) -> bool:
    """Tells whether `role` may do all that `other` may."""
    return role is other or any(includes(below, other) for below in INCLUDES[role])


def own_role(roles: Iterable[Role]) -> str:
    """Returns the name of the role that somebody who has all these was given: those that none of the others includes."""
    held = set(roles)
    own = [role for role in Role if role in held and not any(_is_below(role, other) for other in held)]
    return " and ".join(own)


def _is_below(role: Role, other: Role) -> bool:
    return role is not other and includes(other, role)


def role_words(roles: Iterable[str]) -> str:
    """Returns the roles of somebody in words: those that none of the others includes; "without a role" where there is none."""
    return own_role(Role(role) for role in roles) or "without a role"
