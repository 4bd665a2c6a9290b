"""What is said of a component is what the probe that decides says now, without an entry for each look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Probe, Service, TcpTarget
from core.journal import queries as journal
from core.journal.model import Via
from core.monitoring.commands import Change, ProbeRecord, keep_probes, record_changes
from core.monitoring.evaluation import ProbeState
from core.monitoring.model import State, Status, Stopped
from core.monitoring.present import in_present_words, present_words
from core.monitoring.queries import board, board_rows
from core.store.work import Author
from core.timekeeping import EPOCH

if TYPE_CHECKING:
    from core.store.store import Store

AGENT = Author("agent", Via.AGENT)
PROBES = tuple(Probe(name, TcpTarget("127.0.0.1", 1)) for name in ("load", "port"))
TOLD = Status(
    "web", 1, State.CRITICAL, True, EPOCH, "load: load1 per core 8.1, above 8 (critical) (and 1 more)"
)
LOAD = ProbeState(State.CRITICAL, summary="load1 per core 9.6, above 8 (critical)", since=1, last_at=9)
PORT = ProbeState(State.CRITICAL, summary="refused", since=2, last_at=9)
FINE = ProbeState(State.OK, summary="answers", since=2, last_at=9)


@pytest.mark.parametrize(
    ("status", "load", "port", "said"),
    [
        (TOLD, LOAD, PORT, "load: load1 per core 9.6, above 8 (critical) (and 1 more)"),
        (TOLD, LOAD, FINE, "load: load1 per core 9.6, above 8 (critical)"),
        (TOLD, FINE, PORT, "port: refused"),
        # The state is about to change: until that is told, what was told stands.
        (TOLD, FINE, FINE, TOLD.summary),
        (replace(TOLD, state=State.UNREACHABLE, roots=("db",)), FINE, PORT, "behind db: port: refused"),
        (replace(TOLD, state=State.UNREACHABLE, roots=("db",)), FINE, FINE, TOLD.summary),
        (replace(TOLD, state=State.OK, summary="2 probes ok"), LOAD, PORT, "2 probes ok"),
        (replace(TOLD, stopped=Stopped("ada", "moved", EPOCH)), LOAD, PORT, TOLD.summary),
    ],
)
def test_the_probe_that_decides_speaks(status: Status, load: ProbeState, port: ProbeState, said: str) -> None:
    assert present_words(status, {"load": load, "port": port}) == said


def record(number: int, probe: str, state: ProbeState) -> ProbeRecord:
    return ProbeRecord(
        number, "web", probe, state.state, state.summary, "", "", "", state.last_at, state.to_json()
    )


@pytest.fixture
def told(store: Store) -> Store:
    """A component that is critical, as it was told when it became so."""
    web = Component("web", "Web", "s", probes=PROBES)
    catalog = Catalog(services={"s": Service("s", "S")}, components={"web": web})
    store.write(AGENT, load_catalog, catalog, directory="/", digest="1", changes=[])
    store.write(AGENT, record_changes, [Change(TOLD, "s", "Web", 2)])
    return store


def test_what_is_kept_of_the_probes_is_said_and_no_entry_is_written(told: Store) -> None:
    count = told.read(journal.count)
    told.write(AGENT, keep_probes, [record(1, "load", LOAD), record(2, "port", PORT)])

    rows = told.read(lambda connection: in_present_words(connection, board(connection)))

    assert [row.words for row in rows] == ["load: load1 per core 9.6, above 8 (critical) (and 1 more)"]
    assert rows[0].status.summary == TOLD.summary
    assert told.read(journal.count) == count
    calm = [record(1, "load", replace(LOAD, summary="load1 per core 8.2")), record(2, "port", FINE)]
    told.write(AGENT, keep_probes, calm)
    rows = told.read(in_present_words, rows)
    assert [row.words for row in rows] == ["load: load1 per core 8.2"]


def test_a_probe_declared_no_longer_says_nothing_more(told: Store) -> None:
    told.write(AGENT, keep_probes, [record(1, "load", LOAD), record(2, "gone", replace(PORT, since=0))])
    rows = told.read(lambda connection: in_present_words(connection, board_rows(connection, ["web"])))
    assert [row.words for row in rows] == ["load: load1 per core 9.6, above 8 (critical)"]


def test_without_anything_kept_what_was_told_is_said(told: Store) -> None:
    rows = told.read(lambda connection: in_present_words(connection, board(connection)))
    assert [row.words for row in rows] == [TOLD.summary]
