"""What people do with thresholds: revise one, and end a revision before its time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.catalog.model import Threshold
from core.catalog.queries import declared_component
from core.desk import commands as desk
from core.errors import Moved, NotPermitted, NotPossible
from core.gate.commands import admit
from core.gate.model import VERBS
from core.gate.people import ask_role
from core.journal.model import Subject
from core.monitoring.revisions.model import (
    ENDED,
    IN_FORCE,
    OPERATOR_H,
    RANGES,
    Name,
    Revision,
    check_end,
    is_for_a_lead,
    ranges_in_words,
    revised,
    weakens,
)
from core.monitoring.revisions.queries import Judged, judged, to_revision
from core.monitoring.revisions.tables import threshold_revision
from core.printable import printable
from core.security.findings.commands import check_owner
from core.sentences import reason_of, written
from core.store.rows import revise
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from core.journal.appending import Recorded
    from core.store.work import Work

LONGEST = 2000
WIDEN = "threshold.widen"


def subject(name: Name) -> Subject:
    """Returns the journal's subject of a threshold."""
    return Subject("threshold", str(name))


def revise_threshold(
    work: Work, name: Name, ranges: Mapping[str, str], until: datetime | None, owner: str, reason: str,
    seen: Judged | int | None = None,
) -> Revision:  # fmt: skip
    """Has a probe's measure judged by other ranges until an instant, from its next look on. Level 1, undoable.

    `ranges` holds those that differ (`warning`, `critical`, and with `_clear` behind); one revised already is revised on.
    What widens needs an end, and for long or of the gravest components a lead. Raises BadInput, NotFound, or Moved where
    it stands otherwise than it was `seen`, or is at another version.
    """
    admit(work, "threshold.revise", [str(name)])
    row = _locked(work, name)
    owner = owner.strip() or work.actor
    standing, after = checked_revision(
        work.connection, work.now, work.actor, name, ranges, until, owner, seen
    )
    why = reason_of(reason, "a revision needs a reason", LONGEST, keeps_lines=True)
    weaker = weakens(standing.declared, after)
    kind = "threshold.revised"
    if _is_for_a_lead(work.connection, work.now, standing, after, until):
        with _told_what_an_operator_may():
            admit(work, WIDEN, [str(name)])
        kind = "threshold.widened"
    values: dict[str, Any] = {
        "state": IN_FORCE, "component": name.component, **{each: getattr(after, each) for each in RANGES},
        "declared": ranges_in_words(standing.declared), "weakens": weaker, "owner": printable(owner, 200), "reason": why,
        "made_by": work.actor, "begins_at": to_micros(work.now), "ends_at": None if until is None else to_micros(until),
        "ended_at": None, "ended_by": "", "why_ended": "",
    }  # fmt: skip
    if row is None:
        work.connection.execute(insert(threshold_revision).values(id=str(name), version=1, **values))
        entry = work.record(
            kind, subject(name), {field: (None, value) for field, value in values.items()}, note=why
        )
        row = _locked(work, name)
    else:
        row = revise(work, threshold_revision, row, kind, values, subject=subject(name), note=why)
        entry = work.recorded[-1]
    found = to_revision(row)
    tell_incident(work, name, found.words, entry)
    return found


def checked_revision(
    connection: Connection, now: datetime, actor: str, name: Name, ranges: Mapping[str, str], until: datetime | None,
    owner: str, seen: Judged | int | None = None,
) -> tuple[Judged, Threshold]:  # fmt: skip
    """Returns a threshold as it stands, and by which ranges it would be judged.

    Raises what `revise_threshold` refuses, but for what the actor's role does not allow.
    """
    standing = judged(connection, name)
    _check_seen(standing, seen)
    after = revised(standing.threshold, ranges)
    if owner != actor:
        check_owner(connection, owner)
    check_end(now, until, weaker=weakens(standing.declared, after))
    if after == (standing.declared or Threshold(name.metric)):
        step = "To go back to it, end the revision" if standing.revision else "Say a range that differs"
        raise NotPossible(
            f"that is what the catalog declares of {name}: {ranges_in_words(after)}",
            where="warning", next_step=f"Nothing was changed. {step}",
        )  # fmt: skip
    return standing, after


def asked_revision(
    connection: Connection, now: datetime, actor: str, name: Name, ranges: Mapping[str, str], until: datetime | None,
    owner: str, seen: Judged,
) -> None:  # fmt: skip
    """Raises what `revise_threshold` would refuse, for a box that is still open: nothing of it is recorded."""
    standing, after = checked_revision(connection, now, actor, name, ranges, until, owner, seen)
    if _is_for_a_lead(connection, now, standing, after, until):
        with _told_what_an_operator_may():
            ask_role(connection, actor, WIDEN, VERBS[WIDEN].words, "until")


def end_revision(work: Work, name: Name, reason: str = "", seen: Judged | int | None = None) -> Revision:
    """Ends a revision before its time: it is judged by what the catalog declares again. Level 1, undoable."""
    admit(work, "threshold.end", [str(name)])
    row = _locked(work, name)
    if row is None or row.state != IN_FORCE:
        raise NotPossible(
            f"{name} is not revised", next_step="Nothing was changed. watchfloor thresholds lists what is"
        )
    if seen is not None:
        _check_seen(judged(work.connection, name), seen)
    return ended(work, row, by=work.actor, why=written(reason, "reason", LONGEST))


def ended(work: Work, row: Any, *, by: str, why: str) -> Revision:
    """Ends a revision, by somebody or by itself, and says so on the incident of its component."""
    values = {"state": ENDED, "ended_at": to_micros(work.now), "ended_by": by, "why_ended": why}
    name = Name.parse(row.id)
    found = to_revision(
        revise(work, threshold_revision, row, "threshold.ended", values, subject=subject(name), note=why)
    )
    tell_incident(work, name, f"{name.probe} {name.metric} is judged by the catalog again", work.recorded[-1])
    return found


def tell_incident(work: Work, name: Name, words: str, cause: Recorded) -> None:
    """Says on the time line of its component's incident, where one is not closed, by what it is judged from now on."""
    desk.tell_of_thresholds(work, name.component, words, cause=cause)


def _locked(work: Work, name: Name) -> Any:
    return work.connection.execute(
        threshold_revision.select().where(threshold_revision.c.id == str(name)).with_for_update()
    ).first()


@contextmanager
def _told_what_an_operator_may() -> Iterator[None]:
    try:
        yield
    except NotPermitted as error:
        error.next_step = f"Nothing was changed. An operator may widen for {OPERATOR_H} h, and where a failure is of severity 2 to 4; ask a lead"
        raise


def _is_for_a_lead(
    connection: Connection, now: datetime, standing: Judged, after: Threshold, until: datetime | None
) -> bool:
    """Tells whether only a lead may revise it so; who may end a revision may also have it widen less, or end sooner."""
    held = standing.revision.ends_at if standing.revision is not None else None
    if until is not None and held is not None and until <= held and not weakens(standing.threshold, after):
        return False
    severity = declared_component(connection, standing.name.component).severity
    return is_for_a_lead(severity, now, until, weaker=weakens(standing.declared, after))


def _check_seen(standing: Judged, seen: Judged | int | None) -> None:
    if seen is None or seen in (standing, standing.version):
        return
    was = None if isinstance(seen, int) else seen
    words = (
        standing.revision.words
        if standing.revision and (was is None or standing.revision != was.revision)
        else f"the catalog says {ranges_in_words(standing.declared)}"
        if was is not None and standing.declared != was.declared
        else "nothing is revised any more"
    )
    raise Moved(
        f"{standing.name} changed since you saw it: {words}",
        next_step="Nothing was changed. Look again, then decide",
    )
