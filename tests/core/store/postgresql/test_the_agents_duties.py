"""All that the agent does on a shared database as the role it has there; and what the database keeps it from."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import func, select, update

from core.catalog.commands import load_catalog, refuse_catalog
from core.catalog.model import Agreement, Catalog, Component, ProcedureText, Promise, Service
from core.catalog.queries import catalog_status, declared_catalog
from core.desk.clocks.announcing import DUTY as CLOCKS
from core.desk.clocks.announcing import NEAR, announce_due, end_waits, items_after
from core.desk.clocks.keeping import differences
from core.desk.commands import acknowledge_incident, close_incident, open_incident, resolve_incident
from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.desk.requests.commands import new_request, wait_for
from core.desk.requests.model import Asked, RequestState, WaitingFor
from core.desk.requests.queries import one_request
from core.desk.tables import clock
from core.errors import NotPermitted
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.improvement.commands import draft_action
from core.journal import queries as journal
from core.journal.model import START, Subject, Via
from core.monitoring.as_of import board_at, keep_board, next_board
from core.monitoring.batch import Batch, write_batch
from core.monitoring.commands import Change, ProbeRecord
from core.monitoring.hours import DUTY as ROLL_UP
from core.monitoring.hours import (
    KEEP_HOURS,
    begin_packing,
    forget_old,
    is_hour_over,
    keep_slice,
    next_slice,
)
from core.monitoring.model import State, Status
from core.monitoring.queries import status_of
from core.monitoring.tables import sample_hour, sample_minute, sample_open
from core.monitoring.watch import DUTY
from core.operations.commands import begin_run
from core.operations.losing import LOST_AFTER_S, Conductors, lose_runs
from core.operations.model import RunState
from core.operations.queries import one_run
from core.operations.reports import take_up_run
from core.store.lease import LeaseLost, give_up_lease, lease_of, take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

AGENT = Author("agent", Via.AGENT, "agent:one")
OTHER = Author("agent", Via.AGENT, "agent:two")
ADA = Author("ada", Via.CONSOLE, "seat-1")
BOX = Consent(Level.BOX)
RESTART = ProcedureText(
    "restart", "restart.md", '+++\ntitle = "Restart"\ncomponent = "web"\neffect = "restart"\n+++\n```run\ntrue\n```\n'
)  # fmt: skip
WEB = Component("web", "Web", "shop", procedures=("restart",))
CATALOG = Catalog(
    services={"shop": Service("shop", "Shop")}, components={"web": WEB}, procedures={"restart": RESTART}
)


@pytest.fixture
def address(house: House) -> str:
    return house.person("watcher", Role.AGENT)


@pytest.fixture
def agent(address: str) -> Iterator[Store]:
    store = Store.at(address)
    store.write(AGENT, load_catalog, CATALOG, directory="/c", digest="1", changes=["all of it"])
    yield store
    store.close()


@pytest.fixture
def token(agent: Store) -> int:
    return agent.write(AGENT, take_lease, DUTY, AGENT.seat, info={"host": "watch-1"})


@pytest.fixture
def ada(house: House, agent: Store) -> Iterator[Store]:
    store = Store.at(house.person("ada", Role.OPERATOR))
    yield store
    store.close()


def became(state: State, summary: str, **fields: Any) -> Batch:
    now = Status("web", 0, state, confirmed=True, since=utc_now(), summary=summary, **fields)
    return Batch(changes={"web": Change(now, "shop", "Web", 2, fields.pop("affected", ()))})


def entries(store: Store, *kinds: str) -> list[tuple[str, str]]:
    found = store.read(journal.after, START) or []
    return [(entry.kind, entry.actor) for entry in found if entry.kind.startswith(kinds)]


def test_it_watches_opens_retitles_lists_clears_and_reopens(agent: Store, token: int, ada: Store) -> None:
    def write(batch: Batch) -> None:
        agent.write(AGENT, write_batch, batch, token, {"host": "watch-1"})

    write(became(State.OK, "fine"))
    write(became(State.CRITICAL, "no answer on 8080"))
    assert agent.read(one_incident, 1).title == "Web is critical: no answer on 8080"
    write(became(State.CRITICAL, "the disk is gone"))
    assert agent.read(one_incident, 1).title == "Web is critical: the disk is gone"
    write(Batch(affected={"web": ("front", "worker")}))
    write(became(State.OK, "fine again"))
    assert agent.read(one_incident, 1).state is IncidentState.RESOLVED
    write(became(State.CRITICAL, "no answer on 8080"))
    assert agent.read(one_incident, 1).state is IncidentState.REOPENED
    ada.write(ADA, acknowledge_incident, 1)
    write(became(State.UNKNOWN, "the probe cannot look"))
    write(Batch(forgotten={"web"}))
    assert [kind for kind, _ in entries(agent, "incident.")] == [
        "incident.opened", "incident.cause_changed", "incident.affected", "incident.cleared", "incident.reopened",
        "incident.acknowledged",
    ]  # fmt: skip
    assert {actor for kind, actor in entries(agent, "component.")} == {"watcher"}
    assert entries(agent, "component.forgotten")


def test_another_agent_tells_the_cause_of_an_incident_that_the_first_opened(
    house: House, agent: Store, token: int
) -> None:
    agent.write(AGENT, write_batch, became(State.CRITICAL, "no answer"), token, {})
    second = Store.at(house.person("second", Role.AGENT))
    other = second.write(OTHER, take_lease, DUTY, OTHER.seat, over=second.read(lease_of, DUTY))
    second.write(OTHER, write_batch, became(State.CRITICAL, "the disk is gone"), other, {})
    assert second.read(one_incident, 1).title == "Web is critical: the disk is gone"
    second.close()


def test_it_keeps_a_persons_title(agent: Store, token: int, ada: Store) -> None:
    ada.write(ADA, open_incident, "web", "shop", "the till does not answer", 2, BOX)
    agent.write(AGENT, write_batch, became(State.CRITICAL, "no answer"), token, {})
    agent.write(AGENT, write_batch, became(State.CRITICAL, "the disk is gone"), token, {})
    assert agent.read(one_incident, 1).title == "the till does not answer"


def test_it_keeps_samples_packs_an_hour_and_forgets_what_is_old(agent: Store, token: int) -> None:
    now_ms = to_micros(utc_now()) // 1000
    old = now_ms - 2 * 3_600_000
    ancient = now_ms // 3_600_000 - KEEP_HOURS - 1
    record = ProbeRecord(1, "web", "http", State.OK, "fine", "", "ms", "ms", old, "{}")
    minute = {
        "probe": 1,
        "minute": ancient * 60,
        "samples": 1,
        "lowest": 1.0,
        "highest": 1.0,
        "total": 1.0,
        "worst": 0,
    }
    batch = Batch(
        probes={1: record}, minutes=[minute], samples=[(1, old + n * 1000, float(n), 0) for n in range(60)]
    )
    batch.samples.append((1, ancient * 3_600_000, 1.0, 0))
    agent.write(AGENT, write_batch, batch, token, {})
    agent.write(
        AGENT, write_batch, Batch(probes={1: replace(record, summary="well")}, minutes=[minute]), token, {}
    )
    rolling = agent.write(AGENT, take_lease, ROLL_UP, "agent-1")
    while agent.read(is_hour_over, utc_now()):
        agent.write(AGENT, begin_packing, rolling, utc_now())
        while slice_ := agent.read(next_slice):
            agent.write(AGENT, keep_slice, rolling, slice_)
    assert agent.read(lambda c: c.scalar(select(func.count()).select_from(sample_open))) == 0
    while agent.write(AGENT, forget_old):
        pass
    packed = agent.read(lambda c: c.execute(select(sample_hour.c.samples)).scalars().all())
    assert sum(packed) == 60
    assert agent.read(lambda c: c.scalar(select(func.count()).select_from(sample_minute))) == 0


def test_it_loads_refuses_and_mends_a_catalog_and_keeps_boards(agent: Store, token: int) -> None:
    agent.write(AGENT, refuse_catalog, directory="/c", problems=["web.toml:1: no"])
    status = agent.read(catalog_status)
    assert status is not None
    assert status.problems
    changed = replace(CATALOG, components={"web": replace(WEB, title="The web")})
    agent.write(AGENT, load_catalog, changed, directory="/c", digest="2", changes=["web"])
    bare = replace(CATALOG, components={}, procedures={})
    agent.write(AGENT, load_catalog, bare, directory="/c", digest="3", changes=["less"])
    assert agent.read(declared_catalog).components == {}
    due = agent.read(next_board, 2)
    assert due is not None
    assert agent.write(AGENT, keep_board, *due)
    assert agent.read(board_at, due[0]) is not None
    assert [kind for kind, _ in entries(agent, "catalog.")] == [
        "catalog.loaded", "catalog.refused", "catalog.mended", "catalog.loaded", "catalog.loaded",
    ]  # fmt: skip


def test_it_says_that_a_run_is_lost_on_the_incident_too_and_has_its_component_watched_again(
    agent: Store, token: int, ada: Store
) -> None:
    agent.write(AGENT, write_batch, became(State.CRITICAL, "no answer"), token, {})
    ada.write(ADA, unlock_operate, "web is down")
    run = ada.write(ADA, begin_run, "restart", Consent(Level.BOX, reason="it hangs"), incident=1)
    ada.write(ADA, take_up_run, run.id, "conductor:1")
    assert agent.read(status_of, "web").state is State.STOPPED
    clock = [0.0]
    seen = Conductors(steady=lambda: clock[0])
    agent.write(AGENT, lose_runs, seen)
    clock[0] += LOST_AFTER_S + 1
    assert agent.write(AGENT, lose_runs, seen) == [run.id]
    found = agent.read(one_run, run.id)
    assert found is not None
    assert found.state is RunState.LOST
    assert agent.read(status_of, "web").state is State.PENDING
    assert ("incident.run_ended", "watcher") in entries(agent, "incident.")


def test_a_lease_is_given_up_or_taken_over_and_who_was_replaced_writes_nothing(
    house: House, agent: Store, token: int
) -> None:
    second = Store.at(house.person("second", Role.AGENT))
    other = second.write(OTHER, take_lease, DUTY, OTHER.seat, over=second.read(lease_of, DUTY))
    before = entries(agent, "component.", "incident.")
    with pytest.raises(LeaseLost):
        agent.write(AGENT, write_batch, became(State.CRITICAL, "no answer"), token, {})
    assert entries(agent, "component.", "incident.") == before
    second.write(OTHER, give_up_lease, DUTY, other)
    agent.write(AGENT, take_lease, DUTY, AGENT.seat)
    assert [actor for kind, actor in entries(agent, "lease.taken")] == ["watcher", "second", "watcher"]
    second.close()


def test_it_says_what_comes_due_and_ends_what_waits_and_a_person_says_neither(
    agent: Store, token: int, ada: Store
) -> None:
    quick = Agreement(
        "quick", "Quick", "acme", ("shop",), may_ask=("*",),
        targets=(Promise(2, 0.2, 3600.0), Promise(1, 0.2, 3600.0)),
    )  # fmt: skip
    agent.write(
        AGENT,
        load_catalog,
        replace(CATALOG, agreements={"quick": quick}),
        directory="/c",
        digest="2",
        changes=["a"],
    )
    agent.write(AGENT, write_batch, became(State.CRITICAL, "no answer"), token, {})
    asked = ada.write(ADA, new_request, Asked("a key", "shop", "eve@acme.example", impact=1, urgency=1), BOX)
    ada.write(ADA, wait_for, asked.id, WaitingFor.UNTIL, "away", until=utc_now() + timedelta(seconds=0.5))
    keeping = agent.write(AGENT, take_lease, CLOCKS, AGENT.seat)
    end = time.monotonic() + 20
    while time.monotonic() < end and len(entries(agent, "incident.breached", "request.wait_over")) < 2:
        agent.write(AGENT, end_waits, keeping)
        agent.write(AGENT, announce_due, keeping)
        time.sleep(0.05)
    assert entries(agent, "incident.breached", "request.wait_over") == [
        ("incident.breached", "watcher"), ("request.wait_over", "watcher"),
    ]  # fmt: skip
    assert agent.read(one_request, asked.id).state is RequestState.ACKNOWLEDGED
    items = [*agent.read(items_after, "incident", 0), *agent.read(items_after, "request", 0)]
    assert [item.kind for item in items] == ["incident", "request"]
    assert agent.read(differences, items, to_micros(utc_now()), within=NEAR) == []

    def says(work: Work) -> None:
        work.record("incident.breached", Subject("incident", "1"))

    def moves(work: Work) -> None:
        work.connection.execute(update(clock).values(due=None, next_at=None))
        work.record("incident.noted", Subject("incident", "1"))  # of the request's clocks nothing is said

    with pytest.raises(NotPermitted, match="asks for the role agent"):
        ada.write(ADA, says)
    with pytest.raises(NotPermitted, match="no entry of this transaction says that clock"):
        ada.write(ADA, moves)


# What it must not do, whatever program runs as it


def said(kind: str, subject: str, id_: str, changes: dict[str, Any] | None = None) -> str:
    entry = json.dumps([["x", kind, subject, id_, json.dumps([changes or {}, ""]), None, None]])
    return f"SELECT journal_append(1, 'agent', NULL, '{entry}')"


def also(statement: str, kind: str, subject: str, id_: str, **changes: Any) -> str:
    """Returns a statement with the entry that covers it."""
    pairs = {name: [None, value] for name, value in changes.items()}
    return f"{statement}; {said(kind, subject, id_, pairs)}"


KINDS = [
    "incident.acknowledged", "incident.taken", "incident.started", "incident.resolved", "incident.closed",
    "incident.noted", "incident.severity_set", "incident.taken_back", "operate.unlocked", "action.revised",
    "action.closed", "run.begun", "run.cancel_ordered", "component.stopped", "component.check_asked", "staff.added",
    "staff.changed", "database.moved", "incident.made_up",
]  # fmt: skip
ATTEMPTS = {
    "closing an incident as if it cleared": also(
        "UPDATE incident SET state = 'closed' WHERE id = 1", "incident.cleared", "incident", "1", state="closed"
    ),
    "taking note of one as if it had failed": also(
        "UPDATE incident SET state = 'acknowledged' WHERE id = 1", "incident.failed_again", "incident", "1",
        state="acknowledged",
    ),
    "opening a closed one again": also(
        "UPDATE incident SET state = 'reopened' WHERE id = 2", "incident.reopened", "incident", "2", state="reopened"
    ),
    "an incident in somebody's name": also(
        "UPDATE incident SET acknowledged_by = 'ada' WHERE id = 1", "incident.failed_again", "incident", "1",
        acknowledged_by="ada",
    ),
    "clearing one without an entry": "UPDATE incident SET state = 'resolved' WHERE id = 1",
    "ending a run well": also("UPDATE run SET state = 'done' WHERE id = 1", "run.ended", "run", "1", state="done"),
    "passing a step": also("UPDATE run_step SET state = 'passed' WHERE run = 1", "run.ended", "run", "1"),
    "a run of its own": "INSERT INTO run SELECT 99, version FROM run",
    "an order to a run": "INSERT INTO run_order DEFAULT VALUES",
    "stopping a component on purpose": also(
        "UPDATE component_state SET state = 'stopped' WHERE id = 'db'", "component.changed", "component", "db",
        state="stopped",
    ),
    "a state without an entry": "UPDATE component_state SET state = 'ok' WHERE id = 'web'",
    "a catalog without an entry": "UPDATE catalog_item SET definition = '{}'",
    "a version removed": "DELETE FROM catalog_item",
    "an incident removed": "DELETE FROM incident",
    "a corrective action": "UPDATE corrective_action SET state = 'closed'",
    "OPERATE": "INSERT INTO operating VALUES ('s', 'watcher', '', 1, 9000000000000000)",
    "a person": "SELECT staff_add('eve', 'Eve', 'admin', NULL)",
    "its own role": "SELECT staff_role('watcher', 'admin')",
    "its row among the staff": "UPDATE staff SET role = 'admin'",
    "the lease without an entry": "UPDATE lease SET token = token + 1, holder = 'x'",
    "a lease removed": "DELETE FROM lease",
    "a seal changed": "UPDATE seal SET at = 0",
    "a board changed": "UPDATE board SET at = 0",
    "another's seat": "INSERT INTO presence VALUES ('s', 'ada', 'h', 'v', '', '', 1, 1)",
    "the journal": "DELETE FROM journal",
    "the schema's number": "UPDATE schema_info SET min_writer = 99",
}  # fmt: skip


@pytest.fixture
def psql(agent: Store, token: int, ada: Store, address: str) -> Iterator[psycopg.Connection[Any]]:
    agent.write(AGENT, write_batch, became(State.CRITICAL, "no answer"), token, {})
    well = Status("db", 0, State.OK, confirmed=True, since=utc_now(), summary="fine")
    agent.write(AGENT, write_batch, Batch(changes={"db": Change(well, "shop", "Db", 2)}), token, {})
    ada.write(ADA, open_incident, "", "shop", "the till does not answer", 2, BOX)
    ada.write(ADA, resolve_incident, 2, "restarted", BOX)
    ada.write(ADA, draft_action, {"deviation": "it fell over"})
    ada.write(ADA, close_incident, 2, "restarted", BOX)
    ada.write(ADA, unlock_operate, "web is down")
    ada.write(ADA, begin_run, "restart", Consent(Level.BOX, reason="it hangs"), incident=1)
    with connect(address) as connection:
        yield connection


def done(psql: psycopg.Connection[Any], statement: str) -> None:
    """Does it and commits, when the guards look at it."""
    for part in statement.split("; "):
        psql.execute(part.encode())
    psql.commit()


def refusal(psql: psycopg.Connection[Any], statement: str) -> str:
    with pytest.raises(psycopg.Error) as caught:
        done(psql, statement)
    psql.rollback()
    assert isinstance(caught.value, errors.InsufficientPrivilege), caught.value
    return str(caught.value)


def test_what_is_a_persons_it_does_not_do(psql: psycopg.Connection[Any]) -> None:
    for kind in KINDS:
        assert re.search(r"asks for the role|nobody may write", refusal(psql, said(kind, "incident", "1"))), (
            kind
        )


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_database_refuses_it(psql: psycopg.Connection[Any], attempt: str) -> None:
    assert refusal(psql, ATTEMPTS[attempt])


def test_what_it_may_is_told_apart_from_that(psql: psycopg.Connection[Any]) -> None:
    cleared = "UPDATE incident SET state = 'resolved', version = version + 1 WHERE id = 1"
    done(psql, f"{cleared}; {said('incident.cleared', 'incident', '1', {'state': ['open', 'resolved']})}")
    later = to_micros(utc_now() + timedelta(seconds=1))
    beaten = psql.execute("UPDATE lease SET beat_at = %s", (later,)).rowcount
    psql.commit()
    assert beaten
    assert psql.execute("SELECT state FROM incident WHERE id = 1").fetchone() == ("resolved",)
