"""Every read of training: what was completed, of whom what is asked, and how everybody stands."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, func, literal, or_, select, true

from core.catalog.queries import declared_staff, declared_trainings
from core.catalog.tables import component
from core.endings.model import Ending, Sort, end_of
from core.improvement.training.model import Completion, Standing, TrainingState, standing
from core.improvement.training.needs import COMPONENT, SERVICE, Held, why_for_person
from core.improvement.training.tables import training_record
from core.security.grants.tables import access_grant
from core.security.indexed import MOST_WORDS
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from core.catalog.model import Staff
    from core.catalog.training import Training

_C, _G = training_record.c, access_grant.c
MOST = 500
AT_ONCE = 500
_WILD = re.compile(r"[*?]")
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


def completions(connection: Connection, *, person: str = "", limit: int = MOST) -> list[Completion]:
    """Returns what was recorded, of one person or of all, newest first and `limit` at most; what was withdrawn, too."""
    query = select(training_record).order_by(_C.id.desc()).limit(limit)
    if person:
        query = query.where(_C.person == person)
    return [to_completion(row) for row in connection.execute(query).all()]


def newest_completions(
    connection: Connection, persons: Iterable[str], trainings: Iterable[str], today: date
) -> dict[tuple[str, str], Completion]:
    """Returns what each of these persons completed last, up to a day, of each of these trainings; what was withdrawn does not count."""
    place = func.row_number().over(
        partition_by=(_C.person, _C.training), order_by=(_C.done_on.desc(), _C.id.desc())
    )
    counts = (_C.training.in_(list(trainings)), _C.withdrawn_by == "", _C.done_on <= today.isoformat())
    found: dict[tuple[str, str], Completion] = {}
    for some in batched(sorted(set(persons))):
        ranked = select(training_record, place.label("place")).where(_C.person.in_(some), *counts).subquery()
        for row in connection.execute(select(ranked).where(ranked.c.place == 1)):
            found[row.person, row.training] = to_completion(row)
    return found


def trained(connection: Connection, today: date) -> list[Trained]:
    """Returns how everybody stands on a day with what is asked of them, and with what they have without: the worst first."""
    trainings = declared_trainings(connection)
    if not trainings:
        return []
    staff, services = declared_staff(connection), service_of(connection)
    persons = [each.id for each in staff]
    done = newest_completions(connection, persons, [each.id for each in trainings], today)
    return everybody(staff, trainings, done, _rights_of(connection, persons, trainings), services, today)


def everybody(
    staff: Iterable[Staff], trainings: Sequence[Training], done: Mapping[tuple[str, str], Completion],
    rights: Mapping[str, Sequence[Held]], services: Mapping[str, str], today: date,
) -> list[Trained]:  # fmt: skip
    """Returns how each of the staff stands by what they completed last and the rights they have: the worst first. Pure."""
    found = []
    for person in staff:
        for each in trainings:
            why = why_for_person(each, person.role, rights.get(person.id, ()), services)
            last = done.get((person.id, each.id))
            stands = standing(() if last is None else (last,), each.months, today)
            if why or stands.by is not None:
                found.append(Trained(person.id, person.name, each.id, each.title, stands, why))
    return sorted(found, key=_place)


def service_of(connection: Connection) -> dict[str, str]:
    """Returns of which service each component is."""
    return {row.id: row.service for row in connection.execute(select(component.c.id, component.c.service))}


def lacking_until(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns what is asked of somebody and has expired, or expires up to an instant: as long as they have what asks for it.

    What was never completed ends at no instant: `trained` has that.
    """
    found = []
    for each in trained(connection, now.date()):
        expires = each.standing.expires
        if each.why and expires is not None and (ends_at := end_of(expires - timedelta(days=1))) < until:
            what = f"training {each.title}: {each.standing.words}"
            found.append(Ending(Sort.TRAINING, each.person, what, each.person, each.why, ends_at))
    return found


def _place(each: Trained) -> tuple[bool, int, str, str]:
    return (not each.why, _ORDER.index(each.standing.state), each.person, each.training)


def _rights_of(
    connection: Connection, persons: Sequence[str], trainings: Iterable[Training]
) -> Mapping[str, Sequence[Held]]:
    """Returns those rights of these persons, by their ids, that any of the trainings may be asked for; some that are not may be among them."""
    may_ask = [each for training in trainings for each in _may_ask(training)]
    found: dict[str, list[Held]] = defaultdict(list)
    if not may_ask:
        return found
    query = select(_G.person, _G.entitlement, _G.thing, _G.is_privileged).where(
        _G.is_open == 1, or_(*may_ask)
    )
    for some in batched(persons):
        for row in connection.execute(query.where(_G.person.in_(some)).distinct()):
            found[row.person].append(Held(row.entitlement, row.thing, bool(row.is_privileged)))
    return found


def _may_ask(training: Training) -> Iterator[ColumnElement[bool]]:
    """Yields conditions, of which every grant meets one that `why_for_right` finds a training is asked for by."""
    if training.privileged:
        yield _G.is_privileged == 1
    if training.components:
        yield _G.thing.in_([f"{COMPONENT}{each}" for each in training.components])
    if training.services:
        yield _G.thing.in_([f"{SERVICE}{each}" for each in training.services])
        of_them = select(literal(COMPONENT, Text) + component.c.id).where(
            component.c.service.in_(training.services)
        )
        yield _G.thing.in_(of_them)
    for pattern in training.rights:
        # What stands between wildcards stands in the words of a grant, too, unless those were cut.
        texts = [each for part in pattern.lower().split("@") for each in _WILD.split(part.partition("[")[0])]
        has = [_G.words.contains(text.strip(), autoescape=True) for text in texts if text.strip()]
        yield or_(and_(true(), *has), func.length(_G.words) >= MOST_WORDS)


def batched(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yields ids as many at a time as one statement is given."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
