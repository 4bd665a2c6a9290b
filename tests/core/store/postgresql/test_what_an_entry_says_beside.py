"""What people write with psql of what was, of another's seat, and of what has no column in its subject's row: refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import insert, select

from core.desk.commands import acknowledge_incident, open_incident
from core.gate.commands import lock_operate, unlock_operate
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.model import START, Subject, Via
from core.operations.model import Effect, RunState, StepState
from core.operations.reports import end_run, report_step, take_up_run
from core.operations.tables import run, run_order, run_step
from core.presence.commands import be_here
from core.presence.model import Open
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
BOB = Author("bob", Via.CONSOLE, "seat-bob")
RUN = {
    "procedure": "restart", "procedure_version": 1, "title": "restart the till", "component": "till",
    "effect": Effect.NONE, "incident": 1, "state": RunState.WAITING, "begun_by": "bob", "reason": "", "created_at": 1,
    "started_at": None, "ended_at": None, "text": "", "beat_at": None, "conductor": "",
    "request": None, "despite": "",
}  # fmt: skip


def begin(work: Work) -> None:
    work.connection.execute(insert(run).values(id=1, version=1, **RUN))
    step = {
        "run": 1,
        "kind": "manual",
        "title": "look",
        "commands": "[]",
        "state": StepState.WAITING,
        "text": "",
        "by": "",
    }
    work.connection.execute(insert(run_step), [{**step, "n": n} for n in (1, 2)])
    begun = work.record(
        "run.begun", Subject("run", "1"), {name: (None, value) for name, value in RUN.items()}
    )
    work.record("incident.run_begun", Subject("incident", "1"), {"run": (None, 1)}, cause=begun)


def entry(kind: str, subject: str, changes: str, about: str = "1") -> bytes:
    """Returns the call that somebody types to write an entry."""
    said = json.dumps([["x", kind, subject, about, f'[{changes},""]', None, None]]).replace("'", "''")
    return f"SELECT watchfloor.journal_append(1, 'console', NULL, '{said}')".encode()


@pytest.fixture
def store(house: House) -> Iterator[Store]:
    opened = Store.at(house.person("bob", Role.OPERATOR))
    opened.write(BOB, open_incident, "", "shop", "till does not answer", 2, BOX)
    opened.write(BOB, acknowledge_incident, 1)
    yield opened
    opened.close()


@pytest.fixture
def ada(house: House, store: Store) -> Iterator[psycopg.Connection[Any]]:
    with connect(house.person("ada", Role.OPERATOR)) as connection:
        yield connection


UNTRUE = {
    "of a column that changed": ('{"severity":[1,4]}',),
    "of one that did not": ('{"severity":[2,4],"closed_by":["bob",""]}',),
    "of one that did not, as nothing": ('{"severity":[2,4],"title":[null,"till does not answer"]}',),
    "between two entries": ('{"severity":[2,4]}', '{"severity":[3,4]}'),
    "in an entry before": ('{"closed_by":["bob",""]}', '{"severity":[2,4]}'),
}


@pytest.mark.parametrize("attempt", UNTRUE)
def test_an_entry_does_not_say_that_a_row_was_what_it_was_not(
    ada: psycopg.Connection[Any], attempt: str
) -> None:
    ada.execute("UPDATE incident SET severity = 4, version = version + 1 WHERE id = 1")
    for claim in UNTRUE[attempt]:
        ada.execute(entry("incident.noted", "incident", claim))
    with pytest.raises(errors.InsufficientPrivilege, match="what was not so: its"):
        ada.commit()


def test_what_changes_twice_is_said_from_step_to_step(ada: psycopg.Connection[Any]) -> None:
    for before, after in ((2, 3), (3, 4)):
        ada.execute(f"UPDATE incident SET severity = {after}, version = version + 1 WHERE id = 1".encode())
        ada.execute(entry("incident.noted", "incident", f'{{"severity":[{before},{after}]}}'))
    ada.commit()
    assert ada.execute("SELECT severity FROM incident WHERE id = 1").fetchone() == (4,)


def test_a_new_row_was_nothing(ada: psycopg.Connection[Any]) -> None:
    ada.execute(
        "INSERT INTO incident SELECT 7, 1, state, severity, component, service, title, opened_at, 'ada', owner, NULL, '', NULL, "
        "NULL, NULL, '', '', '[]' FROM incident WHERE id = 1"
    )
    row = ada.execute("SELECT to_jsonb(i) - '{id,version}'::text[] FROM incident i WHERE id = 7").fetchone()
    assert row is not None
    changes = {name: [None, value] for name, value in row[0].items()} | {"severity": [1, 2]}
    ada.execute(entry("incident.opened", "incident", json.dumps(changes), "7"))
    with pytest.raises(errors.InsufficientPrivilege, match="what was not so: its severity"):
        ada.commit()


def test_nobody_takes_the_seat_of_somebody_who_is_here(store: Store, ada: psycopg.Connection[Any]) -> None:
    store.write(BOB, be_here, "desk", Open("board", "", ""))
    until = 9000000000000000
    ada.execute(f"INSERT INTO operating VALUES ('seat-bob', 'ada', '', 1, {until})".encode())
    ada.execute(
        entry("operate.unlocked", "staff", f'{{"seat":[null,"seat-bob"],"until":[null,{until}]}}', "ada")
    )
    with pytest.raises(errors.InsufficientPrivilege, match="the seat seat-bob is of bob, not of ada"):
        ada.commit()
    assert store.write(BOB, unlock_operate, "to restart it").actor == "bob"
    store.write(BOB, lock_operate)


BESIDE = {
    "a step that is not so": entry(
        "run.step_passed", "run", '{"step":[null,1],"step_state":[null,"passed"]}'
    ),
    "a step that there is not": entry(
        "run.step_passed", "run", '{"step":[null,9],"step_state":[null,"passed"]}'
    ),
    "a step of an earlier time": entry(
        "run.step_asked", "run", '{"step":[null,2],"step_state":[null,"asked"]}'
    ),
    "a step of no number": entry("run.step_asked", "run", "{}"),
    "an order that nobody gave": entry("run.cancel_ordered", "run", "{}"),
    "a run that is not begun now": entry("incident.run_begun", "incident", '{"run":[null,1]}'),
    "a run that there is not": entry("incident.run_begun", "incident", '{"run":[null,5]}'),
    "a run that has not ended": entry(
        "incident.run_ended", "incident", '{"run":[null,1],"run_state":[null,"failed"]}'
    ),
}


@pytest.mark.parametrize("attempt", BESIDE)
def test_what_is_said_beside_the_row_is_so(store: Store, ada: psycopg.Connection[Any], attempt: str) -> None:
    store.write(BOB, begin)
    store.write(BOB, take_up_run, 1, "seat-bob")
    store.write(BOB, report_step, 1, 2, StepState.ASKED)
    with pytest.raises(errors.InsufficientPrivilege, match="what is not so"):
        ada.execute(BESIDE[attempt])


def test_a_run_is_told_from_its_beginning_to_its_end(store: Store, ada: psycopg.Connection[Any]) -> None:
    store.write(BOB, begin)
    store.write(BOB, take_up_run, 1, "seat-bob")
    store.write(BOB, report_step, 1, 1, StepState.ASKED)
    ada.execute("INSERT INTO run_order (run, kind, n, by, note, at) VALUES (1, 'tick', 1, 'ada', '', 1)")
    ada.execute(entry("run.tick_ordered", "run", '{"step":[null,1]}'))
    ada.commit()
    store.write(BOB, report_step, 1, 1, StepState.PASSED, exit_code=0, text="done", by="ada")
    store.write(BOB, end_run, 1, RunState.DONE)
    kinds = [each.kind for each in store.read(journal.after, START) or []]
    assert kinds[2:] == [
        "run.begun", "incident.run_begun", "run.started", "run.step_asked", "run.tick_ordered", "run.step_passed",
        "run.ended", "incident.run_ended",
    ]  # fmt: skip
    assert store.read(lambda c: c.execute(select(run_order.c.by)).scalar()) == "ada"
