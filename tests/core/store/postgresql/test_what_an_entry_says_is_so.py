"""What people write into the journal with psql: only what an entry is, and only what is so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors

from core.desk.commands import acknowledge_incident, open_incident, set_severity
from core.desk.queries import one_incident
from core.errors import StoreBusy
from core.gate.commands import unlock_operate
from core.gate.model import Consent, Level
from core.gate.queries import operating_at
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.model import START, Via
from core.store.postgresql.connecting import connect
from core.store.postgresql.preparing import GUARDS
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
BOB = Author("bob", Via.CONSOLE, "seat-bob")
NOTE = ("incident.noted", "incident", "1", '[{},"seen"]')


def call(*entry: Any, via: str = "console", cause: int | None = None, key: str | None = None) -> str:
    """Returns the call that somebody types: one entry (kind, subject, id, body)."""
    entries = json.dumps([["x", *entry, cause, None]]).replace("'", "''")
    said = "NULL" if key is None else f"'{key}'"
    return f"SELECT watchfloor.journal_append(1, E'{via}', {said}, '{entries}')"


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


NO_ENTRIES = {
    "changes that are no pairs": call(*NOTE[:3], "{}"),
    "a body that is no JSON": call(*NOTE[:3], "not json"),
    "a body of a number": call(*NOTE[:3], "1"),
    "a field with one value": call(*NOTE[:3], '[{"note":[1]},""]'),
    "a field that is no pair": call(*NOTE[:3], '[{"note":"ab"},""]'),
    "changes in a list": call(*NOTE[:3], '[[],""]'),
    "a note that is no text": call(*NOTE[:3], "[{},5]"),
    "a body of three": call(*NOTE[:3], '[{},"",""]'),
    "no body": call(*NOTE[:3], None),
    "a way that is none": call(*NOTE, via="hello\\n\\x1b[31m"),
    "another subject": call("incident.noted", "component", "1", NOTE[3]),
    "an incident without a number": call("incident.noted", "incident", "one", NOTE[3]),
    "an incident that is none": call("incident.noted", "incident", "99999", NOTE[3]),
    "a component's name that moves the cursor": call(
        "component.check_asked", "component", "a\u001b[2J", NOTE[3]
    ),
    "a cause to come": call(*NOTE, cause=99999999),
    "itself as its cause": call(*NOTE, cause=3),
    "no cause at all": call(*NOTE, cause=0),
    "a cause below": call(*NOTE, cause=-4),
    "an empty key": call(*NOTE, key=""),
    "no list": "SELECT watchfloor.journal_append(1, 'cli', NULL, '[1]')",
    "an entry of nothing": "SELECT watchfloor.journal_append(1, 'cli', NULL, '[null]')",
}


@pytest.mark.parametrize("attempt", NO_ENTRIES)
def test_what_is_no_entry_does_not_come_in(store: Store, ada: psycopg.Connection[Any], attempt: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.DataError)):
        ada.execute(NO_ENTRIES[attempt].encode())
    ada.rollback()
    ada.execute(call(*NOTE).encode())
    ada.commit()
    entries = store.read(journal.after, START) or []
    assert [entry.kind for entry in entries] == ["incident.opened", "incident.acknowledged", "incident.noted"]


def test_only_an_agent_writes_as_the_agent(house: House, store: Store, ada: psycopg.Connection[Any]) -> None:
    for way in ("agent", "import"):
        with pytest.raises(errors.InsufficientPrivilege, match=f"ada does not write as {way}"):
            ada.execute(call(*NOTE, via=way).encode())
        ada.rollback()
    with connect(house.person("watcher", Role.AGENT)) as watcher:
        watcher.execute(call("incident.affected", *NOTE[1:], via="console").encode())
        watcher.commit()
    assert (store.read(journal.after, START) or [])[-1].via is Via.AGENT


def test_nobody_makes_up_that_a_row_had_named_another(ada: psycopg.Connection[Any]) -> None:
    claim = '[{"closed_by":["bob",""]},""]'
    with pytest.raises(errors.InsufficientPrivilege, match="what is not so: its closed_by"):
        ada.execute(call(*NOTE[:3], claim).encode())
    ada.rollback()
    ada.execute("UPDATE incident SET severity = 4, version = version + 1 WHERE id = 1")
    ada.execute(call(*NOTE[:3], '[{"severity":[2,4],"closed_by":["bob",""]},""]').encode())
    with pytest.raises(errors.InsufficientPrivilege, match="what was not so: its closed_by"):
        ada.commit()
    ada.execute("UPDATE incident SET closed_by = 'bob', version = version + 1 WHERE id = 1")
    ada.execute(call(*NOTE[:3], '[{"closed_by":["","bob"]},""]').encode())
    with pytest.raises(errors.InsufficientPrivilege, match="who does this"):
        ada.commit()


def test_what_is_taken_back_names_again_whom_it_had_named(store: Store, ada: psycopg.Connection[Any]) -> None:
    for before, after in (("bob", ""), ("", "bob")):
        ada.execute(
            f"UPDATE incident SET acknowledged_by = '{after}', version = version + 1 WHERE id = 1".encode()
        )
        ada.execute(call(*NOTE[:3], f'[{{"acknowledged_by":["{before}","{after}"]}},""]').encode())
        ada.commit()
    assert store.read(one_incident, 1).acknowledged_by == "bob"


@pytest.mark.parametrize(
    ("kind", "subject", "about", "claim"),
    [
        ("incident.noted", "incident", "1", '{"state":["acknowledged","closed"]}'),
        ("incident.noted", "incident", "1", '{"severity":[1,2]}'),
        ("component.check_asked", "component", "press", '{"state":["ok","critical"]}'),
        ("incident.noted", "incident", "1", '{"severity":[2,null]}'),
    ],
)
def test_an_entry_says_of_no_row_what_is_not_so(
    ada: psycopg.Connection[Any], kind: str, subject: str, about: str, claim: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="what is not so"):
        ada.execute(call(kind, subject, about, f'[{claim},""]').encode())


def test_a_row_that_changes_again_after_its_entry_needs_another(ada: psycopg.Connection[Any]) -> None:
    ada.execute("UPDATE incident SET severity = 4, version = version + 1 WHERE id = 1")
    ada.execute(call(*NOTE[:3], '[{"severity":[2,4]},""]').encode())
    ada.execute("UPDATE incident SET severity = 2, version = version + 1 WHERE id = 1")
    with pytest.raises(errors.InsufficientPrivilege, match="in severity"):
        ada.commit()


COUNTS = {
    "a version alone": ("version = version + 1", None),
    "a version alone, with a note": ("version = version + 2", "{}"),
    "a version that stays": ("severity = 4", '{"severity":[2,4]}'),
    "a version that leaps": ("severity = 4, version = version + 2", '{"severity":[2,4]}'),
    "a version that goes back": ("severity = 4, version = version - 1", '{"severity":[2,4]}'),
}


@pytest.mark.parametrize("attempt", COUNTS)
def test_a_version_counts_each_change_and_nothing_else(ada: psycopg.Connection[Any], attempt: str) -> None:
    setting, claim = COUNTS[attempt]
    ada.execute(f"UPDATE incident SET {setting} WHERE id = 1".encode())
    if claim is not None:
        ada.execute(call(*NOTE[:3], f'[{claim},""]').encode())
    with pytest.raises((errors.InsufficientPrivilege, errors.SerializationFailure)):
        ada.commit()


def test_nobody_puts_anothers_seat_into_operate(
    house: House, store: Store, ada: psycopg.Connection[Any]
) -> None:
    row = "INSERT INTO operating VALUES ('seat-bob', '{}', '', 1, 9000000000000000)"
    body = '[{"seat":[null,"seat-bob"],"until":[null,9000000000000000]},""]'
    with pytest.raises(errors.InsufficientPrivilege, match="of nobody else, not of bob"):
        ada.execute(call("operate.unlocked", "staff", "bob", body).encode())
    ada.rollback()
    ada.execute(row.format("bob").encode())
    ada.execute(call("operate.unlocked", "staff", "ada", body).encode())
    with pytest.raises(errors.InsufficientPrivilege):
        ada.commit()
    ada.execute(row.format("ada").encode())
    ada.execute(call("operate.unlocked", "staff", "ada", '[{},""]').encode())
    with pytest.raises(errors.InsufficientPrivilege, match=r"in (seat|until)"):
        ada.commit()


def test_nobody_ends_anothers_operate(store: Store, ada: psycopg.Connection[Any]) -> None:
    store.write(BOB, unlock_operate, "to restart it")
    ada.execute("DELETE FROM operating")
    ada.execute(call("operate.locked", "staff", "ada", '[{"seat":["seat-bob",null]},""]').encode())
    with pytest.raises(errors.InsufficientPrivilege, match="is of bob, not of ada"):
        ada.commit()
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
        ada.execute("UPDATE operating SET until = 1")
    found = store.read(operating_at, "seat-bob")
    assert found is not None
    assert found.actor == "bob"


def test_nobody_gives_an_order_in_anothers_name(
    house: House, store: Store, ada: psycopg.Connection[Any]
) -> None:
    ada.execute("INSERT INTO run_order (run, kind, n, by, note, at) VALUES (1, 'cancel', 0, 'bob', '', 1)")
    with pytest.raises(errors.InsufficientPrivilege, match="by is not ada, who does this"):
        ada.commit()


def test_a_list_of_no_entries_locks_nothing(house: House, store: Store) -> None:
    with connect(house.person("vera", Role.VIEWER)) as vera:
        assert vera.execute("SELECT watchfloor.journal_append(1, 'cli', NULL, '[]')").fetchone() == (None,)
        assert store.write(BOB, set_severity, 1, 4).severity == 4  # while she is in her transaction


def test_who_holds_the_journal_is_named(store: Store, ada: psycopg.Connection[Any]) -> None:
    ada.execute(call(*NOTE).encode())  # and leaves it at that
    with pytest.raises(StoreBusy) as caught:
        store.write(BOB, set_severity, 1, 4)
    assert f"ada (session {ada.info.backend_pid})" in caught.value.what
    ada.rollback()
    assert store.write(BOB, set_severity, 1, 4).severity == 4


def test_a_transaction_that_nobody_goes_on_with_is_ended_for_every_login(house: House, store: Store) -> None:
    address = house.person("vera", Role.VIEWER)
    with psycopg.connect(address) as plain:  # with nothing of what our own sessions ask for
        assert plain.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)


def test_what_one_command_changes_twice_is_said_twice(store: Store) -> None:
    def twice(work: Work) -> None:
        set_severity(work, 1, 3)
        set_severity(work, 1, 4)

    store.write(BOB, twice)
    assert store.read(one_incident, 1).severity == 4
    said = [entry.changes["severity"] for entry in reversed(store.read(journal.page, limit=2))]
    assert [tuple(pair) for pair in said] == [(2, 3), (3, 4)]


def test_each_kind_of_subject_with_a_row_of_its_own_is_looked_at(house: House) -> None:
    """What is added to the table of guards is looked at without another line anywhere."""
    told = {guard.subject for guard in GUARDS.values() if guard.how == "told"}
    with house.database.connect() as one:
        found = one.execute(
            "SELECT prosrc FROM pg_proc WHERE oid = 'watchfloor.is_so(text, text, text, jsonb)'::regprocedure"
        ).fetchone()
    assert found is not None
    assert {subject for subject in told if f"subject = '{subject}' THEN" in found[0]} == told
