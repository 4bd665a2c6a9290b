"""What ends soon: each house offers what it lets be weakened until an instant. A new one is one line in HOUSES."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.desk.requests.attending import snoozes_until
from core.endings.model import Ending, Sort, end_of
from core.gate.queries import unlocked_until
from core.security.findings.queries import weakenings_until as risks_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    House = Callable[[Connection, datetime, datetime], list[Ending]]


class _OfADay(Protocol):
    """What ends with a day, as houses keep it that count in days."""

    @property
    def subject(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def ends_on(self) -> date: ...


def _by_days(sort: Sort, house: Callable[[Connection, datetime, datetime], Sequence[_OfADay]]) -> House:
    """Returns a house that counts in days as one that counts in instants."""

    def of_house(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
        return [
            Ending(sort, each.subject, each.title, each.owner, each.reason, end_of(each.ends_on))
            for each in house(connection, now, until)
        ]

    return of_house


HOUSES: Sequence[House] = (_by_days(Sort.RISK, risks_until), snoozes_until, unlocked_until)
"""Each is asked with now and an instant: it returns what ends up to that, and what should have ended and is still in force."""


def endings(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns everything that weakens control and ends up to an instant, the first first: what is past stands before all."""
    found = [each for house in HOUSES for each in house(connection, now, until)]
    return sorted(found, key=lambda each: (each.ends_at, each.sort, each.subject))
