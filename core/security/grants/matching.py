"""What a reading of a source does to the grants that are known: which are new, told otherwise, gone, or back. Pure.

A grant is known by its source, its principal, its entitlement and what it is on. What a source does not list is gone only
where all of the source could be read that may list it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.security.grants.model import Right, Standing, is_called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from core.security.grants.model import Grant
    from core.security.grants.sources.model import Line

MOST_GONE = 0.5
FEW_GONE = 5
"""A reading by which more than so many grants, and more than that share of them, would be gone is asked about first."""


class What(StrEnum):
    """What a reading does to one grant."""

    CREATE = "create"
    SEEN = "seen"  # known, and as it is told now
    BACK = "back"  # was not found, and is
    GRANT = "grant"  # a list of what is granted says that it is
    GONE = "gone"  # is no longer found


class Step(NamedTuple):
    """One thing to be done: to a grant that is known (None: to be created), as a line tells it (None: it is not listed)."""

    what: What
    right: Right
    line: Line | None
    known: Grant | None


@dataclass(frozen=True, slots=True)
class Of:
    """What is read: the name of the source, what it speaks of, which entitlements are privileged, and whether it lists what is granted."""

    source: str
    about: str
    privileged: tuple[str, ...] = ()
    is_granting: bool = False


def right_of(of: Of, line: Line) -> Right:
    """Returns the right that a line of a source tells of."""
    return Right(of.source, line.principal, line.entitlement, line.on or of.about)


def is_privileged(of: Of, line: Line) -> bool:
    """Tells whether a right is privileged: the line says so, or how the source is declared."""
    return line.is_privileged or any(is_called(line.entitlement, pattern) for pattern in of.privileged)


def idle_patterns(of: Of, lines: Iterable[Line]) -> tuple[str, ...]:
    """Returns what is declared as privileged and means none of the rights that are listed."""
    entitlements = {line.entitlement for line in lines}
    return tuple(each for each in of.privileged if not any(is_called(one, each) for one in entitlements))


def by_right(of: Of, lines: Iterable[Line]) -> dict[Right, Line]:
    """Returns one line for each right: listed several times it is one, privileged where one of them says so."""
    found: dict[Right, Line] = {}
    for line in lines:
        right, privileged = right_of(of, line), is_privileged(of, line)
        before = found.get(right)
        found[right] = (
            replace(line, is_privileged=privileged)
            if before is None
            else _both(before, line, is_privileged=privileged)
        )
    return found


def _both(one: Line, other: Line, *, is_privileged: bool) -> Line:
    used = [at for at in (one.last_used, other.last_used) if at is not None]
    return replace(
        one, is_privileged=one.is_privileged or is_privileged, owner=one.owner or other.owner,
        reason=one.reason or other.reason, said=one.said or other.said, last_used=max(used, default=None),
    )  # fmt: skip


def plan(
    of: Of, lines: Mapping[Right, Line], known: Mapping[Right, Grant], is_sure: Callable[[Right], bool]
) -> list[Step]:
    """Returns what is to be done, in the order of the rights.

    `known` are all grants of the source. `is_sure` tells whether all was read that may list a right: else, and by a list of
    what is granted, it is not taken as gone.
    """
    steps = [
        Step(_listed(of, known.get(right)), right, line, known.get(right)) for right, line in lines.items()
    ]
    if not of.is_granting:
        steps += [
            Step(What.GONE, right, None, each) for right, each in known.items()
            if each.is_found and right not in lines and is_sure(right)
        ]  # fmt: skip
    return sorted(steps, key=lambda step: step.right)


def _listed(of: Of, known: Grant | None) -> What:
    if known is None:
        return What.CREATE
    if of.is_granting:
        return What.GRANT
    return What.SEEN if known.is_found else What.BACK


def gone_of(steps: Iterable[Step], known: Mapping[Right, Grant]) -> tuple[int, int]:
    """Returns how many grants would be gone, but for those that are to be, and how many were found before."""
    going = sum(
        1
        for step in steps
        if step.what is What.GONE and step.known is not None and step.known.standing is not Standing.REMOVING
    )
    return going, sum(1 for each in known.values() if each.is_found)


def is_too_many(going: int, found: int) -> bool:
    """Tells whether so many of those that were found would be gone that the source may be cut off, or another one."""
    return going > FEW_GONE and going > found * MOST_GONE
