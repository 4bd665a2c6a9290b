"""Which seats are in OPERATE."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class OperatingColumns(TypedColumns):
    """Columns of `operating`: one row a seat; `since` and `until` in microseconds UTC."""

    seat: Named[str] = Column(Text, primary_key=True)
    actor: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    since: Named[int] = Column(BigInteger)
    until: Named[int] = Column(BigInteger)


operating = Table("operating", metadata, OperatingColumns)
