"""A plain entry is looked at once, in short, and lets through no more than the long look does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from core.desk.commands import acknowledge_incident, open_incident, set_severity
from core.desk.queries import one_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.work import Author
from tests.core.store.postgresql.test_what_an_entry_says_is_so import NOTE, call

if TYPE_CHECKING:
    import psycopg

    from core.store.store import Store
    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

BOB = Author("bob", Via.CONSOLE, "seat-bob")
HEAD = "SELECT plainly_of, plainly FROM watchfloor.journal_head"
CHANGE = "UPDATE incident SET {}, version = version + 1 WHERE id = 1"


def say(psql: psycopg.Connection[Any], changes: str) -> None:
    psql.execute(call(*NOTE[:3], f'[{changes},""]').encode())


def head(house: House) -> tuple[Any, ...] | None:
    with house.database.connect() as one:
        return one.execute(HEAD).fetchone()


def test_a_change_and_a_state_with_its_name_are_plain(house: House, desk: Store) -> None:
    desk.write(BOB, set_severity, 1, 4)
    assert head(house) == ("incident:1", [{"severity": 2}, {"severity": 4}])
    desk.write(BOB, acknowledge_incident, 1)
    about, plainly = head(house) or ("", None)
    assert about == "incident:1"
    assert plainly is not None
    assert plainly[1].items() >= {"state": "acknowledged", "acknowledged_by": "bob"}.items()


def test_two_entries_are_not(house: House, desk: Store) -> None:
    def both(work: Work) -> None:
        set_severity(work, 1, 3)
        set_severity(work, 1, 4)

    desk.write(BOB, both)
    assert (head(house) or ("", ""))[1] is None
    assert desk.read(one_incident, 1).severity == 4


def test_a_fraction_that_is_none_is_so_all_the_same(
    house: House, desk: Store, psql: psycopg.Connection[Any]
) -> None:
    psql.execute(CHANGE.format("severity = 4").encode())
    say(psql, '{"severity":[2.0,4.0]}')
    psql.commit()
    assert (head(house) or ("", ""))[1] is None
    assert desk.read(one_incident, 1).severity == 4


@pytest.mark.parametrize(
    "claim",
    ['{"severity":[2,"4"]}', '{"severity":["2",4]}', '{"severity":[2,true]}', '{"severity":[3,4]}', "{}"],
)
def test_what_json_writes_otherwise_is_not_so(psql: psycopg.Connection[Any], claim: str) -> None:
    psql.execute(CHANGE.format("severity = 4").encode())
    said = call(*NOTE[:3], f'[{claim},""]')
    with pytest.raises(errors.InsufficientPrivilege):
        psql.execute(f"{said};COMMIT".encode())


@pytest.mark.parametrize("others", ["title = 'all is well'", "acknowledged_by = 'bob'", "state = 'closed'"])
def test_what_changes_beside_it_is_seen(psql: psycopg.Connection[Any], others: str) -> None:
    psql.execute(CHANGE.format(f"severity = 4, {others}").encode())
    say(psql, '{"severity":[2,4]}')
    with pytest.raises(errors.InsufficientPrivilege):
        psql.commit()


def test_a_column_that_somebody_adds_is_seen(house: House, psql: psycopg.Connection[Any]) -> None:
    with house.database.connect() as owner:
        owner.execute("ALTER TABLE watchfloor.incident ADD COLUMN extra text")
    psql.execute(CHANGE.format("severity = 4, extra = 'x'").encode())
    say(psql, '{"severity":[2,4]}')
    with pytest.raises(errors.InsufficientPrivilege, match="in extra"):
        psql.commit()


def test_nobody_names_another_plainly(psql: psycopg.Connection[Any]) -> None:
    psql.execute(CHANGE.format("acknowledged_by = 'bob'").encode())
    say(psql, '{"acknowledged_by":["","bob"]}')
    with pytest.raises(errors.InsufficientPrivilege, match="who does this"):
        psql.commit()


def test_what_is_done_again_after_its_entry_is_seen(psql: psycopg.Connection[Any]) -> None:
    psql.execute(CHANGE.format("severity = 4").encode())
    say(psql, '{"severity":[2,4]}')
    for severity in (2, 4):
        psql.execute(CHANGE.format(f"severity = {severity}").encode())
    with pytest.raises(errors.InsufficientPrivilege):
        psql.commit()


def test_an_entry_of_an_earlier_transaction_says_nothing_of_this_one(psql: psycopg.Connection[Any]) -> None:
    psql.execute(CHANGE.format("severity = 4").encode())
    say(psql, '{"severity":[2,4]}')
    psql.commit()
    psql.execute(CHANGE.format("severity = 4").encode())
    with pytest.raises(errors.InsufficientPrivilege):
        psql.commit()


def test_an_entry_about_one_row_says_nothing_of_another(desk: Store, psql: psycopg.Connection[Any]) -> None:
    desk.write(BOB, open_incident, "", "shop", "printer is out", 2, Consent(Level.BOX))
    psql.execute(b"UPDATE incident SET severity = 4, version = version + 1")
    say(psql, '{"severity":[2,4]}')
    with pytest.raises(errors.InsufficientPrivilege, match="incident 2"):
        psql.commit()
