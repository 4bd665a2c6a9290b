"""Corrective actions as they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class ActionColumns(TypedColumns):
    """Columns of `corrective_action`; instants in microseconds UTC, `due` an ISO date or empty."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    incident: Named[int | None] = Column(Integer)
    component: Named[str] = Column(Text)
    deviation: Named[str] = Column(Text)
    cause: Named[str] = Column(Text)
    action: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    due: Named[str] = Column(Text)
    check_plan: Named[str] = Column(Text)
    outcome: Named[str] = Column(Text)
    created_at: Named[int] = Column(BigInteger)
    created_by: Named[str] = Column(Text)
    closed_at: Named[int | None] = Column(BigInteger)
    closed_by: Named[str] = Column(Text)


corrective_action = Table("corrective_action", metadata, ActionColumns)
Index("corrective_action_state", corrective_action.c.state, corrective_action.c.due)
