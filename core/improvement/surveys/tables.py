"""The questions to requesters, and the answers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class SurveyColumns(TypedColumns):
    """Columns of `survey`, whose `id` is its request's number; instants in microseconds UTC, of the token only its digest.

    Their names are no names of a request's columns: both are told on its time line.
    """

    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    version: Named[int] = Column(Integer)
    survey_state: Named[str] = Column(Text)
    scale: Named[str] = Column(Text)
    token_digest: Named[str] = Column(Text)
    asked_at: Named[int] = Column(BigInteger)
    expires_at: Named[int] = Column(BigInteger)
    score: Named[int | None] = Column(Integer)
    comment: Named[str] = Column(Text)
    scored_at: Named[int | None] = Column(BigInteger)
    scored_via: Named[str] = Column(Text)
    follow_up: Named[int | None] = Column(Integer)


survey = Table("survey", metadata, SurveyColumns)
Index("survey_state", survey.c.survey_state, survey.c.expires_at)
