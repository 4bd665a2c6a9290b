"""Handovers as they stand, and how far everybody has looked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class HandoverColumns(TypedColumns):
    """Columns of `handover`; instants in microseconds UTC.

    `lines` is a JSON list of [number, topic, about, text, who wrote it], `accepted` a JSON object: number → [who, when].
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    begun_at: Named[int] = Column(BigInteger)
    begun_by: Named[str] = Column(Text)
    since: Named[int] = Column(BigInteger)
    until: Named[int] = Column(BigInteger)
    upto: Named[int] = Column(BigInteger)
    lines: Named[str] = Column(Text)
    accepted: Named[str] = Column(Text)
    ended_at: Named[int | None] = Column(BigInteger)
    ended_by: Named[str] = Column(Text)


class LookedColumns(TypedColumns):
    """Columns of `looked`: the journal's entry up to which a person has looked, and when they said so. No entry says it."""

    person: Named[str] = Column(Text, primary_key=True)
    seq: Named[int] = Column(BigInteger)
    at: Named[int] = Column(BigInteger)


handover = Table("handover", metadata, HandoverColumns)
Index("handover_state", handover.c.state, handover.c.id)
looked = Table("looked", metadata, LookedColumns)
