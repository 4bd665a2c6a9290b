"""Two consoles in two terminals: each sees the other, is warned before typing, and saves over nothing unseen."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import open_incident
from core.desk.queries import one_incident
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Via
from core.presence.queries import everyone
from core.store.postgresql.preparing import group_of, prepare
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey
TESTER = Author("tester", Via.CLI)


@dataclass
class Two:
    """Where two people come in, what the second is called at the first, and a store to look with."""

    addresses: tuple[str, str]
    second: str
    store: Store


@pytest.fixture(params=["embedded", "shared"])
def two(request: pytest.FixtureRequest, house: House) -> Iterator[Two]:
    if request.param == "embedded":
        place = str(house.home / "watchfloor.db")
        found = Two((place, place), "you at another console", Store.at(place))
    else:
        database = request.getfixturevalue("postgres")
        prepare(database.socket_url())
        for name in ("ada", "bob"):
            database.role(name, groups=["peer_users", group_of(database.name, Role.OPERATOR)])
        trusted = database.socket_url(options="-cwatchfloor.trusted=on")
        found = Two((database.socket_url("ada"), database.socket_url("bob")), "bob", Store.at(trusted))
    found.store.write(TESTER, open_incident, "", "shop", "the till does not answer", 2, Consent(Level.BOX))
    yield found
    found.store.close()


def resolve(desk: Terminal, text: str) -> None:
    desk.press("R")
    desk.wait_for("how it was resolved")
    desk.wait_quiet()
    desk.type_text(text)
    desk.wait_for(text)


def confirm(desk: Terminal) -> None:
    desk.press("tab", "tab", "enter")


def test_each_sees_the_other_is_warned_and_nothing_is_overwritten(house: House, two: Two) -> None:
    first = house.console("--no-agent", "--db", two.addresses[0], "--view", "incidents")
    first.wait_for("I-1", timeout_s=60)
    second = house.console("--no-agent", "--db", two.addresses[1], "--view", "incidents")
    second.wait_for("I-1", "2 here", timeout_s=60)
    first.wait_for("2 here")

    second.press("enter")
    second.wait_for("time line")
    first.wait_until(lambda text: "◉" in text and two.second in text)
    resolve(second, "the cable was loose")
    first.wait_until(lambda text: "✎" in text and "resolves I-1" in text)

    resolve(first, "restarted it")
    first.wait_for(f"{two.second} resolves I-1 now")
    confirm(first)
    first.wait_for("I-1: resolved")
    confirm(second)
    second.wait_for("restarted it", "the cable was loose", "F5: both")
    second.wait_quiet()
    second.press("f5", "f2")
    second.wait_for("I-1: resolved")
    assert two.store.read(one_incident, 1).resolution == "restarted it\nthe cable was loose"

    second.signal(signal.SIGTERM)
    second.wait_exit()
    first.wait_until(lambda text: " here" not in text.splitlines()[0])
    assert len(two.store.read(everyone)) == 1
