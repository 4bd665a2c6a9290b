"""Who may operate, and which seats are in OPERATE."""

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


class StaffColumns(TypedColumns):
    """Columns of `staff`: one row a person; `since` in microseconds UTC. See `core.gate.people`."""

    login: Named[str] = Column(Text, primary_key=True)
    name: Named[str] = Column(Text)
    role: Named[str] = Column(Text)
    state: Named[str] = Column(Text)
    since: Named[int] = Column(BigInteger)


staff = Table("staff", metadata, StaffColumns)
