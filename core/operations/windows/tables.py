"""Maintenance windows, each a row; what recurs is a rule in it, never rows made ahead."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class MaintenanceWindowColumns(TypedColumns):
    """Columns of `maintenance_window`; instants in microseconds UTC.

    `scope` is JSON: components, services, zones. `zone` is an IANA zone. Of one that recurs, `every`, `at`, `length_s` and
    `last_on` are its rule, and `begins_at` and `ends_at` its present or next time.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    scope: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    zone: Named[str] = Column(Text)
    every: Named[str] = Column(Text)
    at: Named[str] = Column(Text)
    length_s: Named[int] = Column(Integer)
    last_on: Named[str] = Column(Text)
    begins_at: Named[int] = Column(BigInteger)
    ends_at: Named[int] = Column(BigInteger)
    began_at: Named[int | None] = Column(BigInteger)
    made_at: Named[int] = Column(BigInteger)
    made_by: Named[str] = Column(Text)
    ended_at: Named[int | None] = Column(BigInteger)
    ended_by: Named[str] = Column(Text)


maintenance_window = Table("maintenance_window", metadata, MaintenanceWindowColumns)
Index("maintenance_window_state", maintenance_window.c.state, maintenance_window.c.ends_at)
