"""Who has no role, or not the one that is needed, is told so in one true line, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Database
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey


class Staffed:
    """A prepared database with people who come through the server's socket."""

    def __init__(self, house: House, database: Database) -> None:
        self.house, self.database = house, database
        self.root = database.socket_url()
        house.run("admin", "create", "--db", self.root)

    def add(self, login: str, role: str = "") -> str:
        """Makes a login of the server, with a role here where one is named; returns its address."""
        self.database.role(login, None, ["peer_users"])
        if role:
            self.staff("add", login, "--role", role, "--no-password")
        return self.database.socket_url(login)

    def staff(self, *words: str) -> None:
        self.house.run("staff", *words, "--db", self.root)

    def refused(self, *words: str, code: int) -> str:
        """Runs a command that is refused in one line, and returns that."""
        told = self.house.run(*words, code=code).stderr
        assert told.count("\n") == 1, told
        return told

    def console(self, address: str) -> Terminal:
        desk = self.house.console("--db", address, "--view", "incidents")
        desk.wait_for("STALE no agent", "? help", timeout_s=60)
        desk.wait_quiet()
        return desk


@pytest.fixture
def staffed(house: House, postgres: Database) -> Iterator[Staffed]:
    made = Staffed(house, postgres)
    yield made
    for terminal in house.open:
        terminal.close()


def test_an_open_console_says_that_its_person_was_suspended_and_goes_on_once_they_are_let_in(
    staffed: Staffed,
) -> None:
    address = staffed.add("ada", "operator")
    desk = staffed.console(address)
    staffed.staff("suspend", "ada", "--reason", "left the badge on the bus")
    desk.wait_until(
        lambda text: (
            text.lstrip().startswith("STALE no role here")
            and "ada has no role in this database: suspended" in " ".join(text.split())
        )
    )
    assert "database away" not in desk.text
    assert "ada has no role in this database: suspended" in staffed.refused("log", "--db", address, code=3)
    staffed.staff("resume", "ada")
    desk.wait_until(lambda text: "no role" not in text)


def test_a_console_of_somebody_without_a_role_ends_with_one_line(staffed: Staffed) -> None:
    desk = staffed.house.console("--db", staffed.add("eve"), size=(160, 24))
    assert desk.wait_exit() == 3
    said = " ".join(desk.raw.decode().split())
    assert (
        "eve has no role in this database: suspended, removed, or never added. An admin lets you in" in said
    )
    assert "Traceback" not in said


def test_a_demoted_person_is_told_their_role(staffed: Staffed) -> None:
    address = staffed.add("ada", "operator")
    desk = staffed.console(address)
    staffed.staff("role", "ada", "--role", "viewer")
    desk.press("O")
    said = desk.wait_until(lambda text: "OPERATE for 15 minutes" in text or "viewer" in text)
    if "viewer" not in said:  # not told yet: then the database tells
        desk.wait_quiet()
        desk.type_text("the till is slow")
        desk.press("enter")
        said = desk.wait_until(lambda text: "viewer" in text)
    assert "permission denied" not in said


@pytest.mark.parametrize("words", [(), ("--zone", "plant-2"), ("--standby",)])
def test_an_agent_without_the_role_ends_at_once_and_says_which_it_needs(
    staffed: Staffed, words: tuple[str, ...]
) -> None:
    told = staffed.refused("agent", "--db", staffed.add("vera", "viewer"), *words, code=1)
    assert "an agent needs the role agent in " in told
    assert "and vera is viewer there" in told


def test_a_connection_that_cannot_be_opened_is_not_called_ok(staffed: Staffed) -> None:
    ada, house = staffed.add("ada", "operator"), staffed.house
    assert "It is opened where nothing else is said." in house.run("connect", ada, "--name", "one").stdout
    assert ", operator\n" in house.run("connections", "test", "one").stdout
    staffed.staff("suspend", "ada")
    tested = house.run("connections", "test", "one", code=3).stdout
    assert tested.startswith("one: NOT TO BE OPENED: ")
    assert "ada has no role in this database: suspended" in tested
    told = house.run("connect", ada, "--name", "one", "--no-default").stdout
    assert "It is kept, and cannot be opened yet: " in told
    assert "Open it with" not in told
    assert house.data("connections", "test", "one", code=3)["connections"][0]["ok"] is False


def test_a_connection_to_a_database_that_is_not_prepared_says_who_prepares_it(
    house: House, postgres: Database
) -> None:
    told = house.run("connect", postgres.socket_url(), "--name", "new").stdout
    assert "It is kept, and cannot be opened yet: " in told
    assert "is not prepared for Watchfloor yet. Its owner runs `watchfloor admin create`" in told
    assert "not prepared" in house.run("connections", "test", "new", code=3).stdout
    house.run("admin", "create", "--db", "new")
    assert house.run("connections", "test", "new").stdout.startswith("new: ok: ")
