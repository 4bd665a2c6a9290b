"""Requests about the same become one, and are taken apart again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.mail import Mailbox
from core.catalog.model import Agreement, Catalog, Customer, Service
from core.desk.clocks.keeping import differences
from core.desk.clocks.promises import item_of
from core.desk.messages.queries import waiting_messages
from core.desk.requests import commands, queries
from core.desk.requests.merging import counted_from, merge_request, unmerge_request
from core.desk.requests.model import Asked, Request, RequestState, WaitingFor
from core.errors import Moved, NotPermitted, NotPossible
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.model import Via
from core.journal.wording import sentence
from core.store.work import Author
from core.timekeeping import to_micros, utc_now

if TYPE_CHECKING:
    from core.store.store import Store

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
BOX_OF = Mailbox("desk", "desk@ops.example", name="The desk", smtp_host="localhost")


def ask(store: Store, ada: Author, who: str = "eve@acme.example", service: str = "mail") -> Request:
    found: Request = store.write(ada, commands.new_request, Asked(f"of {who}", service, who), BOX)
    return found


def one(store: Store, number: int) -> Request:
    found: Request = store.read(queries.one_request, number)
    return found


def lines(store: Store, number: int) -> list[str]:
    return [sentence(each) for each in store.read(journal.of_subject, commands.subject(number))]


def check_clocks(store: Store) -> None:
    items = [item_of(each) for each in store.read(queries.requests, over=True)]
    assert store.read(differences, items, to_micros(utc_now()), within=60_000_000) == []


def test_what_is_merged_follows_its_target(store: Store, ada: Author) -> None:
    for who in ("eve@acme.example", "bob@acme.example", "zoe@acme.example"):
        ask(store, ada, who)
    merged = store.write(ada, merge_request, 3, 2, "the same outage", BOX)
    assert (merged.state, merged.merged_into, merged.standing) == (RequestState.MERGED, 2, "merged into R-2")
    store.write(ada, merge_request, 2, 1, "", BOX)
    assert store.read(queries.standing_for, 3) == 1
    assert [each.id for each in store.read(queries.merged_in, [1])] == [2, 3]
    said = store.write(ada, commands.requester_said, 3, "still down")
    assert said.id == 1
    note = store.read(journal.of_subject, commands.subject(1))[-1].note
    assert note == "zoe@acme.example:\nstill down"
    assert lines(store, 2)[-2:] == ["R-2 goes on for R-3, too", "R-2 merged into R-1"]
    check_clocks(store)


def test_taken_out_again_it_stands_as_it_did_before(store: Store, ada: Author) -> None:
    ask(store, ada)
    ask(store, ada, "bob@acme.example")
    store.write(ada, commands.take_request, 2)
    store.write(ada, commands.wait_for, 2, WaitingFor.SUPPLIER, "the carrier looks")
    before = one(store, 2)
    merged = store.write(ada, merge_request, 2, 1, "", BOX)
    back = store.write(ada, unmerge_request, 2, BOX, merged.version)
    assert back == replace(before, version=before.version + 2)
    assert lines(store, 2)[-1] == "R-2 goes on by itself again: waiting"
    assert lines(store, 1)[-1] == "R-1 goes on without R-2"
    with pytest.raises(NotPossible, match="R-2 is waiting, not merged"):
        store.write(ada, unmerge_request, 2, BOX)
    check_clocks(store)


def test_the_time_of_the_older_one_counts_while_they_are_one(store: Store, ada: Author) -> None:
    older, newer = ask(store, ada), ask(store, ada)
    store.write(ada, merge_request, 1, 2, "", BOX)
    own = to_micros(newer.opened_at)
    assert store.read(counted_from, 2, own) == to_micros(older.opened_at)
    store.write(ada, unmerge_request, 1, BOX)
    assert store.read(counted_from, 2, own) == own


@pytest.mark.parametrize("end", ["merged", "closed", "delivered"])
def test_nothing_is_merged_into_what_is_no_longer_open(store: Store, ada: Author, end: str) -> None:
    for _ in range(3):
        ask(store, ada)
    if end == "merged":
        store.write(ada, merge_request, 1, 3, "", BOX)
    else:
        store.write(ada, commands.deliver_request, 1, "it is done", BOX)
        if end == "closed":
            store.write(ada, commands.close_request, 1, "", BOX)
    with pytest.raises(NotPossible, match=f"R-1 is {end}.*nothing can be merged into it"):
        store.write(ada, merge_request, 2, 1, "", BOX)
    assert one(store, 2).state is RequestState.NEW


def test_no_circle_comes_about(store: Store, ada: Author) -> None:
    for _ in range(2):
        ask(store, ada)
    with pytest.raises(NotPossible, match="into itself"):
        store.write(ada, merge_request, 1, 1, "", BOX)
    store.write(ada, merge_request, 1, 2, "", BOX)
    with pytest.raises(NotPossible, match="merged into R-2"):
        store.write(ada, merge_request, 2, 1, "", BOX)


def test_who_saw_an_older_state_is_told_and_nothing_is_done(store: Store, ada: Author) -> None:
    ask(store, ada)
    seen = ask(store, ada)
    store.write(ada, commands.take_request, 2)
    with pytest.raises(Moved, match="ada taken"):
        store.write(ada, merge_request, 2, 1, "", BOX, seen.version)


def declare(store: Store) -> None:
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme"), "brook": Customer("brook", "Brook")},
        services={"mail": Service("mail", "Mail")},
        agreements={
            name: Agreement(name, name, name, ("mail",), may_ask=(f"@{name}.example",)) for name in ("acme", "brook")
        },
        mailboxes={"desk": BOX_OF},
    )  # fmt: skip
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="1", changes=())


def test_nobody_reads_what_is_of_another_customer(store: Store, ada: Author) -> None:
    declare(store)
    ask(store, ada)
    ask(store, ada, "ben@brook.example")
    with pytest.raises(NotPossible, match="R-2 is of brook, R-1 of acme"):
        store.write(ada, merge_request, 2, 1, "", BOX)


def test_each_requester_is_told_once_of_both(store: Store, ada: Author) -> None:
    declare(store)
    for who in ("eve@acme.example", "bob@acme.example", "bob@acme.example"):
        ask(store, ada, who)
    store.write(ada, merge_request, 2, 1, "the same outage", BOX)
    store.write(ada, merge_request, 3, 1, "", BOX)
    store.write(ada, commands.deliver_request, 1, "mail goes again", BOX)
    told = [(m.purpose, m.recipient, str(m.about)) for m in store.read(waiting_messages)]
    assert sorted(told) == sorted(
        [("receipt", "eve@acme.example", "request:1"), ("receipt", "bob@acme.example", "request:2"),
         ("receipt", "bob@acme.example", "request:3"), ("merged", "bob@acme.example", "request:2"),
         ("merged", "bob@acme.example", "request:3"), ("resolved", "eve@acme.example", "request:1"),
         ("resolved", "bob@acme.example", "request:2")]
    )  # fmt: skip
    merged = next(m for m in store.read(waiting_messages) if m.purpose == "merged")
    assert "R-1: of eve@acme.example\n\nthe same outage" in merged.body


def test_the_agent_merges_nothing(store: Store, ada: Author) -> None:
    ask(store, ada)
    ask(store, ada)
    viewer = Catalog(customers={}, services={}, staff={})
    store.write(AGENT, load_catalog, viewer, directory="/c", digest="2", changes=())
    with pytest.raises(NotPermitted, match="merging a request into another is for the role operator"):
        store.write(replace(ada, actor="vic"), _without_roles, 2, 1)


def _without_roles(work: object, source: int, target: int) -> None:
    work.roles = frozenset({"viewer"})  # type: ignore[attr-defined]
    merge_request(work, source, target, "", BOX)  # type: ignore[arg-type]
