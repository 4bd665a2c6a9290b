"""What is to be ticked off before a request is delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Catalog, Customer, RequestType, Service
from core.desk.requests import commands
from core.desk.requests.checklists import (
    add_check,
    checks_of,
    open_checks,
    remove_check,
    tick_check,
    untick_check,
)
from core.desk.requests.model import Asked, RequestState
from core.errors import BadInput, NotFound, NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.model import Via
from core.journal.wording import sentence
from core.restorers import RESTORERS
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
BOB = Author("bob", Via.CONSOLE, "seat-2")


@pytest.fixture
def desk(store: Store) -> Store:
    phone = RequestType(
        "phone",
        "A phone",
        "mail",
        checklist=("number chosen", "phone handed out", "case shown"),
        may_stay_open=("case shown",),
    )
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
        agreements={"a": Agreement("a", "A", "acme", ("mail",), may_ask=("*",), request_types=(phone,))},
    )  # fmt: skip
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="1", changes=())
    store.write(AGENT, commands.record_request, Asked("A phone", "mail", "eve@acme.example", type="phone"))
    return store


def words(store: Store) -> list[str]:
    return [each.words for each in store.read(checks_of, 1)]


def undo(store: Store, author: Author) -> None:
    entry = store.read(last_undoable, RESTORERS, author.actor, utc_now())
    assert entry is not None
    store.write(author, take_back, RESTORERS, entry.seq)


def test_a_type_brings_its_list_and_people_add_to_it(desk: Store, ada: Author) -> None:
    assert words(desk) == [
        "[ ] 1 number chosen",
        "[ ] 2 phone handed out",
        "[ ] 3 case shown (may stay open)",
    ]
    assert desk.write(ada, add_check, 1, "case ordered", is_mandatory=False) == 4
    assert words(desk)[3] == "[ ] 4 case ordered (may stay open)"
    assert [each.place for each in open_checks(desk.read(checks_of, 1))] == [1, 2]
    with pytest.raises(BadInput, match="nothing to be ticked off"):
        desk.write(ada, add_check, 1, "  ")


def test_who_ticked_it_off_and_when_is_kept(desk: Store, ada: Author) -> None:
    desk.write(ada, tick_check, 1, 2)
    check = desk.read(checks_of, 1)[1]
    assert (check.ticked_by, check.is_ticked) == ("ada", True)
    with pytest.raises(NotPossible, match="2 of R-1 was ticked off by ada already"):
        desk.write(BOB, tick_check, 1, 2)
    with pytest.raises(NotPossible, match="Untick it first"):
        desk.write(BOB, remove_check, 1, 2)
    desk.write(BOB, untick_check, 1, 2)
    assert not desk.read(checks_of, 1)[1].is_ticked
    undo(desk, BOB)
    assert desk.read(checks_of, 1)[1] == check
    with pytest.raises(NotFound, match="has no 9"):
        desk.write(ada, tick_check, 1, 9)
    said = [sentence(each) for each in desk.read(journal.of_subject, commands.subject(1))]
    assert said[-3:] == [
        "R-1 ticked off: phone handed out",
        "R-1 no longer ticked off: phone handed out",
        "R-1 taken back",
    ]


def test_each_of_it_is_taken_back_with_one_key(desk: Store, ada: Author) -> None:
    before = words(desk)
    for command, args in ((tick_check, (1, 1)), (add_check, (1, "more")), (remove_check, (1, 1))):
        desk.write(ada, command, *args)
        assert words(desk) != before
        undo(desk, ada)
        assert words(desk) == before


def test_it_is_not_delivered_with_something_open_unless_somebody_says_why(desk: Store, ada: Author) -> None:
    desk.write(ada, tick_check, 1, 1)
    with pytest.raises(NotPossible, match=r"1 thing to be ticked off is open \(2 phone handed out\) on R-1"):
        desk.write(ada, commands.deliver_request, 1, "here it is", BOX)
    found = desk.write(ada, commands.deliver_request, 1, "here it is", BOX, despite="he fetches it himself")
    assert found.state is RequestState.DELIVERED
    said = [sentence(each) for each in desk.read(journal.of_subject, commands.subject(1))]
    assert any(line.endswith("(2 phone handed out): he fetches it himself") for line in said)


def test_what_need_not_be_done_stops_nothing(desk: Store, ada: Author) -> None:
    desk.write(ada, add_check, 1, "case ordered", is_mandatory=False)
    for place in (1, 2):
        desk.write(ada, tick_check, 1, place)
    desk.write(ada, commands.deliver_request, 1, "here it is", BOX)
    desk.write(ada, commands.close_request, 1, "", BOX)
    with pytest.raises(NotPossible, match="it cannot be ticked off"):
        desk.write(ada, tick_check, 1, 3)
