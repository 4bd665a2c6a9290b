"""On a server: links, watchers, votes and checklists change only with their entry, and nobody does what is another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Approval, Catalog, Customer, RequestType, Service, Staff
from core.desk.links.commands import link_items, unlink_items
from core.desk.requests import approvals, attending, checklists, commands
from core.desk.requests.changing import change_request
from core.desk.requests.merging import merge_request, unmerge_request
from core.desk.requests.model import Asked, RequestState
from core.desk.requests.queries import one_request
from core.desk.requests.splitting import split_request
from core.desk.requests.tables import request
from core.errors import NotPermitted
from core.gate.model import Consent, Level
from core.gate.rights import Role
from core.gate.undo import last_undoable, take_back
from core.journal.model import Via
from core.restorers import RESTORERS
from core.store.lease import take_lease
from core.store.postgresql.connecting import connect
from core.store.rows import revise, row_of
from core.store.store import Store
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.store.work import Work
    from tests.core.store.postgresql.conftest import House

BOX = Consent(Level.BOX)
PHONE = RequestType(
    "phone", "A phone", "mail", approval=Approval(("bob", "lea")), checklist=("number chosen",)
)
CATALOG = Catalog(
    customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
    agreements={"a": Agreement("a", "A", "acme", ("mail",), may_ask=("*",), request_types=(PHONE,))},
    staff={"ada": Staff("ada", "Ada"), "bob": Staff("bob", "Bob"), "lea": Staff("lea", "Lea", role="lead")},
)  # fmt: skip
ASKED = Asked("A phone", "mail", "eve@acme.example", type="phone")


class People:
    """A shared database with an operator, another, a lead and the agent, each a session of their own."""

    def __init__(self, house: House) -> None:
        roles = {
            "ada": Role.OPERATOR,
            "bob": Role.OPERATOR,
            "lea": Role.LEAD,
            "watcher": Role.AGENT,
            "vic": Role.VIEWER,
        }
        self.urls = {name: house.person(name, role) for name, role in roles.items()}
        self.stores = {name: Store.at(url) for name, url in self.urls.items()}
        self.do("watcher", load_catalog, CATALOG, directory="/c", digest="1", changes=())
        for _ in range(2):
            self.do("watcher", commands.record_request, ASKED)

    def do(self, who: str, command: Callable[..., Any], *args: Any, **named: Any) -> Any:
        via = Via.AGENT if who == "watcher" else Via.CONSOLE
        return self.stores[who].write(Author(who, via, f"seat-{who}"), command, *args, **named)

    def state(self, number: int = 1) -> RequestState:
        found: RequestState = self.stores["ada"].read(one_request, number).state
        return found

    def undo(self, who: str) -> None:
        entry = self.stores[who].read(last_undoable, RESTORERS, who, utc_now())
        assert entry is not None
        self.do(who, take_back, RESTORERS, entry.seq)


@pytest.fixture
def people(house: House) -> Iterator[People]:
    found = People(house)
    yield found
    for store in found.stores.values():
        store.close()


def test_each_does_what_is_theirs(people: People) -> None:
    one, two = commands.subject(1), commands.subject(2)
    people.do("bob", approvals.approve_request, 1, "", BOX)
    assert people.state() is RequestState.NEW
    people.do("ada", checklists.tick_check, 1, 1)
    people.do("bob", checklists.untick_check, 1, 1)
    people.undo("bob")  # names ada again, who had ticked it off
    people.do("ada", link_items, one, "caused by", two)
    people.undo("ada")
    people.do("ada", link_items, one, "child of", two)
    people.do("bob", unlink_items, two, one)
    people.do("ada", attending.watch_request, 1, "bob")
    people.undo("ada")
    people.do("ada", attending.snooze_request, 1, utc_now() + timedelta(hours=1), "later")
    people.do("bob", attending.wake_request, 1)
    people.undo("bob")  # and it is ada who had snoozed it
    people.do("ada", change_request, 1, {"title": "two phones"}, None, BOX)
    assert people.state() is RequestState.APPROVAL
    people.do("lea", approvals.decline_request, 1, "no", BOX)
    people.do("ada", commands.reopen_request, 1, "once more", BOX)
    people.do("ada", split_request, 2, "and a case", "", BOX)
    people.do("ada", merge_request, 2, 1, "the same", BOX)
    people.do("bob", unmerge_request, 2, BOX)
    assert people.state(2) is RequestState.APPROVAL


def test_the_agent_wakes_and_reminds_and_decides_nothing(people: People) -> None:
    people.do("bob", approvals.approve_request, 1, "", BOX)
    token = people.do("watcher", take_lease, attending.DUTY, "agent:one")
    people.do("watcher", attending.wake, token)
    people.do("watcher", approvals.remind_approvals, token)
    for command, args in ((approvals.approve_request, (2, "", BOX)), (merge_request, (2, 1, "", BOX))):
        with pytest.raises(NotPermitted):
            people.do("watcher", command, *args)

    def let_in(work: Work) -> None:
        row = row_of(work, request, "request", 2)
        revise(
            work, request, row, "request.reopened", {"state": RequestState.NEW}, subject=commands.subject(2)
        )

    with pytest.raises(NotPermitted, match="asks for the role operator"):
        people.do("watcher", let_in)
    assert people.state(2) is RequestState.APPROVAL


def test_nobody_votes_as_another(people: People) -> None:
    def as_bob(work: Work) -> None:
        approvals.approve_request(replace(work, author=Author("bob", Via.CONSOLE, "s")), 1, "", BOX)

    with pytest.raises(NotPermitted):
        people.do("ada", as_bob)
    assert people.state() is RequestState.APPROVAL


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO watchfloor.approval_vote VALUES (1, 1, 'bob', 'yes', '', 0)",
        "INSERT INTO watchfloor.approval_vote VALUES (1, 1, 'ada', 'yes', '', 0)",
        "UPDATE watchfloor.approval SET approval_state = 'granted', version = version + 1 WHERE id = 1",
        "UPDATE watchfloor.approval SET approval_needed = 0 WHERE id = 1",
        "UPDATE watchfloor.checklist_item SET ticked_by = 'ada', ticked_at = 1 WHERE request = 1",
        "DELETE FROM watchfloor.checklist_item",
        "INSERT INTO watchfloor.item_link VALUES ('request', 1, 'request', 2, 'child of', 0, 'ada')",
        "INSERT INTO watchfloor.watcher VALUES ('request', 1, 'ada', 0)",
        "UPDATE watchfloor.request SET snoozed_until = 1, version = version + 1 WHERE id = 1",
        "DELETE FROM watchfloor.approval",
    ],
)
def test_no_row_changes_without_its_entry(people: People, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        said(people.urls["ada"], statement)


def said(url: str, statement: str) -> None:
    """Says a statement as somebody with psql does, and commits."""
    with connect(url) as one:
        one.execute(statement.encode())
        one.commit()


def test_who_only_looks_changes_nothing(people: People) -> None:
    for command, args in (
        (attending.watch_request, (1,)), (checklists.tick_check, (1, 1)), (approvals.approve_request, (1, "", BOX)),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            people.do("vic", command, *args)
