"""The overrides that people make of rotas; rotas themselves are declared."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class RotaOverrideColumns(TypedColumns):
    """Columns of `rota_override`; instants in microseconds UTC. `ended_at` is set where one was ended before its time."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    rota: Named[str] = Column(Text)
    person: Named[str] = Column(Text)
    from_at: Named[int] = Column(BigInteger)
    until_at: Named[int] = Column(BigInteger)
    reason: Named[str] = Column(Text)
    made_at: Named[int] = Column(BigInteger)
    made_by: Named[str] = Column(Text)
    ended_at: Named[int | None] = Column(BigInteger)
    ended_by: Named[str] = Column(Text)


rota_override = Table("rota_override", metadata, RotaOverrideColumns)
Index("rota_override_until", rota_override.c.until_at, rota_override.c.rota)
