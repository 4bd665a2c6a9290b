"""Everything that is shown of who is on call, read at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.agreements.versions import agreements_at
from core.desk.escalation.queries import nobody_told
from core.desk.oncall.gaps import Lack, Sort, lacks
from core.desk.oncall.moving import Moved, moved
from core.desk.oncall.queries import declared_policies, people_at
from core.journal.wording import label
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.desk.escalation.whom import People

DAYS = 7
"""So far ahead it is looked for what is missing."""
DAYS_OF_CLOCKS = 28
"""So far ahead it is told that clocks are set."""
_DAY = 86_400_000_000


class Roster(NamedTuple):
    """The rotas with whoever is in them, what is missing in the coming days, and the items of which nobody could be told, with since when."""

    people: People
    lacks: tuple[Lack, ...]
    nobody: tuple[tuple[str, datetime], ...]
    moved: tuple[Moved, ...] = ()  # by clocks that are set, to summer time or back


def roster(connection: Connection, now: datetime) -> Roster:
    """Returns who is on call and what is missing, as the database alone knows it: not which addresses a machine keeps."""
    begin = to_micros(now)
    people = people_at(connection, begin)
    found = lacks(people, declared_policies(connection, now), begin, begin + DAYS * _DAY)
    known = tuple(each for each in found if each.sort is not Sort.CHANNEL)
    nobody = tuple((label(kind, str(number)), at) for kind, number, at in nobody_told(connection))
    agreed = agreements_at(connection, begin).agreements
    return Roster(people, known, nobody, tuple(moved(people, agreed, begin, begin + DAYS_OF_CLOCKS * _DAY)))
