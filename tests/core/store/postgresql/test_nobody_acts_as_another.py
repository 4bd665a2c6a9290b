"""What people try with psql: the database refuses it, whatever program they use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors

from core.desk.commands import acknowledge_incident, open_incident, raise_for_failure
from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.improvement.checking import close_action
from core.improvement.commands import add_evidence, complete_action, draft_action
from core.journal import queries as journal
from core.journal.model import START, Via
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from tests.core.improvement.actions import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
CLAIMED = Author("the-boss", Via.CONSOLE, "seat-1")
"""Who a patched program would say that it is."""


@pytest.fixture
def bob(house: House) -> str:
    return house.person("bob", Role.OPERATOR)


@pytest.fixture
def store(bob: str) -> Iterator[Store]:
    opened = Store.at(bob)
    opened.write(CLAIMED, open_incident, "", "shop", "till does not answer", 2, BOX)
    yield opened
    opened.close()


@pytest.fixture
def psql(store: Store, bob: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(bob) as connection:
        yield connection


def test_an_entry_says_who_the_session_is_whatever_the_program_claims(store: Store) -> None:
    assert store.identity == "bob"
    assert {entry.actor for entry in store.read(journal.after, START) or []} == {"bob"}


def test_asking_to_be_trusted_makes_nobody_trusted(house: House, bob: str) -> None:
    store = Store.at(f"{bob}&options=-cwatchfloor.trusted%3Don")
    store.write(CLAIMED, open_incident, "", "shop", "till does not answer", 2, BOX)
    entries = store.read(journal.after, START) or []
    store.close()
    assert [entry.actor for entry in entries] == ["bob"]
    assert abs((entries[0].at - entries[0].at.now(entries[0].at.tzinfo)).total_seconds()) < 60


def refused(psql: psycopg.Connection[Any], statement: str) -> str:
    """Returns why the database refuses a statement, or the commit that follows it."""
    with pytest.raises(psycopg.Error) as caught:
        _commit(psql, statement)
    assert isinstance(caught.value, (errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState))
    return str(caught.value)


def _commit(psql: psycopg.Connection[Any], statement: str) -> None:
    psql.execute(statement.encode())
    psql.commit()


def said(kind: str, subject: str = "incident", changes: str = "{}") -> str:
    """Returns the call that a patched program would make: an entry about subject 1, by the boss."""
    entry = json.dumps([["the-boss", kind, subject, "1", f'[{changes},""]', None, None]])
    return f"SELECT watchfloor.journal_append(1, 'console', NULL, '{entry}')"


FORGERIES = {
    "an entry written into the journal": "INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, hash) "
    "VALUES (2, 1, 'ada', 'console', 'incident.noted', 'incident', '1', '[{},\"\"]', 'x')",
    "an entry changed": "UPDATE journal SET actor = 'ada' WHERE seq = 1",
    "an entry removed": "DELETE FROM journal WHERE seq = 1",
    "the journal emptied": "TRUNCATE journal",
    "the head moved": "UPDATE journal_head SET seq = 0",
    "a guard removed": "DROP TRIGGER guard ON incident",
    "a guard silenced": "ALTER TABLE incident DISABLE TRIGGER guard",
    "all triggers silenced": "SET session_replication_role = replica",
    "the rights widened": "INSERT INTO kind_right VALUES ('staff.added', 'viewer')",
    "a right function replaced": "CREATE OR REPLACE FUNCTION watchfloor.has_role(role text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "another's role taken": "SET ROLE postgres",
    "another's session taken": "SET SESSION AUTHORIZATION postgres",
    "a table of one's own in the house": "CREATE TABLE watchfloor.journal2 (x int)",
    "the schema's number changed": "UPDATE schema_info SET version = 0",
    "an entry through COPY": "COPY journal FROM STDIN",
    "an entry of the agent": said("incident.cleared", "incident"),
    "an entry nobody may write": said("incident.made_up"),
    "samples invented": "INSERT INTO sample_open (probe, at, value, state) VALUES (1, 1, 1, 0)",
    "the lease taken": "INSERT INTO lease VALUES ('agent', 'bob', 1, 1, 1, '{}')",
}


@pytest.mark.parametrize("attempt", FORGERIES)
def test_a_forgery_is_refused(psql: psycopg.Connection[Any], attempt: str) -> None:
    assert refused(psql, FORGERIES[attempt])


ROWS = {
    "a row changed": "UPDATE incident SET title = 'nothing to see' WHERE id = 1",
    "a row made": "INSERT INTO incident SELECT 99, version, state, severity, component, service, 'made up', opened_at, "
    "opened_by, owner, NULL, '', NULL, NULL, NULL, '', '', '[]' FROM incident WHERE id = 1",
    "its number changed": "UPDATE incident SET id = 77 WHERE id = 1",
    "a state changed at once": "SET CONSTRAINTS ALL IMMEDIATE; UPDATE incident SET state = 'closed' WHERE id = 1",
    "somebody put into OPERATE": "INSERT INTO operating VALUES ('seat', 'bob', '', 1, 9000000000000000)",
}


@pytest.mark.parametrize("attempt", ROWS)
def test_a_row_does_not_change_without_an_entry_that_says_so(
    psql: psycopg.Connection[Any], attempt: str
) -> None:
    assert re.search(r"no entry of this transaction|keeps its name", refused(psql, ROWS[attempt]))


def test_nobody_writes_another_into_a_row(psql: psycopg.Connection[Any]) -> None:
    psql.execute("UPDATE incident SET acknowledged_by = 'ada', version = version + 1 WHERE id = 1")
    assert "who does this" in refused(
        psql, said("incident.acknowledged", changes='{"acknowledged_by": ["", "ada"]}')
    )


def test_an_entry_that_says_something_else_covers_no_change(psql: psycopg.Connection[Any]) -> None:
    psql.execute("UPDATE incident SET title = 'nothing to see', version = version + 1 WHERE id = 1")
    with pytest.raises(errors.InsufficientPrivilege, match="what is not so: its title"):
        psql.execute(
            said("incident.noted", changes='{"title": ["till does not answer", "something"]}').encode()
        )
    psql.rollback()
    psql.execute("UPDATE incident SET title = 'nothing to see', version = version + 1 WHERE id = 1")
    psql.execute(said("incident.noted").encode())
    with pytest.raises(errors.InsufficientPrivilege, match="in title"):
        psql.commit()


def test_an_entry_of_an_earlier_transaction_covers_no_change(
    store: Store, psql: psycopg.Connection[Any]
) -> None:
    store.write(CLAIMED, acknowledge_incident, 1)
    psql.execute("UPDATE incident SET acknowledged_at = NULL WHERE id = 1")
    psql.execute("UPDATE incident SET acknowledged_by = 'ada' WHERE id = 1")
    with pytest.raises(errors.InsufficientPrivilege):
        psql.commit()


def test_a_viewer_sees_and_changes_nothing(house: House, store: Store) -> None:
    viewer = Store.at(house.person("vera", Role.VIEWER))
    assert len(viewer.read(journal.after, START) or []) == 1
    with pytest.raises(NotPermitted):
        viewer.write(CLAIMED, acknowledge_incident, 1)
    viewer.close()


def test_a_stranger_sees_nothing(house: House, store: Store) -> None:
    with connect(house.stranger("eve")) as eve, pytest.raises(errors.UndefinedTable):
        eve.execute("SELECT * FROM journal")
    with connect(house.stranger("mallory")) as mallory, pytest.raises(errors.InsufficientPrivilege):
        mallory.execute("SELECT * FROM watchfloor.journal")


def test_nobody_acts_above_a_role_whatever_the_entry_is_called(house: House, store: Store, bob: str) -> None:
    action = store.write(CLAIMED, draft_action, {"deviation": "it fell over"})
    with connect(bob) as psql:
        psql.execute("UPDATE corrective_action SET state = 'closed' WHERE id = %s", (action.id,))
        psql.execute(said("action.revised", "action", '{"state": ["open", "closed"]}').encode())
        with pytest.raises(errors.InsufficientPrivilege, match="asks for the role lead"):
            psql.commit()


def test_closing_an_action_is_a_leads(house: House, store: Store) -> None:
    action = store.write(CLAIMED, draft_action, {"deviation": "it fell over", **WRITTEN, "owner": "bob"})
    store.write(CLAIMED, add_evidence, action.id, "the new one")
    store.write(CLAIMED, complete_action, action.id)
    with pytest.raises(NotPermitted, match="lead"):
        store.write(CLAIMED, close_action, action.id, "it works", BOX)
    lead = Store.at(house.person("lena", Role.LEAD))
    assert lead.write(CLAIMED, close_action, action.id, "it works", BOX).closed_by == "lena"
    lead.close()


def test_what_the_agent_does_is_the_agents(house: House, store: Store) -> None:
    agent = Store.at(house.person("watcher", Role.AGENT))
    with pytest.raises(NotPermitted):
        agent.write(CLAIMED, acknowledge_incident, 1)
    agent.write(CLAIMED, raise_for_failure, "till", "shop", "till is down", 1, cause=None)
    agent.close()
