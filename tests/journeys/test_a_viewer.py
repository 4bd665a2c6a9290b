"""A viewer on a shared database is told what their role does not allow before they type, until an admin gives another."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Database, Server
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey


@pytest.fixture
def database(own_postgres_server: Server) -> Iterator[Database]:
    with own_postgres_server.fresh_database() as made:
        yield made


@pytest.fixture
def desk(house: House, database: Database) -> Iterator[Terminal]:
    """The console of vic, who is a viewer."""
    root = database.socket_url()
    house.run("admin", "create", "--db", root)
    database.role("vic", None, ["peer_users"])
    house.run("staff", "add", "vic", "--role", "viewer", "--no-password", "--db", root)
    opened = house.console("--db", database.socket_url("vic"), "--view", "board")
    opened.wait_for("No component is declared", "vic", timeout_s=60)
    opened.wait_quiet()
    yield opened
    opened.close()


def test_what_a_viewer_may_is_told_and_changes_with_their_role(
    house: House, database: Database, desk: Terminal
) -> None:
    desk.press("?")
    desk.wait_for("board: keys")
    for _ in range(20):  # as far down as it stands
        if "as operator may:" in desk.text:
            break
        desk.press("pagedown")
        desk.wait_quiet()
    desk.wait_until(lambda text: "viewer" in text and "as operator may:" in text)
    desk.press("escape")
    desk.wait_until(lambda text: "board: keys" not in text and "No component is declared" in text)
    desk.press("O")
    desk.wait_for("WATCH/OPERATE: your role viewer may not; operator may")
    house.run("staff", "role", "vic", "--role", "operator", "--db", database.socket_url())

    def unlocks(text: str) -> bool:
        return "OPERATE for 15 minutes" in text

    for _ in range(20):
        desk.press("O")
        desk.wait_quiet()
        if unlocks(desk.text):
            break
    assert unlocks(desk.text), desk.text


def test_a_role_that_the_servers_administrator_gives_past_the_program_is_noticed(
    database: Database, desk: Terminal
) -> None:
    desk.press("O")
    desk.wait_for("WATCH/OPERATE: your role viewer may not; operator may")
    with database.connect() as administrator:
        administrator.execute(f"GRANT {database.name}_operator TO vic")
    deadline = time.monotonic() + 60
    while "OPERATE for 15 minutes" not in desk.text and time.monotonic() < deadline:
        desk.press("O")
        desk.wait_quiet()
    assert "OPERATE for 15 minutes" in desk.text, desk.text
