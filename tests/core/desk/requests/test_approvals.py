"""What needs an approval waits for it, and every way it can go comes to an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import (
    Agreement,
    Approval,
    Catalog,
    Customer,
    FormField,
    Group,
    RequestType,
    Service,
    Staff,
)
from core.desk.messages.queries import waiting_messages
from core.desk.requests import approvals, commands, queries
from core.desk.requests.approvals import ApprovalState, approval_of
from core.desk.requests.changing import change_request
from core.desk.requests.merging import merge_request, unmerge_request
from core.desk.requests.model import Asked, Request, RequestState
from core.errors import BadInput, Moved, NotPermitted, NotPossible
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Via
from core.journal.wording import sentence
from core.store.lease import LeaseLost, take_lease
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import MONDAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT, "agent:one")
ACCESS = RequestType(
    "access", "Access to a share", "mail", (FormField("share", "Share", "text", required=True),), Approval(("role:lead", "owners"), 2)
)  # fmt: skip
STAFF = {
    "ada": Staff("ada", "Ada", email="ada@ops.example"), "bob": Staff("bob", "Bob"),
    "lea": Staff("lea", "Lea", role="lead"), "max": Staff("max", "Max", login="maxi", email="max@acme.example"),
}  # fmt: skip


class House:
    """A store whose clock is moved by hand, under an agreement with a type that two of three people approve."""

    def __init__(self, place: Path | str) -> None:
        self.now: datetime = MONDAY
        self.store = Store(backend_for(place), now=lambda: self.now)
        self.store.open()
        self.declare(ACCESS)
        self.token = self.store.write(AGENT, take_lease, approvals.DUTY, "agent:one")

    def declare(self, offered: RequestType, **staff: Staff) -> None:
        catalog = Catalog(
            customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
            agreements={"a": Agreement("a", "A", "acme", ("mail",), may_ask=("@acme.example",), request_types=(offered,))},
            groups_of_people={"owners": Group("owners", "Owners", ("ada", "max"))}, staff=staff or STAFF,
        )  # fmt: skip
        self.store.write(AGENT, load_catalog, catalog, directory="/c", digest=str(self.now), changes=())

    def ask(self, requester: str = "eve@acme.example") -> Request:
        asked = Asked("Access please", "mail", requester, type="access", form={"share": "plans"})
        found: Request = self.store.write(AGENT, commands.record_request, asked)
        return found

    def do(self, who: str, command: object, *args: object) -> Request:
        found: Request = self.store.write(Author(who, Via.CONSOLE, "seat"), command, *args)  # type: ignore[arg-type]
        return found

    def one(self) -> Request:
        found: Request = self.store.read(queries.one_request, 1)
        return found

    def lines(self) -> list[str]:
        return [sentence(each) for each in self.store.read(journal.of_subject, commands.subject(1))]

    def told(self) -> list[str]:
        return sorted(m.recipient for m in self.store.read(waiting_messages) if m.purpose == "approval")

    def remind(self) -> bool:
        due = self.store.read(approvals.is_due, to_micros(self.now))
        self.store.write(AGENT, approvals.remind_approvals, self.token)
        return due


@pytest.fixture
def house(place: Path | str) -> Iterator[House]:
    found = House(place)
    yield found
    found.store.close()


def test_it_is_new_only_once_enough_people_said_yes(house: House) -> None:
    assert house.ask().state is RequestState.APPROVAL
    assert house.told() == ["ada", "lea", "max"]
    assert house.do("lea", approvals.approve_request, 1, "he may", BOX).state is RequestState.APPROVAL
    with pytest.raises(NotPossible, match="lea approved R-1 already"):
        house.do("lea", approvals.approve_request, 1, "", BOX)
    with pytest.raises(NotPossible, match="cannot become in progress"):
        house.do("ada", commands.start_request, 1)
    assert house.do("maxi", approvals.approve_request, 1, "", BOX).state is RequestState.NEW
    held = house.store.read(approval_of, 1)
    assert held is not None
    assert (held.state, held.next_at) == (ApprovalState.GRANTED, None)
    assert held.words == "granted: 2 of 2 said yes (lea, maxi)"
    assert house.lines()[1] == "R-1 is to be approved by role:lead, owners, by 2026-11-25 01:00Z"
    assert house.lines()[-2:] == ["R-1 approved, and waits for more: he may", "R-1 approved"]


def test_nobody_approves_who_is_not_named_or_asks_for_it_themselves(house: House) -> None:
    house.ask(requester="max@acme.example")
    assert house.told() == ["ada", "lea"]
    with pytest.raises(NotPermitted, match="only the role lead and owners may approve; bob is none of them"):
        house.do("bob", approvals.approve_request, 1, "", BOX)
    with pytest.raises(NotPermitted, match="nobody approves what they ask for themselves"):
        house.do("maxi", approvals.approve_request, 1, "", BOX)
    with pytest.raises(NotPermitted, match="nobody approves what they ask for themselves"):
        house.do("maxi", approvals.decline_request, 1, "no", BOX)
    with pytest.raises(BadInput, match="asks to be confirmed"):
        house.do("lea", approvals.approve_request, 1, "", Consent())
    assert house.one().state is RequestState.APPROVAL


def test_one_no_refuses_it_with_the_reason_even_of_who_said_yes(house: House) -> None:
    house.ask()
    house.do("lea", approvals.approve_request, 1, "", BOX)
    with pytest.raises(BadInput, match="why it is declined"):
        house.do("lea", approvals.decline_request, 1, " ", BOX)
    found = house.do("lea", approvals.decline_request, 1, "the share is closed", BOX)
    assert (found.state, found.outcome, found.closed_by) == (
        RequestState.REFUSED,
        "the share is closed",
        "lea",
    )
    held = house.store.read(approval_of, 1)
    assert held is not None
    assert held.words == "declined: 0 of 2 said yes; lea said no: the share is closed"
    with pytest.raises(NotPossible, match="waits for no approval"):
        house.do("ada", approvals.approve_request, 1, "", BOX)


def test_opened_again_it_is_to_be_approved_again(house: House) -> None:
    house.ask()
    house.do("lea", approvals.decline_request, 1, "no", BOX)
    assert house.do("ada", commands.reopen_request, 1, "a mistake", BOX).state is RequestState.APPROVAL
    held = house.store.read(approval_of, 1)
    assert held is not None
    assert (held.round, held.votes) == (2, ())
    house.do("lea", approvals.decline_request, 1, "no", BOX)
    house.store.write(AGENT, commands.record_said, 1, "but I need it")
    assert house.one().state is RequestState.APPROVAL


def test_who_does_not_answer_is_reminded_and_in_the_end_a_lead_decides(house: House) -> None:
    house.ask()
    house.do("lea", approvals.approve_request, 1, "", BOX)
    assert not house.remind()
    for hours in (8, 16, 24, 32):
        house.now = MONDAY + timedelta(hours=hours)
        assert house.remind()
        assert not house.remind()
    assert house.told() == sorted(["ada", "lea", "max"] + 4 * ["ada", "max"])
    house.now = MONDAY + timedelta(hours=40)
    assert house.remind()
    found = house.one()
    assert found.state is RequestState.HELD
    assert found.held_why == "nobody of the role lead and owners decided by 2026-11-25 01:00Z"
    assert not house.remind()
    assert house.do("lea", commands.admit_request, 1, "ask them again", BOX).state is RequestState.APPROVAL
    held = house.store.read(approval_of, 1)
    assert held is not None
    assert (held.round, held.votes) == (2, ())


def test_only_who_holds_the_duty_reminds(house: House) -> None:
    house.ask()
    house.now += timedelta(hours=9)
    with pytest.raises(LeaseLost):
        house.store.write(AGENT, approvals.remind_approvals, house.token + 1)
    assert house.lines()[-1].startswith("R-1 M-")


def test_what_changes_is_to_be_approved_anew(house: House) -> None:
    first = house.ask()
    house.do("lea", approvals.approve_request, 1, "", BOX)
    with pytest.raises(BadInput, match="has to be told"):
        house.do("ada", change_request, 1, {}, {"share": ""}, BOX)
    changed = house.do("ada", change_request, 1, {"title": "Access to all"}, {"share": "all"}, BOX)
    assert (changed.state, changed.title, changed.form) == (
        RequestState.APPROVAL,
        "Access to all",
        {"share": "all"},
    )
    held = house.store.read(approval_of, 1)
    assert held is not None
    assert (held.round, held.votes) == (2, ())
    with pytest.raises(Moved):
        house.do("lea", approvals.approve_request, 1, "", BOX, first.version)
    for who in ("lea", "ada"):
        house.do(who, approvals.approve_request, 1, "", BOX)
    house.do("bob", commands.start_request, 1)
    again = house.do("ada", change_request, 1, {"text": "and for my team"}, None, BOX)
    assert (again.state, again.owner) == (RequestState.APPROVAL, "bob")
    assert any("to be approved anew: what is asked for changed" in line for line in house.lines())
    with pytest.raises(NotPossible, match="nothing differs"):
        house.do("ada", change_request, 1, {"text": "and for my team"}, None, BOX)


def test_without_people_who_may_a_lead_decides_and_cannot_go_round_them(house: House) -> None:
    house.now += timedelta(minutes=1)
    house.declare(ACCESS, lea=STAFF["lea"], bob=STAFF["bob"])
    found = house.ask()
    assert found.state is RequestState.HELD
    assert (
        found.held_why == "agreement a: 2 of the role lead and owners approve it, and of the staff only 1 may"
    )
    with pytest.raises(NotPossible, match="of the staff only 1 may"):
        house.do("lea", commands.admit_request, 1, "let him", BOX)
    house.now += timedelta(minutes=1)
    house.declare(ACCESS)
    assert house.do("lea", commands.admit_request, 1, "now", BOX).state is RequestState.APPROVAL


def test_an_approval_stands_through_a_merge_that_is_taken_apart(house: House) -> None:
    house.ask()
    house.ask()
    house.do("lea", approvals.approve_request, 1, "", BOX)
    house.do("ada", merge_request, 1, 2, "", BOX)
    house.now += timedelta(hours=50)
    house.store.write(AGENT, approvals.remind_approvals, house.token)
    assert house.one().state is RequestState.MERGED
    house.do("ada", unmerge_request, 1, BOX)
    house.remind()
    assert house.one().state is RequestState.HELD


def test_what_needs_none_waits_for_none(house: House) -> None:
    house.now += timedelta(minutes=1)
    house.declare(replace(ACCESS, approval=None))
    assert house.ask().state is RequestState.NEW
    assert house.store.read(approval_of, 1) is None
    assert house.do("ada", change_request, 1, {"component": "share-1"}, None, BOX).state is RequestState.NEW
