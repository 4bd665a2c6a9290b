"""A newer program upgrades the database while an older console is attached: it goes on, or says that it must be updated."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.newer import NEXT, NewerProgram
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.conftest import House
    from tests.postgres import Server

pytestmark = pytest.mark.journey

ADDS = "ALTER TABLE corrective_action ADD COLUMN shade text"
REMAKES = "ALTER TABLE component_state RENAME COLUMN state TO condition"
KEPT = "the queue has no alarm of its own"
DRAFT = """
import sys
from core.improvement.commands import draft_action
from core.journal.model import Via
from core.store.store import Store
from core.store.work import Author
store = Store.at(sys.argv[1])
store.write(Author("newer", Via.CLI), draft_action, {"deviation": "written by the newer program"})
store.close()
"""


class Site:
    """A database, of either kind, with one console of this program attached to it."""

    def __init__(self, house: House, person: str, owner: str) -> None:
        self.house, self.person, self.owner = house, person, owner
        self.is_shared = person.startswith("postgresql")

    def open(self) -> Terminal:
        desk = self.house.console("--no-agent", "--db", self.person, "--view", "actions", size=(120, 30))
        desk.wait_for("No corrective action yet", timeout_s=60)
        return desk

    def upgrade(self, newer: NewerProgram) -> None:
        """Has the newer program upgrade: an embedded database by whoever opens it first."""
        verb = ("admin", "upgrade") if self.is_shared else ("log",)
        newer.python("-m", "console", *verb, "--db", self.owner, env=self.house.env)

    @contextmanager
    def newer_console(self, newer: NewerProgram) -> Iterator[Terminal]:
        command = [sys.executable, "-m", "console", "--no-agent", "--db", self.person, "--view", "actions"]
        with Terminal.start(command, size=(120, 30), env=newer.env(self.house.env), cwd=newer.folder) as desk:
            yield desk


@pytest.fixture(params=["embedded", "shared"])
def site(request: pytest.FixtureRequest, house: House) -> Iterator[Site]:
    if request.param == "embedded":
        place = str(house.home / "watchfloor.db")
        house.run("incidents", "--db", place, code=3)  # there is none yet
        from core.store.store import Store

        Store.at(place).close()
        yield Site(house, place, place)
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.fresh_database() as database:
        house.run("admin", "create", "--db", database.socket_url())
        database.role("ada", None, ["peer_users"])
        house.run("staff", "add", "ada", "--role", "operator", "--no-password", "--db", database.socket_url())
        yield Site(house, database.socket_url("ada"), database.socket_url())
        for terminal in house.open:
            terminal.close()


def write(desk: Terminal, text: str = KEPT) -> None:
    desk.press("n")
    desk.wait_for("new corrective action")
    desk.wait_quiet()
    desk.type_text(text)
    desk.wait_for(text)


def said(text: str) -> str:
    return " ".join(text.split())


def test_what_only_adds_is_upgraded_under_a_console_that_goes_on_working(site: Site, tmp_path: Path) -> None:
    desk = site.open()
    write(desk)
    site.upgrade(NewerProgram(tmp_path / "newer", ADDS))
    desk.press("f2")
    desk.wait_for("A-1 drafted")
    assert [action["deviation"] for action in site.house.data("actions", "--db", site.person)] == [KEPT]


def test_who_may_no_longer_write_reads_on_and_keeps_what_was_typed(site: Site, tmp_path: Path) -> None:
    desk = site.open()
    write(desk)
    newer = NewerProgram(tmp_path / "newer", ADDS, shut_out=("min_writer",))
    site.upgrade(newer)
    desk.press("f2")
    desk.wait_until(
        lambda text: (
            "NOT done: " in said(text)
            and f"schema {NEXT}, which this may read, but no longer write. Nothing was changed. Update Watchfloor" in said(text)
        )
    )  # fmt: skip
    newer.python("-c", DRAFT, site.owner, env=site.house.env)
    desk.wait_for("written by the newer program")
    assert "STALE older" not in desk.text
    refused = site.house.run(
        "run", "none", "--operate", "--reason", "x", "--yes", "--db", site.person, code=3
    )
    assert refused.stderr.count("\n") == 1
    assert "may read, but no longer write" in refused.stderr
    assert len(site.house.data("actions", "--db", site.person)) == 1
    desk.press("ctrl+q")
    assert desk.wait_exit() == 0
    with site.newer_console(newer) as again:
        again.wait_for("written by the newer program", timeout_s=60)
        again.press("n")
        again.wait_for("a draft was kept", KEPT)
        again.wait_quiet()
        again.press("f2")
        again.wait_until(lambda text: "drafted; 6 shows it" in text)


def test_who_may_no_longer_read_stays_says_so_and_keeps_what_was_typed(site: Site, tmp_path: Path) -> None:
    desk = site.open()
    write(desk)
    newer = NewerProgram(tmp_path / "newer", ADDS, REMAKES, shut_out=("min_writer", "min_reader"))
    site.upgrade(newer)
    desk.wait_until(lambda text: text.lstrip().startswith("STALE older than the database"), timeout_s=30)
    desk.press("f2")
    desk.wait_gone("new corrective action")
    told = f"this program is older than the database: that has schema {NEXT}"
    desk.wait_until(lambda text: told in said(text) and "Update Watchfloor" in said(text))
    desk.press("1")  # a view that was not read yet: it says so as well, and does not end
    desk.wait_until(lambda text: told in said(text) and "Board" in text)
    refused = site.house.run("board", "--db", site.person, code=3)
    assert refused.stderr.count("\n") == 1
    assert told in refused.stderr
    desk.press("ctrl+q")
    assert desk.wait_exit() == 0
    late = site.house.console("--no-agent", "--db", site.person, size=(160, 24))
    assert late.wait_exit() == 3
    assert told in said(late.raw.decode())
    assert "Traceback" not in late.raw.decode()


@pytest.mark.parametrize("shut_out", [("min_writer",), ("min_writer", "min_reader")])
def test_an_agent_that_may_no_longer_write_ends_for_the_newer_one(
    house: House, postgres_server: Server, tmp_path: Path, shut_out: tuple[str, ...]
) -> None:
    with postgres_server.fresh_database() as database:
        root = database.socket_url()
        house.run("admin", "create", "--db", root)
        database.role("watcher", None, ["peer_users"])
        house.run("staff", "add", "watcher", "--role", "agent", "--no-password", "--db", root)
        words = ["agent", "--db", database.socket_url("watcher"), "--catalog", str(house.home / "catalog")]
        with subprocess.Popen(
            [sys.executable, "-m", "console", *words], env=house.env, stderr=subprocess.PIPE, text=True
        ) as agent:
            house.wait(lambda: any(e["kind"] == "catalog.loaded" for e in house.data("log", "--db", root)))
            newer = NewerProgram(tmp_path / "newer", ADDS, shut_out=shut_out)
            newer.python("-m", "console", "admin", "upgrade", "--db", root, env=house.env)
            _, told = agent.communicate(timeout=60)
        assert agent.returncode == 3
        assert told.splitlines()[-1].startswith("watchfloor: ")
        assert f"this program is older than the database: that has schema {NEXT}" in told.splitlines()[-1]
        assert "Traceback" not in told
