"""Incidents as they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class IncidentColumns(TypedColumns):
    """Columns of `incident`; instants in microseconds UTC, `affected` a JSON list of component ids."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    severity: Named[int] = Column(Integer)
    component: Named[str] = Column(Text)
    service: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    opened_at: Named[int] = Column(BigInteger)
    opened_by: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    acknowledged_at: Named[int | None] = Column(BigInteger)
    acknowledged_by: Named[str] = Column(Text)
    cleared_at: Named[int | None] = Column(BigInteger)
    resolved_at: Named[int | None] = Column(BigInteger)
    closed_at: Named[int | None] = Column(BigInteger)
    closed_by: Named[str] = Column(Text)
    resolution: Named[str] = Column(Text)
    affected: Named[str] = Column(Text)


incident = Table("incident", metadata, IncidentColumns)
Index("incident_state", incident.c.state, incident.c.id)
Index("incident_component", incident.c.component, incident.c.id)
