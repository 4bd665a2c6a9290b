"""Requests as they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata, only_where


class RequestColumns(TypedColumns):
    """Columns of `request`; instants in microseconds UTC, `form` a JSON object, `agreement_since` which version of the agreement.

    `due` is that of its clocks which is due next, empty where none is: pages by it are read from one index.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    priority: Named[int] = Column(Integer)
    impact: Named[int] = Column(Integer)
    urgency: Named[int] = Column(Integer)
    customer: Named[str] = Column(Text)
    agreement: Named[str] = Column(Text)
    agreement_since: Named[int | None] = Column(BigInteger)
    service: Named[str] = Column(Text)
    type: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    requester: Named[str] = Column(Text)
    requester_name: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    text: Named[str] = Column(Text)
    form: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    opened_at: Named[int] = Column(BigInteger)
    opened_by: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    answered_at: Named[int | None] = Column(BigInteger)
    answered_by: Named[str] = Column(Text)
    told_at: Named[int | None] = Column(BigInteger)
    waiting_for: Named[str] = Column(Text)
    wait_until: Named[int | None] = Column(BigInteger)
    held_why: Named[str] = Column(Text)
    delivered_at: Named[int | None] = Column(BigInteger)
    closed_at: Named[int | None] = Column(BigInteger)
    closed_by: Named[str] = Column(Text)
    outcome: Named[str] = Column(Text)
    merged_into: Named[int | None] = Column(Integer)
    due: Named[int | None] = Column(BigInteger)


request = Table("request", metadata, RequestColumns)
Index("request_state", request.c.state, request.c.id)
Index("request_requester", request.c.requester, request.c.id)
Index("request_merged_into", request.c.merged_into, **only_where(request.c.merged_into.is_not(None)))
Index("request_due", request.c.due, request.c.id, **only_where(request.c.due.is_not(None)))
Index("request_wait_until", request.c.wait_until, **only_where(request.c.wait_until.is_not(None)))
