"""On a server people plan windows and the agent keeps them, each in their role, and nothing of it changes without an entry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from core.catalog.commands import load_catalog
from core.catalog.model import Catalog, Component, Service
from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Via
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.monitoring.queries import status_of
from core.operations.windows.commands import Plan, cancel_window, plan_window
from core.operations.windows.holding import DUTY, keep_windows
from core.operations.windows.model import Scope, WindowState
from core.operations.windows.queries import one_window
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    catalog = Catalog(services={"s": Service("s", "S")}, components={"db": Component("db", "DB", "s")})
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
