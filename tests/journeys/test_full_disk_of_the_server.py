"""The disk under a shared database is really full: each is told so, nothing acknowledged is lost, and work goes on when there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk.commands import note_incident, open_incident
from core.errors import StoreUnavailable
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Cursor, Subject, Via
from core.store.store import Store
from core.store.work import Author
from tests.postgres import WHO_MAY, running_server
from tests.small_server import SETTINGS, NoSmallDisk, SmallServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.journal.model import Entry
    from core.store.work import Work
    from tests.journeys.conftest import House
    from tests.postgres import Database

pytestmark = pytest.mark.journey

KEPT = "the queue has no alarm of its own"
FULL = "the server's disk is full. Nothing was changed. Make room on that disk, then do it again"
BOB = Author("bob", Via.CLI, "cli")
ENOUGH = 20_000
"""So many commands fill any file system of that size."""


class Site:
    """A prepared database on a small disk, one incident in it, and all that Bob was told is kept."""

    def __init__(self, house: House, server: SmallServer, database: Database) -> None:
        self.house, self.server, self.database = house, server, database
        house.run("admin", "create", "--db", database.socket_url())
        for login in ("ada", "bob"):
            database.role(login, None, ["peer_users"])
            house.run(
                "staff", "add", login, "--role", "operator", "--no-password", "--db", database.socket_url()
            )
        self.bob = Store.at(database.socket_url("bob"))
        self.bob.write(BOB, open_incident, "", "shop", "the till does not answer", 2, Consent(Level.BOX))
        self.acknowledged: list[str] = []
        self.refusals: list[str] = []

    def note(self, letters: int) -> bool:
        """Has Bob note something of so many letters; tells whether that was acknowledged."""
        text = f"{len(self.acknowledged)} {'x' * letters}"
        try:
            self.bob.write(BOB, note_incident, 1, text)
        except StoreUnavailable as error:
            self.refusals.append(str(error))
            return False
        self.acknowledged.append(text)
        return True

    def entries(self) -> list[Entry]:
        found: list[Entry] = []
        cursor = Cursor(0, "")
        while page := self.bob.read(journal.after, cursor):
            found += page
            cursor = page[-1].cursor
        return found

    def noted(self) -> list[str]:
        return [entry.note for entry in self.entries() if entry.kind == "incident.noted"]


@pytest.fixture
def server() -> Iterator[SmallServer]:
    made: list[SmallServer] = []

    def make(*args: object) -> SmallServer:
        made.append(SmallServer(*args))  # type: ignore[arg-type]
        return made[0]

    try:
        with running_server(None, WHO_MAY, make, **SETTINGS):
            yield made[0]
    except NoSmallDisk as error:
        pytest.skip(f"this user may not mount a file system in a namespace of its own: {error}")
    finally:
        for each in made:
            each.end()


@pytest.fixture
def site(house: House, server: SmallServer) -> Iterator[Site]:
    with server.fresh_database() as database:
        site = Site(house, server, database)
        yield site
        server.make_room()
        site.bob.close()
        for terminal in house.open:
            terminal.close()


def said(text: str) -> str:
    return " ".join(text.split())


def test_who_meets_it_is_told_keeps_what_was_typed_and_goes_on_by_themselves(site: Site) -> None:
    address = site.database.socket_url("ada")
    desk = site.house.console("--no-agent", "--db", address, "--view", "actions", size=(140, 30))
    desk.wait_for("No corrective action yet", timeout_s=60)
    site.server.fill_all(site.note)
    assert site.refusals
    assert [each for each in site.refusals if not each.endswith(FULL)] == []

    desk.press("n")
    desk.wait_for("new corrective action")
    desk.wait_quiet()
    desk.type_text(KEPT)
    desk.wait_for(KEPT)
    site.server.fill()  # what the log of writes gave back meanwhile
    desk.press("f2")
    desk.wait_until(lambda text: "NOT done: " in said(text) and FULL in said(text))
    assert "database away" not in desk.text  # what is there can still be read
    told = site.house.run("incidents", "I-1", "note", "--text", "by a script", "--db", address, code=3)
    assert told.stderr.count("\n") == 1
    assert told.stderr.endswith(f"{FULL}\n")
    assert len(site.house.data("incidents", "--db", address)) == 1

    site.server.make_room()
    desk.press("n")
    desk.wait_for("a draft was kept", KEPT)
    desk.wait_quiet()
    desk.press("f2")
    desk.wait_until(lambda text: "drafted; 6 shows it" in text or "6 Actions·1" in text, timeout_s=60)
    assert site.note(1)
    assert site.noted() == site.acknowledged
    assert [action["deviation"] for action in site.house.data("actions", "--db", address)] == [KEPT]
    site.house.run("journal", "verify", "--db", address)


def test_a_server_that_died_of_it_has_all_that_was_acknowledged_when_it_is_back(site: Site) -> None:
    address = site.database.socket_url("ada")
    desk = site.house.console("--no-agent", "--db", address, "--view", "incidents", size=(140, 30))
    desk.wait_for("I-1", timeout_s=60)
    site.server.fill_all(site.note, spare=0)
    for _ in range(
        ENOUGH
    ):  # what is refused leaves traces in the log of writes, too, until that finds no room
        site.note(200)
        if not site.refusals[-1].endswith(FULL):
            break
    assert "cannot be reached" in site.refusals[-1] or "lost while it was being written" in site.refusals[-1]
    desk.wait_until(lambda text: text.lstrip().startswith("STALE database away"), timeout_s=60)
    told = site.house.run("log", "--db", address, code=None)
    assert (told.returncode, told.stderr.count("\n")) in {
        (3, 1),
        (0, 0),
    }  # where the server found room to recover
    assert "Traceback" not in told.stderr
    site.server.stop()  # it may have ended by itself: without room it cannot even recover
    site.server.make_room()
    site.server.start(**SETTINGS)
    desk.wait_until(lambda text: "database away" not in text, timeout_s=60)
    desk.press("l")
    desk.wait_for("what you saw or did")
    desk.wait_quiet()
    desk.type_text("it is back")
    desk.wait_for("it is back")
    desk.press("enter")
    desk.wait_for("noted on I-1")
    noted = site.noted()
    assert noted[-1] == "it is back"
    assert noted[: len(site.acknowledged)] == site.acknowledged
    assert len(noted) <= len(site.acknowledged) + 2  # the one whose end was not known may be there
    site.house.run("journal", "verify", "--db", address)


def test_a_move_that_finds_no_room_ends_with_one_line_and_goes_on_where_it_was(
    server: SmallServer, house: House, tmp_path: Path
) -> None:
    source = tmp_path / "w.db"
    store = Store.at(source)
    store.write(BOB, doors, 24_000)
    store.close()
    with server.fresh_database() as database:
        house.run("admin", "create", "--db", database.socket_url())
        server.fill(leave=6_000_000)
        words = ("admin", "move", str(source), "--db", database.socket_url())
        told = house.run(*words, code=3)
        assert told.stdout == ""
        assert told.stderr.count("\n") == 1
        assert "the server's disk is full" in told.stderr or "the server cannot be reached" in told.stderr
        server.stop()  # it may have ended by itself: without room it cannot even recover
        server.make_room()
        server.start(**SETTINGS)
        with database.connect() as one:
            arrived = one.execute("SELECT count(*) FROM watchfloor.journal").fetchone()
        assert arrived is not None
        assert 0 < arrived[0] < 24_000
        told = house.run(*words)
        assert "Went on where it was" in told.stdout
        assert "24001 entries" in told.stdout
        house.run("journal", "verify", "--db", database.socket_url())


def test_a_backup_of_a_server_whose_disk_is_full_is_made(site: Site, tmp_path: Path) -> None:
    site.server.fill_all(site.note)
    told = site.house.run("admin", "backup", str(tmp_path / "saved.db"), "--db", site.database.socket_url())
    assert f"{len(site.entries())} entries" in told.stdout


def doors(work: Work, count: int) -> None:
    for n in range(count):
        work.record("door.opened", Subject("door", "1"), {"state": ("shut", f"{n}")}, note="x" * 100)
