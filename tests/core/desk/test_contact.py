"""What happens to a request is told its requester, one message a change, and the preview is what goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from core.catalog.mail import MessageText
from core.desk.messages.contact import previews
from core.desk.messages.queries import letter_of, messages_of
from core.desk.requests import commands
from core.desk.requests.model import WaitingFor
from core.desk.requests.queries import one_request
from core.errors import BadInput, NotPossible
from core.improvement.surveys.model import answer_in
from core.journal import queries as journal
from core.timekeeping import utc_now
from tests.core.desk.support import ASKED, BOX, MAIL, declare, opened

if TYPE_CHECKING:
    from core.desk.messages.model import Message
    from core.store.store import Store
    from core.store.work import Author


def told(store: Store, number: int) -> list[Message]:
    return store.read(messages_of, commands.subject(number))


def test_a_request_is_told_of_from_its_receipt_to_its_end(store: Store, ada: Author) -> None:
    declare(store, ada)
    number = opened(store, ada)
    store.write(ada, commands.take_request, number)
    store.write(ada, commands.tell_requester, number, "We ordered it.")
    store.write(ada, commands.wait_for, number, WaitingFor.CUSTOMER, "Which colour?")
    store.write(ada, commands.start_request, number)
    store.write(
        ada,
        commands.wait_for,
        number,
        WaitingFor.UNTIL,
        "the shop opens",
        until=utc_now() + timedelta(days=1),
    )
    store.write(ada, commands.note_request, number, "internal: they are in a hurry")
    store.write(ada, commands.deliver_request, number, "It stands there.", BOX)
    store.write(ada, commands.close_request, number, "", BOX)
    messages = told(store, number)
    assert [each.purpose for each in messages] == ["receipt", "update", "waiting", "resolved"]
    assert {each.recipient for each in messages} == {"kim@customer.example"}
    assert "We ordered it." in messages[1].body
    assert "Which colour?" in messages[2].body
    assert not any("hurry" in each.body for each in messages)
    assert "It stands there." in messages[3].body
    (line, *_) = [line for line in messages[3].body.splitlines() if "mailto:" in line]
    answer = answer_in(line.partition("subject=")[2].replace("%20", " "))
    assert answer is not None
    assert answer.request == number


def test_what_is_told_is_in_the_transaction_of_what_happened(store: Store, ada: Author) -> None:
    declare(store, ada)
    number = opened(store, ada)
    entries = store.read(journal.of_subject, commands.subject(number))
    assert [each.kind for each in entries] == ["request.opened", "request.message_queued"]
    assert entries[1].cause == entries[0].seq
    assert entries[0].at == entries[1].at


@pytest.mark.parametrize("requester", ["Kim on the phone", "kim"])
def test_who_has_no_address_is_not_written_to(store: Store, ada: Author, requester: str) -> None:
    declare(store, ada)
    assert told(store, opened(store, ada, replace(ASKED, requester=requester))) == []


def test_without_a_mailbox_nothing_piles_up(store: Store, ada: Author) -> None:
    declare(store, ada, boxes=(replace(MAIL, services=("shop",)),))
    assert told(store, opened(store, ada)) == []


def test_a_closing_with_a_text_is_told(store: Store, ada: Author) -> None:
    declare(store, ada)
    number = opened(store, ada)
    store.write(ada, commands.cancel_request, number, "No longer wanted.", BOX)
    last = told(store, number)[-1]
    assert (last.purpose, last.title) == ("closed", "Closed: A new till")


def test_the_words_are_those_of_the_catalog(store: Store, ada: Author) -> None:
    declare(store, ada, MessageText("r", "receipt", "Got $item", "Hello $requester, $service. $team"))
    (receipt,) = told(store, opened(store, ada))
    assert (receipt.title, receipt.body) == ("Got R-1", "Hello Kim, orders. Acme Support")


def test_the_preview_is_what_goes_out(store: Store, ada: Author) -> None:
    declare(store, ada)
    number = opened(store, ada)
    (going,) = store.read(
        previews, store.read(one_request, number), "update", "We ordered it.", utc_now(), by=ada.actor
    )
    shown = going.letter
    assert shown is not None
    assert going.going.why == "requester"
    assert shown.message_id == "<wf.request-1.2@acme.example>"
    assert (shown.recipient, shown.subject) == ("kim@customer.example", "[acme R-1] A new till")
    store.write(ada, commands.tell_requester, number, "We ordered it.")
    assert store.read(letter_of, told(store, number)[-1]) == shown


def test_a_preview_of_what_cannot_be_sent_says_why(store: Store, ada: Author) -> None:
    number = opened(store, ada)
    with pytest.raises(NotPossible, match="no mailbox carries"):
        store.read(partial(previews, now=utc_now()), store.read(one_request, number), "update", "x")
    other = opened(store, ada, replace(ASKED, requester="the phone"))
    with pytest.raises(BadInput, match="not an e-mail address"):
        store.read(partial(previews, now=utc_now()), store.read(one_request, other), "update", "x")
