"""Corrective actions on a server: an upgrade keeps them, and the server itself keeps who may say what of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from psycopg import errors
from sqlalchemy import create_engine, text

from core.desk.commands import raise_for_failure
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.improvement.checking import close_action, refute_action
from core.improvement.commands import add_evidence, complete_action, draft_action
from core.improvement.model import ActionState
from core.improvement.queries import one_action
from core.improvement.tables import corrective_action
from core.improvement.watching import reopen_recurred
from core.journal.model import Subject, Via
from core.journal.queries import newest
from core.store.lease import take_lease
from core.store.migrations.versions import v0024_whole_corrective_actions
from core.store.postgresql.connecting import connect
from core.store.postgresql.preparing import prepare
from core.store.schema import PROGRAM_SCHEMA
from core.store.store import Store
from core.store.work import Author
from tests.core.improvement.actions import WRITTEN

if TYPE_CHECKING:
    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
CLAIMED, AGENT = Author("somebody", Via.CONSOLE, "seat-1"), Author("agent", Via.AGENT, "agent:host:1:0000")
SINCE = [
    "origin",
    "source",
    "containment",
    "whys",
    "category",
    "needs_approval",
    "approved_at",
    "approved_by",
    "evidence",
    "measure",
    "check_on",
    "checker",
    "done_at",
    "done_by",
    "recurred",
    "figure",
    "overruled",
]


def test_an_upgrade_fills_in_what_the_journal_knows_of_older_actions(house: House) -> None:
    address = house.person("ada", Role.OPERATOR)
    store = Store.at(address)
    fields = {"deviation": "x", **WRITTEN, "measure": ""}
    number = store.write(CLAIMED, draft_action, fields, about=Subject("incident", "7"), component="till").id
    done = store.write(CLAIMED, complete_action, number)
    store.close()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connect(house.database.socket_url()), use_native_hstore=False
    )
    with engine.begin() as as_owner:
        as_owner.exec_driver_sql("SET search_path = watchfloor")
        for name in SINCE:
            as_owner.exec_driver_sql(f"ALTER TABLE corrective_action DROP COLUMN {name}")
        with Operations.context(MigrationContext.configure(as_owner)):
            v0024_whole_corrective_actions.upgrade()
        as_owner.execute(text("UPDATE schema_info SET version = :now"), {"now": PROGRAM_SCHEMA})
    engine.dispose()
    prepare(house.database.socket_url())
    store = Store.at(address)
    found = store.read(one_action, number)
    store.close()
    assert (found.source, found.measure, found.done_by) == (done.source, "component:till", "ada")
    assert found.done_at is not None
    assert len(SINCE) + 16 == len(corrective_action.c)


def test_only_the_agent_says_that_something_came_back_of_what_was_closed(house: House) -> None:
    bob, lena, agent = (
        Store.at(house.person(name, role))
        for name, role in (("bob", Role.OPERATOR), ("lena", Role.LEAD), ("watcher", Role.AGENT))
    )
    number = bob.write(CLAIMED, draft_action, {"deviation": "x", **WRITTEN, "owner": "bob"}).id
    bob.write(CLAIMED, add_evidence, number, "the new one")
    bob.write(CLAIMED, complete_action, number)
    bob.write(CLAIMED, refute_action, number, "it fell again", BOX)
    bob.write(CLAIMED, complete_action, number)
    lena.write(CLAIMED, close_action, number, "it works", BOX)
    with connect(house.person("carl", Role.OPERATOR)) as psql:
        psql.execute("UPDATE watchfloor.corrective_action SET state = 'not effective'")
        with pytest.raises(errors.InsufficientPrivilege):
            psql.commit()
    start = agent.read(newest).seq
    agent.write(AGENT, raise_for_failure, "till", "shop", "till is down", 1, cause=None)
    token = agent.write(AGENT, take_lease, "endings", AGENT.seat)
    assert agent.write(AGENT, reopen_recurred, token, start, agent.read(newest).seq) == [number]
    assert agent.read(one_action, number).state is ActionState.NOT_EFFECTIVE
    for store in (bob, lena, agent):
        store.close()
