"""Rights on a server come from who brings a database there, never from what its file says of itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from core.errors import NotPermitted, NotPossible, ShutOut
from core.gate.people import StaffState, members, set_suspended
from core.gate.rights import Role
from core.journal import queries as journal
from core.store.moving.backup import backup, restore
from core.store.moving.move import move
from core.store.postgresql.preparing import group_of, prepare
from core.store.store import Store
from tests.core.store.moving.conftest import opened
from tests.core.store.moving.houses import ADA, answers, verified, work_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Database

pytestmark = pytest.mark.embedded

EVE = "brought_eve"
"""Listed as admin in the file, and no role of the server yet."""
BOB = "brought_bob"
"""Listed as operator, and a role of the server already, for something else."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "w.db"
    with opened(place) as store:
        work_in(store, [("open", "till is slow", 1), ("seal", "", 0)])
    with closing(sqlite3.connect(place)) as one, one:
        for login, role in ((EVE, "admin"), (BOB, "operator"), ("ada", "admin")):
            one.execute("INSERT INTO staff VALUES (?, ?, ?, 'active', 1)", (login, login, role))
    return place


@pytest.fixture(params=["move", "restore"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(postgres: Database) -> Database:
    postgres.role(BOB, "x")
    postgres.role("ada", "x")
    return postgres


def bring(
    way: str, source: Path, server: Database, *, with_rights: bool = False
) -> tuple[tuple[str, str], ...]:
    if way == "move":
        return move(source, server.socket_url(), ADA, with_rights=with_rights).people
    backup(source, source.with_name("b.db"))
    return restore(source.with_name("b.db"), server.socket_url(), with_rights=with_rights).people


def comes_in(server: Database, login: str) -> bool:
    store = Store.at(server.loopback_url(login, password="x"))
    store.close()
    return True


def test_who_is_only_listed_is_kept_out_until_an_admin_lets_them_in(
    source: Path, server: Database, way: str
) -> None:
    assert bring(way, source, server) == (("ada", "admin"), (BOB, "operator"), (EVE, "admin"))
    with server.connect() as one:
        assert one.execute("SELECT FROM pg_roles WHERE rolname = %s", (EVE,)).fetchone() is None
        for role in Role:
            group = group_of(server.name, role)
            found = one.execute(
                "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
                "WHERE m.roleid = %s::regrole AND r.rolname = ANY (%s)",
                (f'"{group}"', [BOB, "ada"]),
            ).fetchone()
            assert found == (0,), role
    for login in (BOB, "ada"):
        with pytest.raises(ShutOut, match="has no role in this database"):
            comes_in(server, login)
    with opened(server.socket_url()) as owner:
        assert {one.login: one.state for one in owner.read(members)} == dict.fromkeys(
            ("ada", BOB, EVE), StaffState.SUSPENDED
        )
        told = [e for e in owner.read(journal.page) if e.kind == "staff.changed"]
        assert {(e.actor, e.subject.id, e.changes["state"]) for e in told} == {
            ("postgres", login, ("active", "suspended")) for login in ("ada", BOB, EVE)
        }
        before = verified(owner)
        owner.write(ADA, set_suspended, BOB, suspended=False)
        owner.write(ADA, set_suspended, EVE, suspended=False)
        assert verified(owner) == before + 2
    assert comes_in(server, BOB)
    with server.connect() as one:
        one.execute(f"ALTER ROLE {EVE} PASSWORD 'x'".encode())
    assert comes_in(server, EVE)


def test_by_a_word_of_who_brings_it_they_have_their_roles(source: Path, server: Database, way: str) -> None:
    with opened(source) as store:
        entries = verified(store)
    bring(way, source, server, with_rights=True)
    assert comes_in(server, BOB)
    assert comes_in(server, "ada")
    with opened(server.socket_url()) as owner:
        assert verified(owner) == entries + (way == "move")
        assert {one.state for one in owner.read(members)} == {StaffState.ACTIVE}


@pytest.mark.parametrize("with_rights", [False, True])
def test_nobody_is_brought_with_a_role_that_is_none(
    source: Path, server: Database, way: str, with_rights: bool
) -> None:
    """The owner's group is named as the groups of the roles are: it makes roles, and owns every table."""
    with closing(sqlite3.connect(source)) as one, one:
        one.execute("UPDATE staff SET role = 'owner' WHERE login = ?", (EVE,))
    with pytest.raises(NotPossible, match=f"{EVE} is listed with the role owner, which is none"):
        bring(way, source, server, with_rights=with_rights)
    with server.connect() as there:
        assert there.execute("SELECT count(*) FROM watchfloor.staff").fetchone() == (0,)


def test_all_else_is_as_it_was(source: Path, server: Database) -> None:
    with opened(source) as store:
        asked = answers(store)
    bring("restore", source, server)
    with opened(server.socket_url()) as owner:
        found = answers(owner)
    assert found["entries"][: len(asked["entries"])] == asked["entries"]
    for name in ("incidents", "seals", "runs", "actions"):
        assert found[name] == asked[name]


def test_only_the_owner_may_say_that_word(source: Path, server: Database) -> None:
    prepare(server.socket_url())
    server.role("anna", "x", [group_of(server.name, Role.ADMIN)])
    backup(source, source.with_name("b.db"))
    with pytest.raises(NotPermitted, match="owner alone"):
        restore(source.with_name("b.db"), server.loopback_url("anna", password="x"), with_rights=True)
