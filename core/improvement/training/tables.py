"""What people completed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class CompletionColumns(TypedColumns):
    """Columns of `training_record`; `done_on` is an ISO date, instants in microseconds UTC."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    person: Named[str] = Column(Text)
    training: Named[str] = Column(Text)
    done_on: Named[str] = Column(Text)
    evidence: Named[str] = Column(Text)
    recorded_by: Named[str] = Column(Text)
    recorded_at: Named[int] = Column(BigInteger)
    withdrawn_by: Named[str] = Column(Text)
    withdrawn_why: Named[str] = Column(Text)


training_record = Table("training_record", metadata, CompletionColumns)
Index("training_record_of", training_record.c.person, training_record.c.training, training_record.c.id)
