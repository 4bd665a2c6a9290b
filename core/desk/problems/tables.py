"""Problems as they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class ProblemColumns(TypedColumns):
    """Columns of `problem`; instants in microseconds UTC. Which incidents belong to it, their rows say."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    service: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    cause: Named[str] = Column(Text)
    workaround: Named[str] = Column(Text)
    solution: Named[str] = Column(Text)
    opened_at: Named[int] = Column(BigInteger)
    opened_by: Named[str] = Column(Text)
    known_at: Named[int | None] = Column(BigInteger)
    solved_at: Named[int | None] = Column(BigInteger)
    solved_by: Named[str] = Column(Text)
    closed_at: Named[int | None] = Column(BigInteger)
    closed_by: Named[str] = Column(Text)
    outcome: Named[str] = Column(Text)


problem = Table("problem", metadata, ProblemColumns)
Index("problem_state", problem.c.state, problem.c.id)
