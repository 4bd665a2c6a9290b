"""What is missing in who is on call, found beforehand: gaps, people who are away, people nothing reaches. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.catalog.days import parse_days_off
from core.catalog.model import Calendar
from core.catalog.oncall import CHANNEL, ROLE, ROTA
from core.desk.hours.service_hours import ServiceHours
from core.desk.oncall.model import local_time, shifts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from core.catalog.model import Staff
    from core.catalog.oncall import Policy, Rota
    from core.desk.escalation.whom import People

Reaches = Callable[[str, bool], bool]
"""Tells whether a name is reached: given it, and whether the catalog has an e-mail address of theirs."""


class Sort(StrEnum):
    """What is missing."""

    GAP = "gap"
    AWAY = "away"
    UNREACHED = "not reached"
    GONE = "not of the staff"
    CHANNEL = "no such channel"


class Lack(NamedTuple):
    """Something that is missing: in which rota or policy (`where`), from when to when (microseconds UTC; None for at any time), and whom it is about."""

    sort: Sort
    where: str
    person: str
    begin: int | None
    end: int | None
    zone: str
    why: str

    @property
    def words(self) -> str:
        """Returns it in words, in the time of its zone."""
        if self.begin is None or self.end is None:
            return f"{self.where}: {self.why}"
        begin, end = local_time(self.begin, self.zone), local_time(self.end, self.zone)
        last = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%a %d %b %H:%M}"
        return f"{self.where}: {begin:%a %d %b %H:%M} to {last} {self.why} ({self.zone})"


def by_mail_only(_name: str, has_address: bool) -> bool:
    """Tells whether a name is reached by what the catalog alone knows."""
    return has_address


def lacks(
    people: People, policies: Mapping[str, Policy], begin: int, end: int, reaches: Reaches = by_mail_only
) -> list[Lack]:
    """Returns everything that is missing between two instants (microseconds UTC): rotas first, then what policies name."""
    found = [lack for rota in people.rotas.values() for lack in lacks_of(rota, people, begin, end, reaches)]
    for policy in policies.values():
        found += dict.fromkeys(_of_policy(policy, people, reaches))
    return found


def lacks_of(rota: Rota, people: People, begin: int, end: int, reaches: Reaches = by_mail_only) -> list[Lack]:
    """Returns what is missing in one rota between two instants (microseconds UTC), in the order of time."""
    found: list[Lack] = []
    for shift in shifts(rota, people.overrides, begin, end):
        bounds = (shift.begin, shift.end, rota.zone)
        person = people.staff.get(shift.person)
        if not shift.person:
            found += (
                Lack(Sort.GAP, rota.id, "", *span, rota.zone, "nobody is on call")
                for span in covered(rota).spans(shift.begin, shift.end)
            )
        elif person is None:
            why = f"{shift.person} is on call and no longer of the staff"
            found.append(Lack(Sort.GONE, rota.id, shift.person, *bounds, why))
        else:
            if not reaches(person.id, bool(person.email)):
                why = f"{person.id} is on call, and nothing reaches them"
                found.append(Lack(Sort.UNREACHED, rota.id, person.id, *bounds, why))
            found += _away(rota, person, shift.begin, shift.end)
    return found


def covered(rota: Rota) -> ServiceHours:
    """Returns the hours in which somebody must be on call."""
    return ServiceHours(Calendar(rota.id, rota.zone, rota.covers)) if rota.covers else ServiceHours()


def _away(rota: Rota, person: Staff, begin: int, end: int) -> Iterator[Lack]:
    """Yields the days of a shift on which its person is away, as they are in the rota's zone."""
    first, last = (local_time(at, rota.zone).date() for at in (begin, end - 1))
    day, named = first, ""
    since: date | None = None
    while day <= last + timedelta(days=1):
        off = next((each for each in map(parse_days_off, person.away) if each.holds(day)), None)
        if off is not None and day <= last and since is None:
            since, named = day, off.name
        elif since is not None and (off is None or day > last):
            until = day - timedelta(days=1)
            when = f"on {since}" if since == until else f"from {since} to {until}"
            what = f" ({named})" if named else ""
            why = f"{person.id} is on call and away {when}{what}"
            yield Lack(Sort.AWAY, rota.id, person.id, begin, end, rota.zone, why)
            since = None
        day += timedelta(days=1)


def _of_policy(policy: Policy, people: People, reaches: Reaches) -> Iterator[Lack]:
    """Yields whom a policy tells by name and nothing reaches; what its rotas lack is theirs."""
    for number, step in enumerate(policy.steps, 1):
        for target in step.tell:
            where = f"policy {policy.id} step {number}"
            if target.startswith(CHANNEL):
                name = target.removeprefix(CHANNEL)
                if not reaches(name, False):
                    why = f"no address is kept for the channel {name}: `watchfloor mail reach {name}`"
                    yield Lack(Sort.CHANNEL, where, name, None, None, "", why)
            elif not target.startswith(ROTA):
                for person in _staff(target, people):
                    if not reaches(person.id, bool(person.email)):
                        why = f"nothing reaches {person.id}: `watchfloor mail reach {person.id}`, or an email in the catalog"
                        yield Lack(Sort.UNREACHED, where, person.id, None, None, "", why)


def _staff(target: str, people: People) -> list[Staff]:
    if target.startswith(ROLE):
        return [each for each in people.staff.values() if each.role == target.removeprefix(ROLE)]
    group = people.groups.get(target)
    names = (target,) if target in people.staff or group is None else group.members
    return [people.staff[name] for name in names if name in people.staff]
