"""The board and the incidents at every number of a history are what the rows were when that entry was the newest."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.commands import load_catalog
from core.desk import commands as desk
from core.desk.as_of import CHANGES_INCIDENTS, incidents_at, instant_called
from core.desk.model import FOLLOWS, IncidentState
from core.desk.queries import incidents
from core.errors import BadInput, NotFound, WatchfloorError
from core.gate.model import Consent, Level
from core.journal.model import Subject
from core.journal.past import Sort, changing, number_at, reach
from core.journal.queries import newest
from core.monitoring.as_of import (
    CHANGES_BOARD,
    board_at,
    keep_board,
    next_board,
    packed,
    states_at,
    status_from,
    unpacked,
)
from core.monitoring.commands import (
    Change,
    forget_components,
    record_changes,
    release_stopped,
    stop_on_purpose,
)
from core.monitoring.model import State, Status
from core.monitoring.queries import board
from tests.sample_catalog import sample_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.model import Catalog
    from core.desk.model import Incident
    from core.monitoring.queries import BoardRow
    from core.store.store import Store
    from core.store.work import Author, Work

CATALOG = sample_catalog(5, 1)
NAMES = sorted(CATALOG.components)
CONSENT = Consent(Level.NAME, typed="", reason="r")
LOOKED = [State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN, State.UNREACHABLE]
NAME = st.sampled_from(NAMES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), NAME, st.sampled_from(LOOKED), st.booleans()),
        st.tuples(st.just("look"), NAME, st.sampled_from(LOOKED), st.booleans()),
        st.tuples(st.just("stop"), NAME),
        st.tuples(st.just("release"), NAME),
        st.tuples(st.just("forget"), NAME),
        st.tuples(st.just("declare"), st.frozensets(NAME, min_size=1), st.sampled_from(["", "a", "b"])),
        st.tuples(st.just("incident"), st.integers(0, 10), st.sampled_from(["take", "note", "severity", "end", "again"])),
        st.tuples(st.just("keep")),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


def catalog_of(names: frozenset[str], owner: str) -> Catalog:
    """A catalog with these components of the sample, as an owner has them; they need nothing."""
    made = {n: replace(CATALOG.components[n], owner=owner, needs=()) for n in sorted(names)}
    return replace(CATALOG, components=made)


def do(work: Work, step: tuple[Any, ...]) -> None:
    match step:
        case ("look", name, state, confirmed):
            status = Status(
                name, 0, state, confirmed, work.now, f"it is {state}", roots=("x",) * (state == "unreachable")
            )
            record_changes(work, [Change(status, "s", name, 2)])
        case ("stop", name):
            stop_on_purpose(work, name, "for a while")
        case ("release", name):
            release_stopped(work, name)
        case ("forget", name):
            forget_components(work, [name])
        case ("declare", names, owner):
            load_catalog(work, catalog_of(names, owner), directory="d", digest=f"{names}", changes=["c"])
        case ("incident", number, verb):
            there = incidents(work.connection, closed=True)
            if there:
                act_on(work, there[number % len(there)], verb)


def act_on(work: Work, incident: Incident, verb: str) -> None:
    follows = FOLLOWS[incident.state]
    if verb == "take":
        desk.take_incident(work, incident.id)
    elif verb == "note":
        desk.note_incident(work, incident.id, "seen")
    elif verb == "severity":
        desk.set_severity(work, incident.id, incident.severity % 4 + 1)
    elif verb == "end" and IncidentState.CLOSED in follows:
        desk.close_incident(work, incident.id, "mended", CONSENT)
    elif verb == "end" and IncidentState.RESOLVED in follows:
        desk.resolve_incident(work, incident.id, "mended", CONSENT)
    elif verb == "again" and IncidentState.REOPENED in follows:
        desk.reopen_incident(work, incident.id, "once more", CONSENT)


def plain_board(rows: Sequence[BoardRow]) -> list[BoardRow]:
    """The rows with the versions that entries do not hold left out."""
    return [replace(r, status=replace(r.status, version=min(r.status.version, 1))) for r in rows]


def plain(found: Sequence[Incident]) -> list[Incident]:
    return [replace(i, version=1) for i in found]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_past_moment_is_what_the_rows_were(store: Store, ada: Author, steps: list[Any]) -> None:
    store.write(ada, do, ("declare", frozenset(NAMES), ""))
    was: list[tuple[int, list[BoardRow], list[Incident]]] = []
    for step in steps:
        if step[0] == "keep":
            due = store.read(next_board, 3)
            if due is not None:
                assert store.write(ada, keep_board, *due)
                assert not store.write(ada, keep_board, *due)
            continue
        try:
            store.write(ada, do, step)
        except WatchfloorError:
            continue  # not declared, or not possible as it stands
        was.append((store.read(newest).seq, store.read(board), store.read(incidents, closed=True)))
    for seq, rows, found in was:
        assert plain_board(store.read(board_at, seq)) == plain_board(rows)
        assert store.read(incidents_at, seq, closed=True) == plain(found)
        unclosed = [i for i in plain(found) if i.state is not IncidentState.CLOSED]
        assert store.read(incidents_at, seq) == unclosed


def looked(store: Store, ada: Author, name: str, *states: State) -> None:
    for state in states:
        store.write(ada, do, ("look", name, state, True))


def test_an_instant_is_the_last_entry_up_to_it(store: Store, ada: Author) -> None:
    assert store.read(reach) is None
    looked(store, ada, NAMES[0], State.OK, State.CRITICAL, State.OK)
    found = store.read(reach)
    assert found is not None
    assert store.read(number_at, found.last) == found.seq
    assert store.read(number_at, found.first - timedelta(microseconds=1)) == 0
    assert store.read(number_at, found.last - timedelta(microseconds=1)) < found.seq


def test_steps_go_by_the_entries_that_change_what_is_shown(store: Store, ada: Author) -> None:
    looked(store, ada, NAMES[0], State.OK, State.CRITICAL)  # the second opens an incident
    store.write(ada, desk.note_incident, 1, "seen")
    looked(store, ada, NAMES[1], State.OK)
    end = store.read(newest).seq + 1

    def steps(sorts: Any) -> list[str]:
        found, place = [], end
        while (entry := store.read(changing, sorts, before=place)) is not None:
            found.append(f"{entry.subject} {entry.kind}")
            place = entry.seq
        return found

    assert [each.split(".")[-1] for each in steps(CHANGES_BOARD)] == ["changed"] * 3
    assert steps(CHANGES_INCIDENTS) == ["incident:1 incident.opened"]
    first = store.read(changing, CHANGES_BOARD, after=0)
    assert first is not None
    assert first.seq == 1


def test_an_incident_names_the_instant_it_was_opened(store: Store, ada: Author) -> None:
    looked(store, ada, NAMES[0], State.CRITICAL)
    now = datetime(2100, 1, 1, tzinfo=UTC)
    opened = store.read(incidents)[0].opened_at
    assert store.read(instant_called, "i-1", now) == opened
    assert store.read(instant_called, "-2h", now) == now - timedelta(hours=2)
    with pytest.raises(NotFound):
        store.read(instant_called, "I-9", now)
    with pytest.raises(BadInput):
        store.read(instant_called, "then", now)


def test_a_kept_board_is_read_as_it_was_written(store: Store, ada: Author) -> None:
    looked(store, ada, NAMES[0], State.OK, State.CRITICAL)
    states = store.read(states_at, 99)
    again = unpacked(packed(states))
    assert {id_: status_from(id_, fields) for id_, fields in again.items()} == {
        id_: status_from(id_, fields) for id_, fields in states.items()
    }
    assert unpacked(packed({})) == {}


WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
STATES = st.dictionaries(
    WORDS.filter(bool),
    st.fixed_dictionaries({"state": st.sampled_from(["ok", "critical"]), "summary": WORDS, "since": st.integers(0)}),
    max_size=30,
)  # fmt: skip


@given(states=STATES)
def test_a_board_is_unpacked_a_line_at_a_time_and_by_an_older_program_whole(
    states: dict[str, dict[str, Any]],
) -> None:
    content = packed(states)
    assert unpacked(content) == states
    names, rows = json.loads(zlib.decompress(content))
    assert {id_: dict(zip(names, values, strict=True)) for id_, values in rows.items()} == states
    in_one_line = json.dumps([names, rows], ensure_ascii=False, separators=(",", ":"))
    assert unpacked(zlib.compress(in_one_line.encode())) == states


def test_a_row_that_reads_as_one_at_hand_is_that_row(store: Store, ada: Author) -> None:
    store.write(ada, do, ("declare", frozenset(NAMES), ""))
    looked(store, ada, NAMES[0], State.OK, State.CRITICAL)
    now = {row.status.id: row for row in store.read(board)}
    seq = store.read(newest).seq
    shared = {row.status.id for row in store.read(board_at, seq, now) if row is now[row.status.id]}
    assert shared == {NAMES[0]}
    last = store.read(changing, CHANGES_BOARD, before=seq + 1)
    assert last is not None
    before = {row.status.id: row for row in store.read(board_at, last.seq - 1, now)}
    assert before[NAMES[0]].status.state is State.OK


@pytest.mark.parametrize("far", [1, 499, 500, 501, 1203])
def test_the_next_entry_is_found_however_far_off(store: Store, ada: Author, far: int) -> None:
    def other(work: Work, count: int) -> None:
        for _ in range(count):
            work.record("door.opened", Subject("door", "1"), {"open": (False, True)})

    looked(store, ada, NAMES[0], State.CRITICAL)
    first = store.read(newest).seq
    store.write(ada, other, far)
    looked(store, ada, NAMES[0], State.OK)
    last = store.read(newest).seq
    found = store.read(changing, CHANGES_INCIDENTS, before=last - 1)
    assert found is not None
    assert found.seq <= first
    on = store.read(changing, CHANGES_BOARD, after=first)
    assert on is not None
    assert on.subject == Subject("component", NAMES[0])
    assert on.seq > first + far
    of_one = store.read(changing, (Sort("component", id=NAMES[1]),), before=last)
    assert of_one is None
    any_entry = store.read(changing, (), before=last)
    assert any_entry is not None
    assert any_entry.seq == last - 1
