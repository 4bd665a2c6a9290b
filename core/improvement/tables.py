"""Corrective actions as they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class ActionColumns(TypedColumns):
    """Columns of `corrective_action`; instants in microseconds UTC, days as ISO dates or empty.

    `incident` is the number of the incident it came from, `source` whatever it came from as `kind:id`. `whys` has one a
    line, `evidence` is a JSON list of objects.
    """

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
    origin: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    containment: Named[str] = Column(Text)
    whys: Named[str] = Column(Text)
    category: Named[str] = Column(Text)
    needs_approval: Named[int] = Column(Integer)
    approved_at: Named[int | None] = Column(BigInteger)
    approved_by: Named[str] = Column(Text)
    evidence: Named[str] = Column(Text)
    measure: Named[str] = Column(Text)
    check_on: Named[str] = Column(Text)
    checker: Named[str] = Column(Text)
    done_at: Named[int | None] = Column(BigInteger)
    done_by: Named[str] = Column(Text)
    recurred: Named[int] = Column(Integer)
    figure: Named[int | None] = Column(Integer)
    overruled: Named[str] = Column(Text)


corrective_action = Table("corrective_action", metadata, ActionColumns)
Index("corrective_action_state", corrective_action.c.state, corrective_action.c.due)
Index("corrective_action_source", corrective_action.c.source, corrective_action.c.id)
