"""Signals as they stand, what suppresses them, and how far each log was read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class SignalColumns(TypedColumns):
    """Columns of `signal`; instants in microseconds UTC, `day` an ISO date, `samples` a JSON list of lines.

    `count`, `last_at` and `samples` go on without an entry, which tells of them at 1, 10, 100 … (`told`). `grade` and `newest`
    (the last instant, negative) follow from others: pages are read from one index. `words` is what a filter looks in.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    severity: Named[str] = Column(Text)
    rule: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    place: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    whom: Named[str] = Column(Text)
    day: Named[str] = Column(Text)
    count: Named[int] = Column(BigInteger)
    told: Named[int] = Column(BigInteger)
    first_at: Named[int] = Column(BigInteger)
    last_at: Named[int] = Column(BigInteger)
    samples: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    why: Named[str] = Column(Text)
    judged_by: Named[str] = Column(Text)
    judged_at: Named[int | None] = Column(BigInteger)
    suppression: Named[int | None] = Column(Integer)
    incident: Named[int | None] = Column(Integer)
    grade: Named[int] = Column(Integer)
    newest: Named[int] = Column(BigInteger)
    words: Named[str] = Column(Text)


signal = Table("signal", metadata, SignalColumns)
_C = signal.c
Index("signal_key", _C.day, _C.rule, _C.source, _C.whom, unique=True)
Index("signal_grave", _C.state, _C.grade, _C.newest, _C.id)
Index("signal_newest", _C.newest, _C.id)


class SuppressionColumns(TypedColumns):
    """Columns of `suppression`; instants in microseconds UTC."""

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    rule: Named[str] = Column(Text)
    source: Named[str] = Column(Text)
    whom: Named[str] = Column(Text)
    owner: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    begins_at: Named[int] = Column(BigInteger)
    ends_at: Named[int] = Column(BigInteger)
    made_by: Named[str] = Column(Text)
    ended_at: Named[int | None] = Column(BigInteger)
    ended_by: Named[str] = Column(Text)


suppression = Table("suppression", metadata, SuppressionColumns)
Index("suppression_ends", suppression.c.state, suppression.c.ends_at)


class LogReaderColumns(TypedColumns):
    """Columns of `log_reader`: how far each log was read, kept in the transaction of what came of it.

    `place` is a JSON object (core.security.signals.reading.files.Position), `windows` what is being counted. Instants in
    microseconds UTC; `line_at` is when the last line came, `gap_s` the usual span between two looks that found lines.
    """

    source: Named[str] = Column(Text, primary_key=True)
    step: Named[int] = Column(Integer)
    path: Named[str] = Column(Text)
    place: Named[str] = Column(Text)
    windows: Named[str] = Column(Text)
    begun_at: Named[int] = Column(BigInteger)
    read_at: Named[int] = Column(BigInteger)
    line_at: Named[int | None] = Column(BigInteger)
    gap_s: Named[float] = Column(Double)
    lines: Named[int] = Column(BigInteger)
    used: Named[int] = Column(BigInteger)
    unkeyed: Named[int] = Column(BigInteger)
    cut: Named[int] = Column(BigInteger)
    wrong: Named[int] = Column(BigInteger)
    off_s: Named[float] = Column(Double)
    trouble: Named[str] = Column(Text)


log_reader = Table("log_reader", metadata, LogReaderColumns)
