"""Days ahead on which clocks are set, to summer time or back, and which shifts and agreements' hours that moves. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks.due_words import exactly
from core.desk.hours.clock_changes import clock_changes, length_of_day
from core.desk.oncall.model import on_call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.catalog.oncall import Rota
    from core.desk.agreements.coverage import AgreementVersion
    from core.desk.escalation.whom import People
    from core.desk.hours.clock_changes import ClockChange


class Moved(NamedTuple):
    """What a change of the clocks does to one rota or agreement (`where`)."""

    change: ClockChange
    where: str
    why: str

    @property
    def words(self) -> str:
        """Returns it in words."""
        set_by = f"{exactly(abs(self.change.by_s))} {'forward' if self.change.by_s > 0 else 'back'}"
        return f"{self.change.day:%a %d %b %Y} clocks of {self.change.zone} are set {set_by}: {self.where}: {self.why}"


def moved(people: People, agreements: Iterable[AgreementVersion], begin: int, end: int) -> list[Moved]:
    """Returns what is moved between two instants (microseconds UTC), in the order of time."""
    rotas, agreed = defaultdict(list), defaultdict(list)
    for rota in people.rotas.values():
        rotas[rota.zone].append(rota)
    for version in agreements:
        if version.calendar is not None:
            agreed[version.calendar.zone].append(version)
    found: list[Moved] = []
    for zone in {*rotas, *agreed}:
        for change in clock_changes(zone, begin, end):
            found += (
                Moved(change, f"rota {each.id}", _of_shift(each, people, change)) for each in rotas[zone]
            )
            found += (
                Moved(change, f"agreement {each.agreement.id}", _of_hours(each, change))
                for each in agreed[zone]
            )
    return sorted(found, key=lambda each: (each.change.at, each.where))


def _of_shift(rota: Rota, people: People, change: ClockChange) -> str:
    person = on_call(rota, people.overrides, change.at - 1)
    if not person:
        return f"its hours are {_moves(change)}"
    return f"the shift of {person}, on call then, has {exactly(abs(change.by_s))} {'less' if change.by_s > 0 else 'more'}"


def _of_hours(version: AgreementVersion, change: ClockChange) -> str:
    real_s, usual_s = length_of_day(version.hours, change)
    moves = f"its hours are {_moves(change)}"
    return (
        moves
        if real_s == usual_s
        else f"that day has {exactly(real_s)} of its hours, not {exactly(usual_s)}; {moves}"
    )


def _moves(change: ClockChange) -> str:
    return f"{exactly(abs(change.by_s))} {'earlier' if change.by_s > 0 else 'later'} in UTC from then on"
