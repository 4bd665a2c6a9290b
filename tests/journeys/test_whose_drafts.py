"""What is typed belongs to who typed it, in that database: several operators come through one account of the system."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Database, Server
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey
TYPED = "the pump was restarted by hand"


class Desks:
    """Databases of one server with an incident each, all operated through one account."""

    def __init__(self, house: House, server: Server) -> None:
        self.house, self.server = house, server
        self.databases = ExitStack()

    def database(self) -> Database:
        made = self.databases.enter_context(self.server.fresh_database())
        self.house.run("admin", "create", "--db", made.socket_url())
        for login in ("ada", "bob"):
            with made.connect() as one:
                known = one.execute("select 1 from pg_roles where rolname = %s", (login,)).fetchone()
            if not known:
                made.role(login, None, ["peer_users"])
            self.house.run(
                "staff", "add", login, "--role", "operator", "--no-password", "--db", made.socket_url()
            )
        store = Store.at(made.socket_url("ada"))
        store.write(Author("", Via.CLI), open_incident, "", "shop", "the till is slow", 3, Consent(Level.BOX))
        store.close()
        return made

    def note(self, database: Database, login: str, **words: str) -> Terminal:
        """Opens a console, and the box in which a note on I-1 is written."""
        desk = self.house.console("--db", database.socket_url(login, **words), "--view", "incidents")
        desk.wait_for("I-1", "the till is slow", timeout_s=60)
        desk.wait_quiet()
        desk.press("l")
        desk.wait_for("what you saw or did")
        return desk


@pytest.fixture
def desks(house: House, postgres_server: Server) -> Iterator[Desks]:
    made = Desks(house, postgres_server)
    yield made
    for terminal in house.open:
        terminal.close()
    made.databases.close()


def test_a_draft_is_offered_to_who_typed_it_in_that_database_alone(desks: Desks) -> None:
    one, two = desks.database(), desks.database()
    ada = desks.note(one, "ada")
    ada.wait_quiet()
    ada.type_text(TYPED)
    ada.wait_for(TYPED)
    ada.close()
    for database, login in ((one, "bob"), (two, "ada")):
        other = desks.note(database, login)
        assert TYPED not in other.wait_quiet()
        assert "a draft was kept" not in other.text
        other.close()
    again = desks.note(one, "ada", application_name="by-another-way")
    again.wait_for("a draft was kept", TYPED)
