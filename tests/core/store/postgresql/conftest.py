from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.store.postgresql.preparing import group_of, prepare

if TYPE_CHECKING:
    from core.gate.rights import Role
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
