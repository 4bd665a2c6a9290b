"""Incidents as they stand, and the clocks of all that has some."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import KEY_ORDERED, metadata, only_where


class IncidentColumns(TypedColumns):
    """Columns of `incident`; instants in microseconds UTC, `affected` a JSON list of component ids.

    `due` is that of its clocks which is due next, empty where none is: pages by it are read from one index.
    `problem` is the number of the one it belongs to. From `declared_at` on it is a major incident: `roles` is a JSON
    object of role → login, `review_due` an ISO date; all of these are empty where it never was.
    """

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
    told_at: Named[int | None] = Column(BigInteger)
    due: Named[int | None] = Column(BigInteger)
    problem: Named[int | None] = Column(Integer)
    declared_at: Named[int | None] = Column(BigInteger)
    commander: Named[str | None] = Column(Text)
    roles: Named[str | None] = Column(Text)
    update_every_s: Named[int | None] = Column(Integer)
    stood_down_at: Named[int | None] = Column(BigInteger)
    review: Named[str | None] = Column(Text)
    review_owner: Named[str | None] = Column(Text)
    review_due: Named[str | None] = Column(Text)
    review_outcome: Named[str | None] = Column(Text)
    review_action: Named[int | None] = Column(Integer)


class ClockColumns(TypedColumns):
    """Columns of `clock`: one row for each promise of each agreement of each item; instants in microseconds UTC.

    They are what the journal comes to, kept to be sorted by and looked through: core.desk.clocks.keeping writes and compares them.
    `due` is empty while it stands still; `broken_at` and `warned_at` are when an entry says it was broken first and last at risk;
    `next_at` is when something is to be said of it next.
    """

    subject_kind: Named[str] = Column(Text, primary_key=True)
    subject_id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    agreement: Named[str] = Column(Text, primary_key=True)
    kind: Named[str] = Column(Text, primary_key=True)
    agreement_since: Named[int] = Column(BigInteger)
    calendar_version: Named[int] = Column(Integer)
    allowed_s: Named[float] = Column(Double)
    due: Named[int | None] = Column(BigInteger)
    risk_at: Named[int | None] = Column(BigInteger)
    met_at: Named[int | None] = Column(BigInteger)
    ended_at: Named[int | None] = Column(BigInteger)
    broken_at: Named[int | None] = Column(BigInteger)
    warned_at: Named[int | None] = Column(BigInteger)
    next_at: Named[int | None] = Column(BigInteger)
    version: Named[int] = Column(Integer)


incident = Table("incident", metadata, IncidentColumns)
Index("incident_state", incident.c.state, incident.c.id)
Index("incident_component", incident.c.component, incident.c.id)
Index("incident_due", incident.c.due, incident.c.id, **only_where(incident.c.due.is_not(None)))
Index("incident_problem", incident.c.problem, incident.c.id, **only_where(incident.c.problem.is_not(None)))
Index(
    "incident_major", incident.c.declared_at, incident.c.id, **only_where(incident.c.declared_at.is_not(None))
)
Index("incident_opened", incident.c.opened_at, incident.c.component)

clock = Table("clock", metadata, ClockColumns, **KEY_ORDERED)
Index("clock_next", clock.c.next_at, **only_where(clock.c.next_at.is_not(None)))
