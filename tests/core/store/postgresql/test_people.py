"""People come and go by the word of an admin; what each may do follows at once, enforced by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from core.desk.commands import note_incident, open_incident
from core.errors import NotFound, NotPermitted, NotPossible, ShutOut, StoreRefused, StoreUnavailable
from core.gate import people
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal import queries as journal
from core.journal.model import START, Via
from core.store.postgresql.connecting import connect
from core.store.postgresql.passwords import verifier_of
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.store.postgresql.conftest import House

ME = Author("whoever", Via.CLI, "cli")
BOX = Consent(Level.BOX)


@pytest.fixture
def admin(house: House) -> Iterator[Store]:
    opened = Store.at(house.person("anna", Role.ADMIN))
    yield opened
    opened.close()


def add(admin: Store, house: House, login: str, role: Role, password: str = "s3cret") -> str:
    admin.write(
        ME, people.add_member, login, login.title(), role, verifier=admin.read(verifier_of, login, password)
    )
    return house.database.loopback_url(login, password=password)


def test_who_is_added_comes_in_with_the_password_and_does_what_the_role_allows(
    admin: Store, house: House
) -> None:
    bob = Store.at(add(admin, house, "bob", Role.OPERATOR))
    bob.write(ME, open_incident, "", "shop", "till is slow", 3, BOX)
    assert [entry.actor for entry in bob.read(journal.after, START) or []] == ["anna", "bob"]
    assert [(one.login, one.role) for one in bob.read(people.members)] == [("bob", Role.OPERATOR)]
    bob.close()


def test_a_name_is_told_as_it_is_kept(admin: Store) -> None:
    admin.write(ME, people.add_member, "sue", "  Sue\x1b[31m  ", Role.VIEWER)
    (kept,) = [one.name for one in admin.read(people.members) if one.login == "sue"]
    assert kept == "Sue"
    assert (admin.read(journal.after, START) or [])[-1].changes["name"] == (None, kept)


def test_a_role_that_is_taken_away_is_gone_at_once_also_from_a_session_that_is_open(
    admin: Store, house: House
) -> None:
    bob = Store.at(add(admin, house, "bob", Role.OPERATOR))
    bob.write(ME, open_incident, "", "shop", "till is slow", 3, BOX)
    admin.write(ME, people.change_role, "bob", Role.VIEWER)
    with pytest.raises(NotPermitted, match="bob is viewer here, and that role does not allow it"):
        bob.write(ME, note_incident, 1, "one more thing")
    admin.write(ME, people.change_role, "bob", Role.LEAD)
    bob.write(ME, note_incident, 1, "one more thing")
    bob.close()


def test_who_is_suspended_sees_nothing_until_they_are_let_in_again(admin: Store, house: House) -> None:
    url = add(admin, house, "bob", Role.OPERATOR)
    bob = Store.at(url)
    admin.write(ME, people.set_suspended, "bob", suspended=True, reason="left the badge on the bus")
    with pytest.raises(ShutOut, match="bob has no role in this database: suspended"):
        bob.read(journal.newest)
    bob.close()
    with pytest.raises(ShutOut, match="bob has no role in this database: suspended"):
        Store.at(url)
    with pytest.raises(NotPossible, match="suspended already"):
        admin.write(ME, people.set_suspended, "bob", suspended=True)
    admin.write(ME, people.set_suspended, "bob", suspended=False)
    Store.at(url).close()


def test_who_is_removed_is_out_and_stays_in_the_journal(admin: Store, house: House) -> None:
    url = add(admin, house, "bob", Role.OPERATOR)
    bob = Store.at(url)
    bob.write(ME, open_incident, "", "shop", "till is slow", 3, BOX)
    bob.close()
    admin.write(ME, people.remove_member, "bob", reason="moved to another house")
    with pytest.raises(ShutOut, match="has no role in this database"):
        Store.at(url)
    assert "bob" in {entry.actor for entry in admin.read(journal.after, START) or []}
    with pytest.raises(NotFound):
        admin.write(ME, people.remove_member, "bob")


def test_nobody_but_an_admin_keeps_staff_and_no_admin_themselves(admin: Store, house: House) -> None:
    lead = Store.at(house.person("lena", Role.LEAD))
    with pytest.raises(NotPermitted, match="admin"):
        lead.write(ME, people.add_member, "eve", "Eve", Role.ADMIN)
    lead.close()
    add(admin, house, "nora", Role.ADMIN)
    nora = Store.at(house.database.loopback_url("nora", password="s3cret"))
    nora.write(ME, people.change_role, "nora", Role.ADMIN)
    with pytest.raises(NotPossible, match="themselves"):
        nora.write(ME, people.remove_member, "nora")
    with pytest.raises(NotPossible, match="themselves"):
        nora.write(ME, people.set_suspended, "nora", suspended=True)
    nora.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT staff_add('eve', 'Eve', 'admin', NULL)",
        "SELECT staff_role('bob', 'admin')",
        "SELECT staff_suspend('anna', true)",
        "SELECT staff_password('anna', 'SCRAM-SHA-256$4096:x')",
        "UPDATE staff SET role = 'admin' WHERE login = 'bob'",
        "INSERT INTO staff VALUES ('eve', 'Eve', 'admin', 'active', 1)",
        "GRANT test_admin TO bob",
    ],
)
def test_an_operator_makes_nobody_an_admin_with_psql(admin: Store, house: House, statement: str) -> None:
    with connect(add(admin, house, "bob", Role.OPERATOR)) as psql:
        said = statement.replace("test_admin", f"{house.database.name}_admin")
        with pytest.raises(errors.InsufficientPrivilege):
            psql.execute(said.encode())


def test_even_an_admin_leaves_an_entry(admin: Store, house: House) -> None:
    with connect(house.person("anton", Role.ADMIN)) as psql:
        psql.execute("SELECT staff_add('eve', 'Eve', 'viewer', NULL)")
        with pytest.raises(errors.InsufficientPrivilege, match="no entry of this transaction"):
            psql.commit()
    with house.database.connect() as one:
        assert one.execute("SELECT 1 FROM pg_roles WHERE rolname = 'eve'").fetchone() is None


def test_a_password_is_changed_by_its_owner_and_never_sent_as_it_is(admin: Store, house: House) -> None:
    bob = Store.at(add(admin, house, "bob", Role.VIEWER))
    bob.write(ME, people.set_password, "bob", bob.read(verifier_of, "bob", "n3w-pässword"))
    add(admin, house, "carl", Role.VIEWER)
    with pytest.raises(NotPermitted, match="admin"):
        bob.write(ME, people.set_password, "carl", "SCRAM-SHA-256$x")
    with pytest.raises(NotPermitted, match="verifier"):
        bob.write(ME, people.set_password, "bob", "plain")
    bob.close()
    with pytest.raises(StoreRefused, match="does not let you in"):
        Store.at(house.database.loopback_url("bob", password="s3cret"))
    Store.at(house.database.loopback_url("bob", password="n3w-pässword")).close()
    assert "n3w" not in house.database.server.log()


MORE = {
    "is in another group": ("GRANT pg_monitor TO bob", "REVOKE pg_monitor FROM bob"),
    "may make databases": ("ALTER ROLE bob CREATEDB", "ALTER ROLE bob NOCREATEDB"),
    "may do something in another database": (
        "GRANT CREATE ON DATABASE postgres TO bob",
        "REVOKE CREATE ON DATABASE postgres FROM bob",
    ),
}


@pytest.mark.parametrize("more", MORE)
def test_an_admin_comes_by_nobodys_password_who_is_more_than_a_person_of_this_house(
    admin: Store, house: House, more: str
) -> None:
    """With it they would be that person in the other place, too; up to version 15 the server refuses no such thing."""
    bob = add(admin, house, "bob", Role.VIEWER)
    grant, revoke = MORE[more]
    with house.database.connect() as one:
        one.execute(f"GRANT CONNECT ON DATABASE {house.database.name} TO bob".encode())
        one.execute(grant.encode())
    try:
        with pytest.raises(NotPermitted, match="bob may do more on this server than in this house"):
            admin.write(ME, people.set_password, "bob", admin.read(verifier_of, "bob", "taken"))
        own = Store.at(bob)
        own.write(ME, people.set_password, "bob", own.read(verifier_of, "bob", "n3w"))
        own.close()
    finally:
        with house.database.connect() as one:
            one.execute(revoke.encode())
    admin.write(ME, people.set_password, "bob", admin.read(verifier_of, "bob", "s3cond"))
    Store.at(house.database.loopback_url("bob", password="s3cond")).close()


def test_somebody_with_a_role_of_the_server_already_is_let_in_without_a_password(
    admin: Store, house: House
) -> None:
    url = house.stranger("sam")
    with pytest.raises(StoreUnavailable, match="a role of this server already"):
        admin.write(
            ME, people.add_member, "sam", "Sam", Role.VIEWER, verifier=admin.read(verifier_of, "sam", "x")
        )
    admin.write(ME, people.add_member, "sam", "Sam", Role.VIEWER)
    Store.at(url).close()


def test_an_agent_may_only_what_agents_may(admin: Store, house: House) -> None:
    agent = Store.at(add(admin, house, "watcher", Role.AGENT))
    with pytest.raises(NotPermitted):
        agent.write(ME, open_incident, "", "shop", "till is slow", 3, BOX)
    agent.close()


def test_without_the_right_to_make_roles_nothing_is_prepared(house: House) -> None:
    from core.store.postgresql.preparing import prepare

    house.stranger("kim")
    with house.database.server.fresh_database() as other, pytest.raises(NotPermitted, match="asks for more"):
        prepare(other.loopback_url("kim", password="of-kim"))
