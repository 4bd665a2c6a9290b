"""The state of components and probes, and the samples, packed apart from the journal."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from core.store.metadata import KEY_ORDERED, LONG_NUMBER, metadata


class ComponentStateColumns(TypedColumns):
    """Columns of `component_state`. Instants in microseconds UTC; `roots` a JSON list of component ids.

    The `stopped_` columns are set while it is stopped on purpose, the `window_` columns while it is in maintenance.
    """

    id: Named[str] = Column(Text, primary_key=True)
    version: Named[int] = Column(Integer)
    state: Named[str] = Column(Text)
    confirmed: Named[bool] = Column(Boolean)
    flapping: Named[bool] = Column(Boolean)
    since: Named[int] = Column(BigInteger)
    summary: Named[str] = Column(Text)
    roots: Named[str] = Column(Text)
    stopped_by: Named[str] = Column(Text)
    stopped_reason: Named[str] = Column(Text)
    stopped_at: Named[int | None] = Column(BigInteger)
    window_id: Named[int | None] = Column(Integer)
    window_until: Named[int | None] = Column(BigInteger)


class ProbeStateColumns(TypedColumns):
    """Columns of `probe_state`: `number` names the probe in the samples; `data` is the evaluator's state as JSON."""

    number: Named[int] = Column(Integer, primary_key=True)
    component: Named[str] = Column(Text)
    probe: Named[str] = Column(Text)
    state: Named[str] = Column(Text)
    summary: Named[str] = Column(Text)
    detail: Named[str] = Column(Text)
    metric: Named[str] = Column(Text)
    unit: Named[str] = Column(Text)
    seen_at: Named[int] = Column(BigInteger)
    data: Named[str] = Column(Text)


class ProbeNumberColumns(TypedColumns):
    """Columns of `probe_number`: under which number a probe's samples are kept, given once and for good."""

    number: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    component: Named[str] = Column(Text)
    probe: Named[str] = Column(Text)


class SampleOpenColumns(TypedColumns):
    """Columns of `sample_open`: the samples not packed yet, numbered as they came; `at` in milliseconds UTC."""

    id: Named[int] = Column(LONG_NUMBER, primary_key=True)
    probe: Named[int] = Column(Integer)
    at: Named[int] = Column(BigInteger)
    value: Named[float | None] = Column(Float)
    state: Named[int] = Column(Integer)


class SamplePackingColumns(TypedColumns):
    """Columns of `sample_packing`: a single row with id 1, which says how far the packing came (see `hours.Packing`)."""

    id: Named[int] = Column(Integer, primary_key=True)
    upto: Named[int] = Column(BigInteger)
    through: Named[int] = Column(Integer)
    last: Named[int] = Column(Integer)


class SampleHourColumns(TypedColumns):
    """Columns of `sample_hour`: one hour of one probe, packed; `hour` is hours since 1970 UTC."""

    probe: Named[int] = Column(Integer, primary_key=True)
    hour: Named[int] = Column(Integer, primary_key=True)
    samples: Named[int] = Column(Integer)
    packed: Named[bytes] = Column(LargeBinary)


class SampleMinuteColumns(TypedColumns):
    """Columns of `sample_minute`: one minute of one probe; `minute` is minutes since 1970 UTC, `worst` a severity.

    `total / samples` is the mean of the values, also where some samples had none.
    """

    probe: Named[int] = Column(Integer, primary_key=True)
    minute: Named[int] = Column(Integer, primary_key=True)
    samples: Named[int] = Column(Integer)
    lowest: Named[float | None] = Column(Float)
    highest: Named[float | None] = Column(Float)
    total: Named[float] = Column(Float)
    worst: Named[int] = Column(Integer)


class BoardColumns(TypedColumns):
    """Columns of `board`: what the journal up to number `seq`, made at `at`, says of every component, packed.

    Nothing in it is known from elsewhere: a row that is missing costs time, and nothing else.
    """

    seq: Named[int] = Column(LONG_NUMBER, primary_key=True, autoincrement=False)
    at: Named[int] = Column(BigInteger)
    packed: Named[bytes] = Column(LargeBinary)


component_state = Table("component_state", metadata, ComponentStateColumns)
probe_state = Table("probe_state", metadata, ProbeStateColumns)
probe_number = Table("probe_number", metadata, ProbeNumberColumns, UniqueConstraint("component", "probe"))
sample_open = Table("sample_open", metadata, SampleOpenColumns)
sample_packing = Table("sample_packing", metadata, SamplePackingColumns)
sample_hour = Table("sample_hour", metadata, SampleHourColumns)
sample_minute = Table("sample_minute", metadata, SampleMinuteColumns, **KEY_ORDERED)
board = Table("board", metadata, BoardColumns)
