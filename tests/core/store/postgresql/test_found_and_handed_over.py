"""On a server words change only beside an entry, nobody looks for another, and who has no role finds nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors

from core.desk.finding.fields import BOTH
from core.desk.finding.parsing import parse
from core.desk.finding.queries import find
from core.desk.finding.reading import Sight
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.desk.shifts import commands as shifts
from core.desk.shifts.queries import looked_upto, open_handover
from core.errors import NotPermitted, WatchfloorError
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.journal.model import Via
from core.store.postgresql.connecting import connect
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
ADA = Author("ada", Via.CONSOLE, "seat-1")
VIC = Author("vic", Via.CONSOLE, "seat-2")
SIGHT = Sight("ada", utc_now())
PRINTER = parse("printer", BOTH).tree


@pytest.fixture
def ada(house: House) -> Iterator[Store]:
    store = Store.at(house.person("ada", Role.OPERATOR))
    store.write(ADA, commands.record_request, Asked("Printer jams", "print", "eve@acme.example"))
    yield store
    store.close()


@pytest.fixture
def psql(house: House, ada: Store) -> Iterator[psycopg.Connection[Any]]:
    with connect(house.person("bob", Role.OPERATOR)) as connection:
        connection.autocommit = True
        yield connection


FORGERIES = {
    "words put in a request's mouth": "UPDATE request_words SET said = 'stolen' WHERE id = 1",
    "words taken away": "DELETE FROM request_words",
    "a handover without an entry": "INSERT INTO handover VALUES (1, 1, 'open', 1, 'ada', 1, 2, 1, '[]', '{}', NULL, '')",
    "another's look": "INSERT INTO looked VALUES ('ada', 1, 1)",
    "a look ahead": "INSERT INTO looked VALUES ('bob', 999, 1)",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_forged_is_refused(psql: psycopg.Connection[Any], forgery: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        psql.execute(FORGERIES[forgery].encode())


def test_who_has_a_role_finds_and_who_has_none_does_not(house: House, ada: Store) -> None:
    viewer = Store.at(house.person("vic", Role.VIEWER))
    assert [item.label for item in viewer.read(find, PRINTER, SIGHT)] == ["R-1"]
    viewer.close()
    with pytest.raises(WatchfloorError):
        Store.at(house.stranger("eve")).read(find, PRINTER, SIGHT)
    assert [item.label for item in ada.read(find, PRINTER, SIGHT)] == ["R-1"]


def test_a_viewer_keeps_how_far_they_looked_and_takes_no_shift(house: House, ada: Store) -> None:
    now = utc_now()
    handed = ada.write(ADA, shifts.begin_handover, now - timedelta(hours=8), now + timedelta(hours=8), BOX)
    viewer = Store.at(house.person("vic", Role.VIEWER))
    viewer.write(VIC, shifts.keep_mark, 1)
    viewer.write(VIC, shifts.keep_mark, 2)
    assert (viewer.read(looked_upto, "vic") or (0,))[0] == 2
    with pytest.raises(NotPermitted):
        viewer.write(VIC, shifts.accept_line, handed.id, 1)
    viewer.close()
    bob = Store.at(house.person("bob", Role.OPERATOR))
    for line in handed.lines:
        bob.write(VIC, shifts.accept_line, handed.id, line.number)
    assert bob.read(open_handover) is None
    bob.close()
