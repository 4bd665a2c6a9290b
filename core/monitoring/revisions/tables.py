"""Thresholds that were revised, as they stand: a row for each threshold that ever was, its versions are in the journal."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class RevisionColumns(TypedColumns):
    """Columns of `threshold_revision`; `id` is the threshold's name (core.monitoring.revisions.model.Name), instants in microseconds UTC."""

    id: Named[str] = Column(Text, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    warning: Named[str] = Column(Text)
    critical: Named[str] = Column(Text)
    warning_clear: Named[str] = Column(Text)
    critical_clear: Named[str] = Column(Text)
    declared: Named[str] = Column(Text)
    weakens: Named[bool] = Column(Boolean)
    owner: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    made_by: Named[str] = Column(Text)
    begins_at: Named[int] = Column(BigInteger)
    ends_at: Named[int | None] = Column(BigInteger)
    ended_at: Named[int | None] = Column(BigInteger)
    ended_by: Named[str] = Column(Text)
    why_ended: Named[str] = Column(Text)


threshold_revision = Table("threshold_revision", metadata, RevisionColumns)
Index("threshold_revision_ends", threshold_revision.c.state, threshold_revision.c.ends_at)
Index("threshold_revision_of", threshold_revision.c.component, threshold_revision.c.state)
