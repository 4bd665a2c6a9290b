"""Who waits for an incident's end is told of it: the requesters of what is linked to it, and the customers' contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Catalog, Customer, Service
from core.desk import commands as incidents
from core.desk.links.commands import link_items
from core.desk.messages.incident_contact import incident_previews
from core.desk.messages.queries import messages_of
from core.desk.queries import one_incident
from core.desk.requests import commands
from core.desk.requests.model import RequestState
from core.desk.requests.queries import one_request
from core.desk.telling import tell_incident
from core.errors import NotPossible
from core.journal import queries as journal
from core.journal.model import Subject
from core.timekeeping import utc_now
from tests.core.desk.support import ASKED, BOX, MAIL, opened

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

GOLD = Agreement("gold", "Gold", "acme", ("orders",), may_ask=("*",))
CATALOG = Catalog(
    services={"orders": Service("orders", "Orders")}, mailboxes={"support": MAIL},
    customers={"acme": Customer("acme", "Acme", "it@acme-customer.example"), "brook": Customer("brook", "Brook", "desk, ext. 12")},
    agreements={"gold": GOLD, "silver": replace(GOLD, id="silver", customer="brook")},
)  # fmt: skip
BROKEN = Subject("incident", "1")


def begun(store: Store, ada: Author, catalog: Catalog = CATALOG, requesters: tuple[str, ...] = ()) -> None:
    store.write(ada, load_catalog, catalog, directory="d", digest="x", changes=[])
    store.write(ada, incidents.open_incident, "", "orders", "Orders are slow", 2, BOX)
    for requester in requesters:
        number = opened(store, ada, replace(ASKED, requester=requester))
        store.write(ada, link_items, commands.subject(number), "caused by", BROKEN)


def sent(store: Store) -> list[tuple[str, str, str]]:
    """Returns what is told, but for receipts, as (about, recipient, purpose)."""
    found = [m for n in range(1, 6) for m in store.read(messages_of, commands.subject(n))]
    found += store.read(messages_of, BROKEN)
    return [(f"{m.about.kind} {m.about.id}", m.recipient, m.purpose) for m in found if m.purpose != "receipt"]


def test_requesters_hear_in_their_own_thread_and_contacts_of_the_incident(store: Store, ada: Author) -> None:
    begun(store, ada, requesters=("kim@c.example", "lee@c.example", "KIM@c.example"))
    one = store.read(one_incident, 1)
    shown = store.read(incident_previews, one, "update", "We look.", utc_now(), by=ada.actor)
    store.write(ada, tell_incident, 1, "We look.")
    assert sent(store) == [
        ("request 1", "kim@c.example", "update"), ("request 2", "lee@c.example", "update"),
        ("incident 1", "it@acme-customer.example", "update"),
    ]  # fmt: skip
    assert [(each.letter.recipient, each.letter.subject) for each in shown if each.letter] == [
        ("kim@c.example", "[acme R-1] A new till"), ("lee@c.example", "[acme R-2] A new till"),
        ("it@acme-customer.example", "[acme I-1] Orders are slow"),
    ]  # fmt: skip


def test_the_requests_count_as_told_and_say_by_what(store: Store, ada: Author) -> None:
    begun(store, ada, requesters=("kim@c.example", "on the phone"))
    store.write(ada, tell_incident, 1, "We look.")
    told = store.read(journal.of_subject, BROKEN)[-2]
    for number in (1, 2):
        entry = next(
            e for e in store.read(journal.of_subject, commands.subject(number)) if e.kind == "request.told"
        )
        assert (entry.note, entry.cause) == ("I-1: We look.", told.seq)
        assert store.read(one_request, number).told_at == store.read(one_incident, 1).told_at
        assert store.read(one_request, number).answered_by == "ada"


def test_of_its_end_hears_who_was_told_of_it_once(store: Store, ada: Author) -> None:
    begun(store, ada, requesters=("kim@c.example",))
    store.write(ada, tell_incident, 1, "We look.")
    store.write(ada, incidents.resolve_incident, 1, "A disk was full.", BOX)
    store.write(ada, incidents.close_incident, 1, "A disk was full.", BOX)
    assert [each for each in sent(store) if each[0] == "incident 1"] == [
        ("incident 1", "it@acme-customer.example", "update"),
        ("incident 1", "it@acme-customer.example", "resolved"),
    ]
    assert [each[2] for each in sent(store) if each[0] == "request 1"] == ["update", "update"]


def test_of_what_nobody_was_told_nobody_is_told_the_end(store: Store, ada: Author) -> None:
    begun(store, ada)
    store.write(ada, incidents.resolve_incident, 1, "A disk was full.", BOX)
    assert sent(store) == []


def test_a_request_that_is_over_is_not_told_of(store: Store, ada: Author) -> None:
    begun(store, ada, requesters=("kim@c.example",))
    store.write(ada, commands.cancel_request, 1, "No longer wanted.", BOX)
    store.write(ada, tell_incident, 1, "We look.")
    assert [each[:2] for each in sent(store)] == [
        ("request 1", "kim@c.example"), ("incident 1", "it@acme-customer.example")
    ]  # fmt: skip
    assert store.read(one_request, 1).state is RequestState.CANCELLED


def test_a_contact_who_asked_themselves_gets_one_message(store: Store, ada: Author) -> None:
    begun(store, ada, requesters=("IT@acme-customer.example",))
    store.write(ada, tell_incident, 1, "We look.")
    assert [each[0] for each in sent(store)] == ["request 1"]


def test_a_preview_that_would_go_to_nobody_says_why(store: Store, ada: Author) -> None:
    begun(store, ada, replace(CATALOG, customers={}))
    with pytest.raises(NotPossible, match="nobody is to be told of I-1"):
        store.read(incident_previews, store.read(one_incident, 1), "update", "x", utc_now())
