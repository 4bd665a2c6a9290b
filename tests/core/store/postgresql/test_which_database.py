"""A database says which one it is: the same to everybody who opens it, by whichever way; another one says another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import StoreRefused
from core.gate.rights import Role
from core.store.postgresql.preparing import prepare
from core.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.store.postgresql.conftest import House
    from tests.postgres import Server


def origin_of(place: str | Path) -> str:
    store = Store.at(place)
    try:
        return store.origin()
    finally:
        store.close()


def test_it_is_one_database_by_whichever_way_and_whoever_comes(house: House, postgres_server: Server) -> None:
    by_role = {
        origin_of(house.person(name, role)) for name, role in (("vera", Role.VIEWER), ("otto", Role.LEAD))
    }
    assert by_role == {origin_of(house.database.socket_url())}
    with postgres_server.fresh_database() as other:
        prepare(other.socket_url())
        assert origin_of(other.socket_url()) not in by_role


def test_a_server_that_keeps_its_number_to_itself_is_told_by_its_place(house: House) -> None:
    url = house.person("vera", Role.VIEWER)
    before = origin_of(url)
    with house.database.connect() as one:
        one.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    assert origin_of(url) == origin_of(url) != before


def test_a_file_is_one_database_whichever_link_leads_there(tmp_path: Path) -> None:
    Store.at(tmp_path / "one.db").close()
    (tmp_path / "link.db").symlink_to(tmp_path / "one.db")
    assert origin_of(tmp_path / "link.db") == origin_of(tmp_path / "one.db") != origin_of(tmp_path / "two.db")


def test_a_copy_of_a_house_is_not_taken_for_one(house: House, postgres_server: Server) -> None:
    with postgres_server.fresh_database(house.database.name) as copy:
        with pytest.raises(StoreRefused, match=f"belongs to {house.database.name}_owner") as refused:
            prepare(copy.socket_url())
        assert "Nothing was changed" in (refused.value.next_step or "")
        with copy.connect() as one:
            made = one.execute("SELECT FROM pg_roles WHERE rolname = %s", (f"{copy.name}_owner",)).fetchone()
        assert made is None


def test_a_house_whose_database_is_renamed_goes_on_once_its_groups_are(postgres_server: Server) -> None:
    with postgres_server.fresh_database() as database:
        prepare(database.socket_url())
        was, database.name = database.name, f"{database.name}_anew"
        with postgres_server.connect() as one:
            one.execute(f'ALTER DATABASE "{was}" RENAME TO "{database.name}"'.encode())
        with pytest.raises(StoreRefused, match="was renamed"):
            prepare(database.socket_url())
        with postgres_server.connect() as one:
            for role in ("owner", *Role):
                one.execute(f'ALTER ROLE "{was}_{role}" RENAME TO "{database.name}_{role}"'.encode())
        prepare(database.socket_url())
        assert origin_of(database.socket_url())
