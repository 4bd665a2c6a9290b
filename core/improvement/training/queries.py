"""Every read of training: what was completed, of whom what is asked, and how everybody stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.catalog.queries import declared_staff, declared_trainings
from core.catalog.tables import component
from core.endings.model import Ending, Sort, end_of
from core.improvement.training.model import Completion, Standing, TrainingState, standing
from core.improvement.training.needs import Held, why_for_person
from core.improvement.training.tables import training_record
from core.security.grants.tables import access_grant
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.training import Training

_C, _G = training_record.c, access_grant.c
_ORDER = tuple(TrainingState)


@dataclass(frozen=True, slots=True)
class Trained:
    """How somebody stands with a training, and why it is asked of them; `why` is empty where nobody asks for it."""

    person: str
    name: str
    training: str
    title: str
    standing: Standing
    why: str = ""

    @property
    def id(self) -> str:
        """Returns what tells it from the others."""
        return f"{self.person} {self.training}"

    @property
    def is_lacking(self) -> bool:
        """Tells whether it is asked for and not had."""
        return bool(self.why) and not self.standing.state.is_good


def to_completion(row: Any) -> Completion:
    """Returns the value of a row."""
    return Completion(
        row.id, row.version, row.person, row.training, date.fromisoformat(row.done_on), row.evidence, row.recorded_by,
        from_micros(row.recorded_at), row.withdrawn_by or "", row.withdrawn_why or "",
    )  # fmt: skip


def completions(connection: Connection, *, person: str = "") -> list[Completion]:
    """Returns what was recorded, of one person or of all, newest first; what was withdrawn, too."""
    query = select(training_record).order_by(_C.id.desc())
    if person:
        query = query.where(_C.person == person)
    return [to_completion(row) for row in connection.execute(query).all()]


def trained(connection: Connection, today: date) -> list[Trained]:
    """Returns how everybody stands on a day with what is asked of them, and with what they have without: the worst first."""
    trainings = declared_trainings(connection)
    if not trainings:
        return []
    done = by_training(completions(connection))
    rights, services = _rights_of(connection, trainings), service_of(connection)
    found = []
    for person in declared_staff(connection):
        for each in trainings:
            why = why_for_person(each, person.role, rights.get(person.id, ()), services)
            own = done.get((person.id, each.id), ())
            stands = standing(own, each.months, today)
            if why or stands.by is not None:
                found.append(Trained(person.id, person.name, each.id, each.title, stands, why))
    return sorted(found, key=_place)


def by_training(found: Iterable[Completion]) -> Mapping[tuple[str, str], Sequence[Completion]]:
    """Returns completions by who did what."""
    kept: dict[tuple[str, str], list[Completion]] = defaultdict(list)
    for each in found:
        kept[each.person, each.training].append(each)
    return kept


def service_of(connection: Connection) -> dict[str, str]:
    """Returns of which service each component is."""
    return {row.id: row.service for row in connection.execute(select(component.c.id, component.c.service))}


def lacking_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns what is asked of somebody and missing, expired, or expiring up to an instant: as long as they have what asks for it."""
    today, found = now.date(), []
    for each in trained(connection, today):
        expires = each.standing.expires
        ends_on = today if expires is None else expires
        first = end_of(ends_on - timedelta(days=1))
        if each.why and (each.is_lacking or (expires is not None and first < until)):
            what = f"training {each.title}: {each.standing.words}"
            found.append(Ending(Sort.TRAINING, each.person, what, each.person, each.why, first))
    return found


def _place(each: Trained) -> tuple[bool, int, str, str]:
    return (not each.why, _ORDER.index(each.standing.state), each.person, each.training)


def _rights_of(connection: Connection, trainings: Iterable[Training]) -> Mapping[str, Sequence[Held]]:
    """Returns the rights of everybody of the staff, by their ids; none are asked for where no training goes by rights."""
    if not any(each.rights or each.services or each.components or each.privileged for each in trainings):
        return {}
    query = (
        select(_G.person, _G.entitlement, _G.thing, _G.is_privileged)
        .where(_G.is_open == 1, _G.person != "")
        .distinct()
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.person].append(Held(row.entitlement, row.thing, bool(row.is_privileged)))
    return found
