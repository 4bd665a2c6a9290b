"""Runs of procedures, their steps, their output, and what people ordered meanwhile."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Named, Table, Text, TypedColumns

from core.store.metadata import metadata


class RunColumns(TypedColumns):
    """Columns of `run`. Instants in microseconds UTC. `procedure_version` is the catalog's version it began with.

    `despite` is the clause of an agreement that it was begun against, empty for none.
    """

    id: Named[int] = Column(Integer, primary_key=True)
    version: Named[int] = Column(Integer)
    procedure: Named[str] = Column(Text)
    procedure_version: Named[int] = Column(Integer)
    title: Named[str] = Column(Text)
    component: Named[str] = Column(Text)
    effect: Named[str] = Column(Text)
    incident: Named[int | None] = Column(Integer)
    state: Named[str] = Column(Text)
    begun_by: Named[str] = Column(Text)
    reason: Named[str] = Column(Text)
    created_at: Named[int] = Column(BigInteger)
    started_at: Named[int | None] = Column(BigInteger)
    ended_at: Named[int | None] = Column(BigInteger)
    text: Named[str] = Column(Text)
    beat_at: Named[int | None] = Column(BigInteger)
    conductor: Named[str] = Column(Text)
    request: Named[int | None] = Column(Integer)
    despite: Named[str] = Column(Text)


class RunStepColumns(TypedColumns):
    """Columns of `run_step`: number `n` from 1; `commands` a JSON list for people."""

    run: Named[int] = Column(Integer, primary_key=True)
    n: Named[int] = Column(Integer, primary_key=True)
    kind: Named[str] = Column(Text)
    title: Named[str] = Column(Text)
    commands: Named[str] = Column(Text)
    state: Named[str] = Column(Text)
    exit_code: Named[int | None] = Column(Integer)
    started_at: Named[int | None] = Column(BigInteger)
    ended_at: Named[int | None] = Column(BigInteger)
    text: Named[str] = Column(Text)
    by: Named[str] = Column(Text)


class RunOutputColumns(TypedColumns):
    """Columns of `run_output`: lines in the order they came."""

    id: Named[int] = Column(Integer, primary_key=True)
    run: Named[int] = Column(Integer)
    n: Named[int] = Column(Integer)
    at: Named[int] = Column(BigInteger)
    stream: Named[str] = Column(Text)
    text: Named[str] = Column(Text)


class RunOrderColumns(TypedColumns):
    """Columns of `run_order`: hold, resume, cancel, tick, skip, in the order given."""

    id: Named[int] = Column(Integer, primary_key=True)
    run: Named[int] = Column(Integer)
    kind: Named[str] = Column(Text)
    n: Named[int] = Column(Integer)
    by: Named[str] = Column(Text)
    note: Named[str] = Column(Text)
    at: Named[int] = Column(BigInteger)


run = Table("run", metadata, RunColumns)
Index("run_state", run.c.state, run.c.id)
Index("run_component", run.c.component, run.c.id)
Index("run_request", run.c.request, run.c.id)
run_step = Table("run_step", metadata, RunStepColumns)
run_output = Table("run_output", metadata, RunOutputColumns)
Index("run_output_run", run_output.c.run, run_output.c.id)
run_order = Table("run_order", metadata, RunOrderColumns)
Index("run_order_run", run_order.c.run, run_order.c.id)
