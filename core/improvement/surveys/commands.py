"""Every write of satisfaction: asked once at delivery, answered once, or over after a while.

What happens to a question is told on its request's time line.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.errors import BadInput, NotPossible
from core.gate.commands import admit
from core.improvement.commands import due_by_itself, record_action
from core.improvement.model import Origin
from core.improvement.surveys.model import EXPIRES_S, TOKEN_SIGNS, Scale, Survey, SurveyState, digest
from core.improvement.surveys.queries import one_survey, to_survey
from core.improvement.surveys.tables import survey
from core.journal.model import Subject
from core.printable import printable_lines
from core.sentences import LONGEST, written
from core.store.rows import revise, row_of
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from core.improvement.surveys.model import Answer
    from core.journal.appending import Recorded
    from core.store.work import Work


def ask(
    work: Work, request_id: int, scale: Scale = Scale.CSAT, *, cause: Recorded | int | None = None
) -> str | None:
    """Asks the requester of a request that was just delivered; returns the token of the answer, which nobody keeps.

    None where they were asked before: once is enough, however often it is delivered.
    """
    if work.connection.scalar(select(survey.c.id).where(survey.c.id == request_id)) is not None:
        return None
    token = b32encode(secrets.token_bytes(16)).decode().lower()[:TOKEN_SIGNS]
    now = to_micros(work.now)
    values: dict[str, Any] = {
        "survey_state": SurveyState.ASKED, "scale": scale, "token_digest": digest(token), "asked_at": now,
        "expires_at": now + EXPIRES_S * 1_000_000, "score": None, "comment": "", "scored_at": None, "scored_via": "",
        "follow_up": None,
    }  # fmt: skip
    work.connection.execute(insert(survey).values(id=request_id, version=1, **values))
    work.record("request.survey_asked", _subject(request_id), {"scale": (None, str(scale))}, cause=cause)
    return token


def take_answer(
    work: Work, request_id: int, score: int, comment: str = "", seen: int | None = None
) -> Survey:
    """Takes down what a requester said on the phone, also late. Level 1. Raises BadInput for a score that the scale has not."""
    admit(work, "request.survey", [f"R-{request_id}"])
    return _answered(work, _row(work, request_id, seen), score, written(comment, "comment"), "phone")


def record_answer(work: Work, answer: Answer, comment: str = "") -> Survey:
    """For the agent, which reads the mail: an answer by one click.

    Raises BadInput for a token that is not the request's, NotPossible for one that was used, or whose time is over.
    """
    row = _row(work, answer.request, None)
    if not secrets.compare_digest(row.token_digest, digest(answer.token)):
        raise BadInput(f"that is no answer for R-{answer.request}", next_step="Nothing was recorded")
    if row.survey_state != SurveyState.ANSWERED and row.expires_at <= to_micros(work.now):
        until = from_micros(row.expires_at)
        raise NotPossible(
            f"the question about R-{row.id} could be answered until {until:%Y-%m-%d}",
            next_step="Nothing was recorded. On the phone it still can be taken down",
        )
    return _answered(work, row, answer.score, printable_lines(comment.strip(), LONGEST), "mail")


def expire(work: Work, request_id: int) -> None:
    """For the agent: nobody answered for EXPIRES_S. Nothing happens where somebody did meanwhile."""
    row = _row(work, request_id, None)
    if row.survey_state == SurveyState.ASKED and row.expires_at <= to_micros(work.now):
        revise(
            work,
            survey,
            row,
            "request.survey_expired",
            {"survey_state": SurveyState.EXPIRED},
            subject=_subject(request_id),
        )


def _answered(work: Work, row: Any, score: int, comment: str, via: str) -> Survey:
    """Takes an answer down; its comment comes as it is kept."""
    scale = Scale(row.scale)
    if row.survey_state == SurveyState.ANSWERED:
        raise NotPossible(f"R-{row.id} was answered already: {row.score}", next_step="The first answer stays")
    if score not in scale.scores:
        raise BadInput(f"{score} is no answer", next_step=f"Choose {scale.lowest} to {scale.highest}")
    after: dict[str, Any] = {
        "survey_state": SurveyState.ANSWERED, "score": score, "comment": comment,
        "scored_at": to_micros(work.now), "scored_via": via,
    }  # fmt: skip
    if score <= scale.low:
        words = f"R-{row.id}: its requester answered {score} of {scale.highest} ({scale})"
        said = printable_lines(comment, LONGEST - len(words) - 2)
        fields = {"deviation": f"{words}: {said}" if said else words, "due": due_by_itself(work)}
        after["follow_up"] = record_action(work, fields, about=_subject(row.id), origin=Origin.SCORE).id
    return to_survey(revise(work, survey, row, "request.survey_answered", after, subject=_subject(row.id)))


def _row(work: Work, request_id: int, seen: int | None) -> Any:
    one_survey(work.connection, request_id)
    return row_of(work, survey, "question", request_id, seen)


def _subject(request_id: int) -> Subject:
    return Subject("request", str(request_id))
