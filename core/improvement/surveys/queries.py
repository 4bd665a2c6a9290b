"""Every read of satisfaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.errors import NotFound
from core.improvement.surveys.measures import Measured, measure
from core.improvement.surveys.model import Scale, Survey, SurveyState
from core.improvement.surveys.tables import survey
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
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


def satisfaction(connection: Connection, begin: datetime, end: datetime) -> list[Measured]:
    """Returns each measure of what was asked from `begin` up to `end`; those of which nothing was asked are left out."""
    asked: dict[Scale, int] = defaultdict(int)
    scores: dict[Scale, list[int]] = defaultdict(list)
    query = select(survey.c.scale, survey.c.score).where(
        survey.c.asked_at >= to_micros(begin), survey.c.asked_at < to_micros(end)
    )
    for scale, score in connection.execute(query):
        asked[Scale(scale)] += 1
        if score is not None:
            scores[Scale(scale)].append(score)
    return [measure(scale, scores[scale], asked[scale]) for scale in Scale if asked[scale]]
