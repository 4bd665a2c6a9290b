from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.requests import commands, queries
from core.desk.requests.model import STANDING, Asked, Request, RequestState, WaitingFor
from core.errors import BadInput, Moved, NotFound, NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import take_back
from core.journal import queries as journal
from core.journal.folding import fold
from core.journal.model import Via
from core.journal.wording import sentence
from core.restorers import RESTORERS
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store

AGENT = Author("agent", Via.AGENT)
BOX = Consent(Level.BOX)
ASKED = Asked(
    "VPN drops in Lagos", "network", "ada@acme.example", text="every 5 minutes", requester_name="Ada"
)


def asked(store: Store, ada: Author, **changes: Any) -> Request:
    return store.write(ada, commands.new_request, replace(ASKED, **changes), BOX)


def test_a_request_is_recorded_with_all_that_was_said_of_it(store: Store, ada: Author) -> None:
    made = asked(store, ada)
    assert (made.label, made.state, made.priority, made.opened_by) == ("R-1", RequestState.NEW, 3, "ada")
    assert store.read(queries.one_request, 1) == made
    entry = store.read(journal.of_subject, commands.subject(1))[-1]
    assert sentence(entry) == "R-1 asked for: VPN drops in Lagos"
    assert fold(store.read(journal.of_subject, commands.subject(1)))["requester"] == "ada@acme.example"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "  "}, "needs a title"),
        ({"service": ""}, "needs a service"),
        ({"requester": " "}, "needs a requester"),
        ({"impact": 4}, "impact and urgency"),
    ],
)
def test_a_request_without_what_it_needs_is_refused_and_nothing_is_kept(
    store: Store, ada: Author, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        asked(store, ada, **changes)
    assert store.read(queries.requests, over=True) == []


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [(1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 1, 2), (2, 2, 3), (2, 3, 4), (3, 1, 3), (3, 2, 4), (3, 3, 4)],
)
def test_priority_follows_from_impact_and_urgency(
    store: Store, ada: Author, impact: int, urgency: int, priority: int
) -> None:
    assert asked(store, ada, impact=impact, urgency=urgency).priority == priority
    assert store.write(ada, commands.set_priority, 1, 1).priority == 1
    assert store.write(ada, commands.grade_request, 1, impact, urgency).priority == priority


def test_a_request_goes_from_asking_to_closing(store: Store, ada: Author) -> None:
    asked(store, ada)
    seen = store.write(ada, commands.take_request, 1)
    assert (seen.state, seen.owner, seen.answered_by) == (RequestState.ACKNOWLEDGED, "ada", "ada")
    assert store.write(ada, commands.start_request, 1).state is RequestState.IN_PROGRESS
    told = store.write(ada, commands.tell_requester, 1, "we look into it")
    assert told.told_at is not None
    waiting = store.write(ada, commands.wait_for, 1, WaitingFor.CUSTOMER, "which office?")
    assert waiting.standing == "waiting on customer"
    said = store.write(AGENT, commands.record_said, 1, "Lagos, second floor")
    assert (said.state, said.waiting_for) == (RequestState.IN_PROGRESS, "")
    done = store.write(ada, commands.deliver_request, 1, "tunnel reset", BOX)
    assert (done.state, done.outcome) == (RequestState.DELIVERED, "tunnel reset")
    closed = store.write(ada, commands.close_request, 1, "", BOX)
    assert (closed.outcome, closed.closed_by) == ("tunnel reset", "ada")
    assert store.read(queries.requests) == []
    again = store.write(AGENT, commands.record_said, 1, "it drops again")
    assert (again.state, again.closed_at) == (RequestState.REOPENED, None)


def test_waiting_until_needs_an_instant_in_the_future(store: Store, ada: Author) -> None:
    asked(store, ada)
    with pytest.raises(BadInput, match="an instant"):
        store.write(ada, commands.wait_for, 1, WaitingFor.UNTIL, "the carrier comes")
    with pytest.raises(BadInput, match="in the future"):
        store.write(ada, commands.wait_for, 1, WaitingFor.UNTIL, "x", until=utc_now() - timedelta(hours=1))
    until = utc_now() + timedelta(hours=1)
    waiting = store.write(ada, commands.wait_for, 1, WaitingFor.UNTIL, "the carrier comes", until=until)
    assert waiting.standing == f"waiting until {until:%m-%d %H:%M}Z"


PATHS = {
    RequestState.NEW: (),
    RequestState.ACKNOWLEDGED: (RequestState.ACKNOWLEDGED,),
    RequestState.IN_PROGRESS: (RequestState.IN_PROGRESS,),
    RequestState.WAITING: (RequestState.WAITING,),
    RequestState.DELIVERED: (RequestState.DELIVERED,),
    RequestState.CLOSED: (RequestState.DELIVERED, RequestState.CLOSED),
    RequestState.CANCELLED: (RequestState.CANCELLED,),
    RequestState.REOPENED: (RequestState.CANCELLED, RequestState.REOPENED),
}


@pytest.mark.parametrize("start", PATHS)
def test_every_step_is_possible_exactly_where_the_table_says(
    store: Store, ada: Author, start: RequestState
) -> None:
    for wanted in PATHS.keys() - {RequestState.NEW}:
        number = asked(store, ada).id
        for before in PATHS[start]:
            bring_to(store, ada, number, before)
        if wanted in STANDING[start].follows:
            assert bring_to(store, ada, number, wanted).state is wanted
        else:
            with pytest.raises(NotPossible, match="cannot become"):
                bring_to(store, ada, number, wanted)


def bring_to(store: Store, who: Author, number: int, wanted: RequestState) -> Request:
    made: dict[RequestState, tuple[Any, ...]] = {
        RequestState.ACKNOWLEDGED: (commands.acknowledge_request, number),
        RequestState.IN_PROGRESS: (commands.start_request, number),
        RequestState.WAITING: (commands.wait_for, number, WaitingFor.SUPPLIER, "x"),
        RequestState.DELIVERED: (commands.deliver_request, number, "x", BOX),
        RequestState.CLOSED: (commands.close_request, number, "x", BOX),
        RequestState.CANCELLED: (commands.cancel_request, number, "x", BOX),
        RequestState.REOPENED: (commands.reopen_request, number, "x", BOX),
    }
    command, *args = made[wanted]
    done: Request = store.write(who, command, *args)
    return done


@pytest.mark.parametrize(
    "change",
    [
        (commands.take_request, 1),
        (commands.acknowledge_request, 1),
        (commands.assign_request, 1, "bob"),
        (commands.start_request, 1),
        (commands.set_priority, 1, 4),
        (commands.wait_for, 1, WaitingFor.SUPPLIER, "the carrier"),
    ],
)
def test_what_acts_at_once_can_be_taken_back(store: Store, ada: Author, change: Any) -> None:
    before = asked(store, ada)
    store.write(ada, change[0], *change[1:])
    entry = store.read(journal.of_subject, commands.subject(1))[-1]
    store.write(ada, take_back, RESTORERS, entry.seq)
    after = store.read(queries.one_request, 1)
    assert replace(after, version=1) == before


def test_who_saw_an_older_request_changes_nothing(store: Store, ada: Author) -> None:
    made = asked(store, ada)
    store.write(Author("bob", Via.CONSOLE), commands.take_request, 1)
    with pytest.raises(Moved, match="bob taken"):
        store.write(ada, commands.take_request, 1, made.version)
    with pytest.raises(NotFound, match="no request R-9"):
        store.write(ada, commands.take_request, 9)


def test_a_note_and_what_is_told_are_on_the_time_line(store: Store, ada: Author) -> None:
    asked(store, ada)
    store.write(ada, commands.note_request, 1, "carrier ticket 55-1820")
    store.write(ada, commands.tell_requester, 1, "we called the carrier")
    lines = [sentence(each) for each in store.read(journal.of_subject, commands.subject(1))]
    assert lines[1:] == [
        "R-1 noted: carrier ticket 55-1820",
        "R-1 its requester was told: we called the carrier",
    ]
    with pytest.raises(BadInput, match="nothing is said"):
        store.write(ada, commands.tell_requester, 1, "  ")


def test_escapes_in_what_came_from_outside_are_gone(store: Store) -> None:
    made = store.write(
        AGENT,
        commands.record_request,
        Asked("\x1b[31mred\x07", "mail", "a@b.example", text="one\r\ntwo\x1b]0;x\x07"),
    )
    assert (made.title, made.text) == ("red\ufffd", "one\ntwo")
