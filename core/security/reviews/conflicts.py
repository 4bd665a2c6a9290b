"""Rights that one person is not to have together, as the catalog declares them. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from core.security.grants.model import is_called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.catalog.access import Conflict
    from core.security.grants.model import Grant


class Clash(NamedTuple):
    """A rule that two rights of one person break together: the rule, and the other of the two."""

    rule: Conflict
    other: Grant


def clashes(entitlement: str, on: str, others: Iterable[Grant], rules: Iterable[Conflict]) -> list[Clash]:
    """Returns with which of somebody's other rights a right is in conflict, whichever of the two a rule names first."""
    found = list(others)
    return [
        Clash(rule, other)
        for rule in rules
        for mine, theirs in ((rule.one, rule.other), (rule.other, rule.one))
        if is_meant(mine, entitlement, on)
        for other in found
        if is_meant(theirs, other.entitlement, other.on)
    ]


def is_meant(pattern: str, entitlement: str, on: str) -> bool:
    """Tells whether a pattern (`payouts-*@component:bank`, or without a thing) means an entitlement on something."""
    right, at, thing = pattern.partition("@")
    return is_called(entitlement, right) and (not at or fnmatchcase(on.lower(), thing.strip().lower()))
