"""Everybody who waits for a request is told, each once, in the thread of what they asked for themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Catalog, Customer, Service, Staff
from core.desk.messages.audience import hearers_of
from core.desk.messages.contact import previews
from core.desk.messages.model import MAIL, STAFF
from core.desk.messages.queries import messages_of
from core.desk.requests import commands
from core.desk.requests.attending import watch_request
from core.desk.requests.model import Asked, RequestState
from core.desk.requests.queries import merged_in, one_request
from core.desk.requests.tables import request
from core.improvement.surveys.model import Scale
from core.improvement.surveys.queries import survey_of
from core.store.rows import revise, row_of
from core.timekeeping import utc_now
from tests.core.desk.support import ASKED, BOX, opened
from tests.core.desk.support import MAIL as SUPPORT

if TYPE_CHECKING:
    from core.desk.messages.model import Message
    from core.store.store import Store
    from core.store.work import Author, Work

ADA = Staff("ada", "Ada", email="ada@acme.example")
BOB = Staff("bob", "Bob", email="bob@acme.example")
CATALOG = Catalog(
    services={"orders": Service("orders", "Orders")}, mailboxes={"support": SUPPORT}, staff={"ada": ADA, "bob": BOB}
)  # fmt: skip


def declare(store: Store, ada: Author, catalog: Catalog = CATALOG) -> None:
    store.write(ada, load_catalog, catalog, directory="d", digest="x", changes=[])


def merge(work: Work, number: int, into: int | None) -> None:
    row = row_of(work, request, "request", number)
    state = RequestState.MERGED if into else RequestState.ACKNOWLEDGED
    after = {"state": state, "merged_into": into}
    revise(work, request, row, "request.closed", after, subject=commands.subject(number))


def told(store: Store, number: int, purpose: str) -> list[Message]:
    found = store.read(messages_of, commands.subject(number))
    return [each for each in found if each.purpose == purpose]


def test_who_asked_for_what_was_merged_is_told_in_their_own_thread(store: Store, ada: Author) -> None:
    declare(store, ada)
    first = opened(store, ada)
    second = opened(store, ada, Asked("Till dead", "orders", "lee@customer.example", requester_name="Lee"))
    third = opened(store, ada, Asked("Help", "orders", "Kim@Customer.example"))
    store.write(ada, merge, third, second)
    store.write(ada, merge, second, first)
    assert [each.id for each in store.read(merged_in, [first])] == [second, third]
    shown = store.read(previews, store.read(one_request, first), "update", "It comes.", utc_now())
    store.write(ada, commands.tell_requester, first, "It comes.")
    (to_kim,) = told(store, first, "update")
    (to_lee,) = told(store, second, "update")
    assert (to_kim.recipient, to_lee.recipient) == ("kim@customer.example", "lee@customer.example")
    assert told(store, third, "update") == []  # it is Kim's, who was told
    assert "Answer this message to add to R-2." in to_lee.body
    assert [(each.letter.recipient, each.letter.subject) for each in shown if each.letter] == [
        ("kim@customer.example", "[acme R-1] A new till"), ("lee@customer.example", "[acme R-2] Till dead"),
    ]  # fmt: skip


def test_once_it_is_unmerged_each_is_told_of_their_own(store: Store, ada: Author) -> None:
    declare(store, ada)
    first = opened(store, ada)
    second = opened(store, ada, replace(ASKED, requester="lee@customer.example"))
    store.write(ada, merge, second, first)
    store.write(ada, merge, second, None)
    store.write(ada, commands.tell_requester, first, "It comes.")
    assert told(store, second, "update") == []


def test_a_circle_of_merges_ends(store: Store, ada: Author) -> None:
    declare(store, ada)
    first, second = opened(store, ada), opened(store, ada)
    store.write(ada, merge, first, second)
    store.write(ada, merge, second, first)
    assert second in [each.id for each in store.read(merged_in, [first])]


def test_who_watches_is_told_by_their_name_or_address_and_nobody_twice(store: Store, ada: Author) -> None:
    declare(store, ada)
    found = store.read(one_request, opened(store, ada))
    watching = ["bob", "boss@customer.example", "ada", "KIM@customer.example", "bob@acme.example", "x y@", ""]
    hearers = store.read(hearers_of, found, watching, by="ada")
    assert [(each.channel, each.recipient, each.why) for each in hearers] == [
        (MAIL, "kim@customer.example", "requester"), (STAFF, "bob", "watcher"), (MAIL, "boss@customer.example", "watcher"),
    ]  # fmt: skip


def test_who_watches_reads_what_its_requester_is_told(store: Store, ada: Author) -> None:
    declare(store, ada)
    number = opened(store, ada)
    store.write(ada, watch_request, number)
    store.write(ada, watch_request, number, "bob")
    store.write(ada, commands.tell_requester, number, "It comes.")
    (message,) = told(store, number, "watched")
    assert (message.channel, message.recipient) == (STAFF, "bob")  # and not ada, who wrote it
    assert "Its requester is told:\n\nIt comes." in message.body
    shown = store.read(previews, store.read(one_request, number), "update", "It comes.", utc_now(), by="ada")
    assert [(each.going.recipient, each.text.body) for each in shown if each.letter is None] == [
        ("bob", message.body)
    ]


def test_of_staff_who_asked_themselves_no_second_message_is_made(store: Store, ada: Author) -> None:
    declare(store, ada)
    found = store.read(one_request, opened(store, ada, replace(ASKED, requester="bob@acme.example")))
    hearers = store.read(hearers_of, found, ["bob"])
    assert [each.recipient for each in hearers] == ["bob@acme.example"]


def test_of_its_receipt_only_who_asked_hears(store: Store, ada: Author) -> None:
    declare(store, ada)
    first, second = opened(store, ada), opened(store, ada, replace(ASKED, requester="lee@customer.example"))
    store.write(ada, merge, second, first)
    (shown,) = store.read(previews, store.read(one_request, first), "receipt", "", utc_now())
    assert shown.going.recipient == "kim@customer.example"


def test_only_who_asked_is_asked_how_satisfied_they_are(store: Store, ada: Author) -> None:
    declare(store, ada)
    first, second = opened(store, ada), opened(store, ada, replace(ASKED, requester="lee@customer.example"))
    store.write(ada, merge, second, first)
    store.write(ada, commands.deliver_request, first, "There it is.", BOX)
    (to_kim,), (to_lee,) = told(store, first, "resolved"), told(store, second, "resolved")
    assert ("mailto:" in to_kim.body, "mailto:" in to_lee.body) == (True, False)


def asks(survey: Any) -> Catalog:
    agreement = Agreement("gold", "Gold", "acme", ("orders",), may_ask=("*",), survey=survey)
    return replace(CATALOG, customers={"acme": Customer("acme", "Acme")}, agreements={"gold": agreement})


def test_the_agreement_says_what_is_asked(store: Store, ada: Author) -> None:
    declare(store, ada, asks("nps"))
    number = opened(store, ada)
    store.write(ada, commands.deliver_request, number, "There it is.", BOX)
    asked = store.read(survey_of, number)
    assert asked is not None
    assert asked.scale is Scale.NPS
    (letter,) = told(store, number, "resolved")
    assert "How likely are you to recommend us" in letter.body
    assert letter.body.count("mailto:") == 11


def test_an_agreement_may_ask_nothing(store: Store, ada: Author) -> None:
    declare(store, ada, asks("none"))
    number = opened(store, ada)
    store.write(ada, commands.deliver_request, number, "There it is.", BOX)
    assert store.read(survey_of, number) is None
    (letter,) = told(store, number, "resolved")
    assert "mailto:" not in letter.body


def test_nobody_is_asked_of_what_they_delivered_themselves(store: Store, ada: Author) -> None:
    declare(store, ada)
    number = opened(store, ada, replace(ASKED, requester="ADA@acme.example"))
    store.write(ada, commands.deliver_request, number, "There it is.", BOX)
    assert store.read(survey_of, number) is None
