from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Via
from core.store.postgresql.connecting import connect
from core.store.postgresql.preparing import group_of, prepare
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from tests.postgres import Database


class House:
    """A prepared database with people in it, each a role of its own that comes with a password."""

    def __init__(self, database: Database) -> None:
        self.database = database
        prepare(database.socket_url())

    def person(self, name: str, role: Role) -> str:
        """Makes a person with that role; returns the address at which only they come in."""
        self.database.role(name, f"of-{name}", [group_of(self.database.name, role)])
        return self.database.loopback_url(name, password=f"of-{name}")

    def stranger(self, name: str) -> str:
        """Makes somebody with no role here."""
        self.database.role(name, f"of-{name}")
        return self.database.loopback_url(name, password=f"of-{name}")


@pytest.fixture
def house(postgres: Database) -> House:
    return House(postgres)


@pytest.fixture
def desk(house: House) -> Iterator[Store]:
    """The store of bob, an operator, who has opened I-1."""
    opened = Store.at(house.person("bob", Role.OPERATOR))
    bob = Author("bob", Via.CONSOLE, "seat-bob")
    opened.write(bob, open_incident, "", "shop", "till does not answer", 2, Consent(Level.BOX))
    yield opened
    opened.close()


@pytest.fixture
def psql(house: House, desk: Store) -> Iterator[psycopg.Connection[Any]]:
    """A connection of ada, an operator, past the program."""
    with connect(house.person("ada", Role.OPERATOR)) as connection:
        yield connection
