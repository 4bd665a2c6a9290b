"""On a server people plan windows and the agent keeps them, each in their role, and nothing of it changes without an entry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier, Literal

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service
from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import START, Via
from core.journal.queries import after
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.monitoring.queries import status_of
from core.operations.windows.commands import Plan, cancel_window, change_window, plan_window, skip_window
from core.operations.windows.holding import DUTY, keep_windows
from core.operations.windows.model import Scope, WindowState
from core.operations.windows.queries import one_window
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import from_micros, to_micros, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT, "agent:host:1:0000")
SCOPE = Scope(("db",))


def author(name: str) -> Author:
    return Author(name, Via.CONSOLE, f"console:host:{name}:0000")


def plan(after: timedelta = timedelta(), lasts: timedelta = timedelta(hours=1)) -> Plan:
    begin = utc_now() + after
    return Plan(SCOPE, begin, begin + lasts, "", "a new disk")


@pytest.fixture
def people(house: House) -> Iterator[dict[str, Store]]:
    roles = {"ada": Role.OPERATOR, "lee": Role.LEAD, "vic": Role.VIEWER, "agent": Role.AGENT}
    opened = {name: Store.at(house.person(name, role)) for name, role in roles.items()}
    catalog = Catalog(
        services={"s": Service("s", "S")},
        components={name: Component(name, name.upper(), "s") for name in ("db", "web")},
    )
    opened["agent"].write(AGENT, load_catalog, catalog, directory="x", digest="1", changes=["all"])
    yield opened
    for store in opened.values():
        store.close()


def test_an_operator_plans_a_lead_plans_long_and_a_viewer_nothing(people: dict[str, Store]) -> None:
    with pytest.raises(NotPermitted):
        people["vic"].write(author("vic"), plan_window, plan(), BOX)
    with pytest.raises(NotPermitted):
        people["ada"].write(author("ada"), plan_window, plan(lasts=timedelta(days=2)), BOX)
    assert people["ada"].write(author("ada"), plan_window, plan(), BOX).state is WindowState.RUNNING
    found = people["vic"].read(status_of, "db")
    assert found.maintenance is not None
    assert people["lee"].write(author("lee"), plan_window, plan(lasts=timedelta(days=2)), BOX).owner == "lee"


def test_the_agent_begins_and_a_person_ends_what_fails_in_it(people: dict[str, Store]) -> None:
    agent, ada = people["agent"], people["ada"]
    token = agent.write(AGENT, take_lease, DUTY, "agent")
    ada.write(author("ada"), plan_window, plan(timedelta(seconds=1.5)), BOX)
    while people["vic"].read(one_window, 1).state is WindowState.COMING:
        agent.write(AGENT, keep_windows, token)
    failed = Status("db", 0, State.CRITICAL, True, utc_now(), "no answer")
    agent.write(AGENT, record_changes, [Change(failed, "s", "DB", 2)])
    ada.write(author("ada"), cancel_window, 1, "not today", BOX)
    now = people["vic"].read(status_of, "db")
    assert (now.state, now.confirmed, now.maintenance) == (State.CRITICAL, False, None)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (Role.VIEWER, "UPDATE maintenance_window SET ends_at = ends_at + 1"), (Role.AGENT, "DELETE FROM maintenance_window"),
        (Role.OPERATOR, "UPDATE maintenance_window SET ends_at = ends_at + 1"), (Role.OPERATOR, "UPDATE component_state SET window_id = NULL"),
    ],
)  # fmt: skip
def test_nothing_of_it_is_changed_without_its_entry(
    house: House, people: dict[str, Store], role: Role, statement: str
) -> None:
    people["lee"].write(author("lee"), plan_window, plan(), BOX)
    with connect(house.person("bob", role)) as raw:
        raw.autocommit = True
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute(statement.encode())


DAY = 86_400_000_000
NEW: dict[str, Any] = {
    "id": 7, "version": 1, "state": "coming", "scope": '{"components": ["db"], "services": [], "zones": []}', "owner": "ada",
    "reason": "x", "zone": "UTC", "every": "", "at": "", "length_s": 0, "last_on": "", "made_by": "ada", "ended_by": "",
    "began_at": None, "ended_at": None,
}  # fmt: skip


def by_hand(
    raw: Connection[Any], kind: str, after: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    """Plans or changes window 7 as somebody does who writes SQL: the row, and an entry that says all of it."""
    names = list(after)
    if before is None:
        query = SQL("INSERT INTO maintenance_window ({}) VALUES ({})").format(
            SQL(", ").join(map(Identifier, names)), SQL(", ").join(map(Literal, after.values()))
        )
    else:
        query = SQL("UPDATE maintenance_window SET {}, version = version + 1 WHERE id = 7").format(
            SQL(", ").join(SQL("{} = {}").format(Identifier(name), Literal(after[name])) for name in names)
        )
    said = {name: [(before or {}).get(name), value] for name, value in after.items()}
    entry = ["", kind, "window", "7", json.dumps([said, "x"]), None, None]
    with raw.transaction():
        raw.execute(query)
        raw.execute("SELECT journal_append(0, 'cli', %s, %s)", (str(uuid4()), json.dumps([entry])))


def planned(**others: Any) -> dict[str, Any]:
    now = to_micros(utc_now())
    return NEW | {"begins_at": now + 60_000_000, "ends_at": now + 60_000_000 + DAY, "made_at": now} | others


def test_sql_by_hand_plans_no_long_window_for_an_operator(house: House, people: dict[str, Store]) -> None:
    begin = planned()["begins_at"]
    long = {"begins_at": begin, "ends_at": begin + DAY + 2_000_000}
    daily = {"every": "daily", "at": "22:00", "length_s": 3600, "last_on": "2030-01-01"}
    with connect(people_url(house, "ada")) as ada:
        ada.autocommit = True
        for others in (long, daily):
            with pytest.raises(errors.InsufficientPrivilege, match="a lead's to plan"):
                by_hand(ada, "window.planned", planned(**others))
            with pytest.raises(errors.InsufficientPrivilege):
                by_hand(ada, "window.planned_long", planned(**others))
        row = planned()
        by_hand(ada, "window.planned", row)
        for change in (
            {"ends_at": row["ends_at"] + 2_000_000},
            {"begins_at": row["begins_at"] - 2_000_000},
            {"scope": NEW["scope"].replace("[]", '["s"]', 1)},
            daily,
        ):
            with pytest.raises(errors.InsufficientPrivilege, match="a lead's to plan"):
                by_hand(ada, "window.changed", change, row)
        soon = {"ends_at": row["ends_at"] - DAY // 2}
        by_hand(ada, "window.changed", soon, row)
        row |= soon
        running = {"state": "running"}
        by_hand(ada, "window.began", running, row)
        row |= running
        on_and_on = {"begins_at": row["begins_at"] + DAY, "ends_at": row["ends_at"] + DAY}
        with pytest.raises(errors.InsufficientPrivilege, match="a lead's to plan"):
            by_hand(ada, "window.changed", on_and_on, row)
        over = {"state": "cancelled"}
        by_hand(ada, "window.cancelled", over, row)
        with pytest.raises(errors.InsufficientPrivilege, match="a lead's to plan"):
            by_hand(ada, "window.changed", running, row | over)


@pytest.mark.parametrize(
    "mark",
    [
        "window_id = 1, window_until = window_until + 3600000000", "window_id = 9", "window_id = 2, window_until = {two}",
        "window_id = 3, window_until = {three}",
    ],
)  # fmt: skip
def test_sql_by_hand_marks_no_component_but_by_a_window_that_holds_it(
    house: House, people: dict[str, Store], mark: str
) -> None:
    """The second window is to come; the third covers something else."""
    ada = people["ada"]
    ada.write(author("ada"), plan_window, plan(), BOX)
    two = ada.write(author("ada"), plan_window, plan(timedelta(hours=1)), BOX)
    three = ada.write(author("ada"), plan_window, replace(plan(), scope=Scope(("web",))), BOX)
    with connect(people_url(house, "ada")) as raw:
        found = raw.execute("SELECT window_id, window_until FROM component_state WHERE id = 'db'").fetchone()
        raw.rollback()
        raw.autocommit = True
        ends = {"two": to_micros(two.ends_at), "three": to_micros(three.ends_at)}
        with pytest.raises(errors.SerializationFailure, match="in no window"):
            marked(raw, found, mark.format(**ends))


def marked(raw: Connection[Any], found: Any, mark: str) -> None:
    """Marks component db as somebody does who writes SQL, with the entry that says so."""
    query = f"UPDATE component_state SET version = version + 1, {mark} WHERE id = 'db' RETURNING window_id, window_until"
    with raw.transaction():
        now = raw.execute(query.encode()).fetchone()
        assert now is not None
        pairs = zip(("window_id", "window_until"), found, now, strict=True)
        told = {name: [before, after] for name, before, after in pairs if before != after}
        entry = ["", "component.maintenance_began", "component", "db", json.dumps([told, ""]), None, None]
        raw.execute("SELECT journal_append(0, 'cli', %s, %s)", (str(uuid4()), json.dumps([entry])))


def test_sql_by_hand_plans_a_long_window_for_a_lead_with_the_entry_that_is_a_leads(
    house: House, people: dict[str, Store]
) -> None:
    row = planned(made_by="lee")
    row["ends_at"] += DAY
    with connect(people_url(house, "lee")) as lee:
        lee.autocommit = True
        with pytest.raises(errors.InsufficientPrivilege, match="a lead's to plan"):
            by_hand(lee, "window.planned", row)
        by_hand(lee, "window.planned_long", row)
        by_hand(lee, "window.changed_long", {"ends_at": row["ends_at"] + DAY}, row)
    assert people["vic"].read(one_window, 7).ends_at == from_micros(row["ends_at"] + DAY)


def people_url(house: House, name: str) -> str:
    return house.database.loopback_url(name, password=f"of-{name}")


def test_a_recurring_window_is_gone_on_with_by_the_agent_and_a_long_one_begun(
    people: dict[str, Store],
) -> None:
    agent, lee, ada = people["agent"], people["lee"], people["ada"]
    token = agent.write(AGENT, take_lease, DUTY, "agent")
    first = utc_now() + timedelta(hours=1)
    again = replace(
        plan(), every="daily", at=f"{first:%H:%M}", last_on=first.date() + timedelta(days=30),
        begins_at=first, ends_at=first + timedelta(hours=20),
    )  # fmt: skip
    lee.write(author("lee"), plan_window, again, BOX)
    lee.write(author("lee"), plan_window, plan(timedelta(seconds=1.5), timedelta(days=3)), BOX)
    before = ada.read(one_window, 1)
    assert ada.write(author("ada"), skip_window, 1, "not today", BOX).begins_at > before.begins_at
    while people["vic"].read(one_window, 2).state is WindowState.COMING:
        agent.write(AGENT, keep_windows, token)
    kinds = [each.kind for each in people["vic"].read(after, START) or () if each.subject.kind == "window"]
    assert kinds == ["window.planned_long", "window.planned_long", "window.skipped", "window.began"]
    shorter = people["vic"].read(one_window, 2).begins_at + timedelta(hours=3)
    longer = people["vic"].read(one_window, 2).ends_at + timedelta(hours=1)
    with pytest.raises(NotPermitted):  # what is a lead's to plan is a lead's to change, as it stands
        ada.write(author("ada"), change_window, 2, longer, "it takes longer", BOX)
    ada.write(author("ada"), change_window, 2, shorter, "it is quicker", BOX)  # which only takes away
    ada.write(author("ada"), change_window, 2, shorter + timedelta(hours=1), "it is not so quick", BOX)
    with pytest.raises(NotPermitted):
        ada.write(author("ada"), change_window, 2, shorter + timedelta(days=2), "it is not", BOX)
