"""Requests for access as they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class AccessRequestColumns(TypedColumns):
    """Columns of `access_request`; instants in microseconds UTC, days as ISO dates.

    `days` is for how long it is asked; `ends_on` the last day of what was approved, `grant_id` the number of what came of it.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    person: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    principal: Named[str] = Column(Text)
    entitlement: Named[str] = Column(Text)
    thing: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    days: Named[int] = Column(Integer)
    asked_at: Named[int] = Column(BigInteger)
    asked_by: Named[str] = Column(Text)
    next_at: Named[int | None] = Column(BigInteger)
    ends_on: Named[str] = Column(Text)
    grant_id: Named[int | None] = Column(Integer)
    decided_at: Named[int | None] = Column(BigInteger)
    decided_by: Named[str] = Column(Text)
    why: Named[str] = Column(Text)
    ended_at: Named[int | None] = Column(BigInteger)


access_request = Table("access_request", metadata, AccessRequestColumns)
Index("access_request_state", access_request.c.state, access_request.c.next_at)
