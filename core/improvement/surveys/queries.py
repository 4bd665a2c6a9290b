"""Every read of satisfaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from core.errors import NotFound
from core.improvement.surveys.measures import Measured, measure
from core.improvement.surveys.model import Scale, Survey, SurveyState
from core.improvement.surveys.promises import COUNTED, HowKept, how_kept
from core.improvement.surveys.tables import survey
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


def to_survey(row: Any) -> Survey:
    """Returns the value of a row of `survey`."""
    return Survey(
        request=row.id, version=row.version, state=SurveyState(row.survey_state), scale=Scale(row.scale),
        asked_at=from_micros(row.asked_at), expires_at=from_micros(row.expires_at), score=row.score,
        comment=row.comment, answered_at=None if row.scored_at is None else from_micros(row.scored_at),
        via=row.scored_via, action=row.follow_up,
    )  # fmt: skip


def survey_of(connection: Connection, request_id: int) -> Survey | None:
    """Returns what the requester of a request was asked; None where they were not."""
    row = connection.execute(select(survey).where(survey.c.id == request_id)).first()
    return to_survey(row) if row else None


def one_survey(connection: Connection, request_id: int) -> Survey:
    """Returns what the requester of a request was asked; raises NotFound."""
    found = survey_of(connection, request_id)
    if found is None:
        raise NotFound(
            f"the requester of R-{request_id} was not asked", next_step="They are once it is delivered"
        )
    return found


def due_to_expire(connection: Connection, now: datetime, *, limit: int = 200) -> list[int]:
    """Returns the requests whose question has been open for too long, the oldest first."""
    query = (
        select(survey.c.id)
        .where(survey.c.survey_state == SurveyState.ASKED, survey.c.expires_at <= to_micros(now))
        .order_by(survey.c.expires_at)
        .limit(limit)
    )
    return list(connection.scalars(query))


class Satisfaction(NamedTuple):
    """One measure of all who were asked, and of those whose promises were all kept, broken, or none."""

    measured: Measured
    by_promises: dict[HowKept, Measured]


def satisfaction(connection: Connection, begin: datetime, end: datetime, now: datetime) -> list[Satisfaction]:
    """Returns each measure of what was asked from `begin` up to `end`; those of which nothing was asked are left out.

    Whether a promise was broken is said as of `now`.
    """
    kept = COUNTED.subquery()
    query = (
        select(survey.c.scale, survey.c.score, kept.c.promised, kept.c.broken)
        .outerjoin(kept, kept.c.subject_id == survey.c.id)
        .where(survey.c.asked_at >= to_micros(begin), survey.c.asked_at < to_micros(end))
    )
    scores: dict[tuple[Scale, HowKept], list[int | None]] = defaultdict(list)
    for scale, score, promised, broken in connection.execute(query, {"now": to_micros(now)}):
        scores[Scale(scale), how_kept(promised, broken)].append(score)
    asked = [scale for scale in Scale if any(of is scale for of, _ in scores)]
    return [
        Satisfaction(
            _measured(scale, [score for how in HowKept for score in scores.get((scale, how), ())]),
            {how: _measured(scale, scores.get((scale, how), ())) for how in HowKept},
        )
        for scale in asked
    ]


def _measured(scale: Scale, scores: Sequence[int | None]) -> Measured:
    """Returns a measure of scores, None for each who did not answer."""
    return measure(scale, [score for score in scores if score is not None], len(scores))
