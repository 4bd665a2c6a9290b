"""Every write of who is on call: overrides of a rota. Rotas themselves are versions of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.catalog.nearest import did_you_mean
from core.desk.oncall.queries import one_rota, people_at, to_override
from core.desk.oncall.tables import rota_override
from core.errors import BadInput, NotFound, NotPossible
from core.gate.commands import admit
from core.journal.model import Subject
from core.printable import printable
from core.sentences import line_written, reason_of
from core.store.rows import new_number, revise, row_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from core.desk.oncall.model import Override
    from core.gate.model import Consent
    from core.store.work import Work

LONGEST_DAYS = 366
PAST_S = 60.0
"""So much before now an override may begin: nobody was on call otherwise than they were."""


def subject(override_id: int) -> Subject:
    """Returns the journal's subject of an override."""
    return Subject("override", str(override_id))


def make_override(
    work: Work, rota: str, person: str, begin: datetime, end: datetime, reason: str, consent: Consent
) -> Override:
    """Puts one person on call in a rota from an instant up to another, whoever the rota says, with the reason. Level 2.

    Raises NotFound for a rota or a person there is not, BadInput for a time that is past, ends before it begins or lasts
    longer than a year, and without a reason.
    """
    admit(work, "override.make", [rota], consent)
    people = people_at(work.connection, to_micros(work.now))
    found = one_rota(people, rota)
    if person not in people.staff:
        raise NotFound(
            f"{printable(person, 60)!r} is not of the staff",
            next_step=did_you_mean(
                person, people.staff, "Nothing was changed. Name one of the catalog's staff"
            ),
        )
    if end <= begin:
        raise BadInput("it ends before it begins", next_step="Nothing was changed. Say a later end")
    if (work.now - begin).total_seconds() > PAST_S or end <= work.now:
        raise BadInput(
            f"{begin:%Y-%m-%d %H:%M}Z is past",
            next_step="Nothing was changed. It can begin now at the earliest",
        )
    if (end - begin).days >= LONGEST_DAYS:
        raise BadInput("it lasts longer than a year", next_step="Nothing was changed. Edit the rota instead")
    reason = reason_of(reason)
    number = new_number(work, rota_override)
    values: dict[str, Any] = {
        "rota": found.id, "person": person, "from_at": to_micros(begin), "until_at": to_micros(end), "reason": reason,
        "made_at": to_micros(work.now), "made_by": work.actor, "ended_at": None, "ended_by": "",
    }  # fmt: skip
    work.connection.execute(insert(rota_override).values(id=number, version=1, **values))
    work.record("override.made", subject(number), {name: (None, value) for name, value in values.items()})
    return to_override(
        work.connection.execute(select(rota_override).where(rota_override.c.id == number)).one()
    )


def end_override(
    work: Work, override_id: int, reason: str, consent: Consent, seen: int | None = None
) -> Override:
    """Ends an override before its time: from now on the rota counts again. Level 2. Raises NotPossible for one that is over."""
    admit(work, "override.end", [f"OV-{override_id}"], consent)
    row = row_of(work, rota_override, "override", override_id, seen)
    now = to_micros(work.now)
    if row.ended_at is not None or row.until_at <= now:
        over = from_micros(row.until_at if row.ended_at is None else row.ended_at)
        raise NotPossible(
            f"OV-{override_id} was over at {over:%Y-%m-%d %H:%M}Z", next_step="Nothing was changed"
        )
    after = {"ended_at": now, "ended_by": work.actor}
    return to_override(
        revise(
            work, rota_override, row, "override.ended", after, subject=subject(override_id), note=line_written(reason, "reason")
        )
    )  # fmt: skip
