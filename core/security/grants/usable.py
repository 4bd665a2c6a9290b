"""Which lines of a list of what is granted can be taken: who answers for it, why, until when, and that nobody grants to themselves. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.security.foreign import Refusal
from core.security.grants.commands import check_end
from core.security.grants.effects import person_of
from core.security.grants.matching import is_privileged, right_of
from core.security.grants.people import is_about

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.security.grants.known_things import Things
    from core.security.grants.matching import Of
    from core.security.grants.model import Right
    from core.security.grants.sources.model import Line, Listing


def usable_lines(
    listing: Listing, of: Of, rows: Mapping[Right, Any], today: date, own: frozenset[str], people: Mapping[str, str],
    things: Things,
) -> tuple[tuple[Line, ...], tuple[Refusal, ...]]:  # fmt: skip
    """Returns the lines that can be taken, and why the others cannot.

    `rows` are the grants of the source, `own` the names of who brings the list, `people` ids by every name, `things` what
    rights may be on. What the source already shows a right on may be granted, be it declared or not.
    """
    usable: list[Line] = []
    refusals = list(listing.refusals)
    for line in listing.lines:
        right = right_of(of, line)
        known = rows.get(right)
        why = _why_not(line, of, known, today, own, people) or (
            "" if known is not None else things.why_not(right.on)
        )
        if why:
            refusals.append(Refusal(line.place, why))
        else:
            usable.append(line)
    return tuple(usable), tuple(refusals)


def _why_not(
    line: Line, of: Of, known: Any, today: date, own: frozenset[str], people: Mapping[str, str]
) -> str:
    """Returns why a line cannot be taken. A right is privileged where the line, its declaration, or the grant as known says so."""
    missing = [name for name in ("owner", "reason") if not getattr(line, name)]
    if missing:
        return f"names no {' and no '.join(missing)}, which a grant needs"
    privileged = is_privileged(of, line) or (known is not None and bool(known.is_privileged))
    person = known.person if known is not None else person_of(line, people)
    if privileged and is_about(own, person, line.principal):
        return "is a privileged right of your own: another lead has to grant it"
    try:
        check_end(line.expires, today, is_privileged=privileged)
    except BadInput as error:
        return error.what
    return ""
