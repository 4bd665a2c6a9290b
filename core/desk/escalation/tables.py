"""The escalations that run, and every step that was taken."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import KEY_ORDERED, metadata, only_where


class EscalationColumns(TypedColumns):
    """Columns of `escalation`: one row for each item that a policy is for; instants in microseconds UTC.

    `policy_since` is since when the version of the policy is in force by which it runs. `next_at` is when a step is due
    next, empty where none is: what is due is found by it alone. `nobody_at` is when a step found nobody to tell and
    nobody was told since.
    """

    subject_kind: Named[str] = Column(Text, primary_key=True)
    subject_id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    policy: Named[str] = Column(Text)
    policy_since: Named[int] = Column(BigInteger)
    next_at: Named[int | None] = Column(BigInteger)
    nobody_at: Named[int | None] = Column(BigInteger)
    version: Named[int] = Column(Integer)


class EscalationStepColumns(TypedColumns):
    """Columns of `escalation_step`: one row for each step taken, whose key makes a second time impossible; never changed.

    `cycle` counts how often the item was opened again, `step` from 1, `round` from 0; `told` is a JSON list of names.
    """

    subject_kind: Named[str] = Column(Text, primary_key=True)
    subject_id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    cycle: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    step: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    round: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    taken_at: Named[int] = Column(BigInteger)
    told: Named[str] = Column(Text)


escalation = Table("escalation", metadata, EscalationColumns, **KEY_ORDERED)
Index("escalation_next", escalation.c.next_at, **only_where(escalation.c.next_at.is_not(None)))
Index("escalation_nobody", escalation.c.nobody_at, **only_where(escalation.c.nobody_at.is_not(None)))

escalation_step = Table("escalation_step", metadata, EscalationStepColumns, **KEY_ORDERED)
