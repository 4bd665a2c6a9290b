"""A request as it was: whatever belongs to it, read from the entries alone, is what stood there then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.catalog.commands import load_catalog
from core.catalog.model import Agreement, Approval, Catalog, Customer, RequestType, Service, Staff
from core.desk.links.commands import link_items, unlink_items
from core.desk.requests import commands, queries
from core.desk.requests.approvals import approve_request, decline_request
from core.desk.requests.as_of import request_at, requests_at, whole_at
from core.desk.requests.attending import snooze_request, unwatch_request, wake_request, watch_request
from core.desk.requests.checklists import add_check, remove_check, tick_check, untick_check
from core.desk.requests.merging import merge_request, unmerge_request
from core.desk.requests.model import Asked, WaitingFor
from core.desk.requests.pages import ORDERS, VIEWS, Wanted, page
from core.desk.requests.past_pages import VIEWS_OF, queue_at
from core.desk.requests.whole import Whole, whole_request
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.model import Via
from core.restorers import RESTORERS
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT)
LEA = Author("lea", Via.CONSOLE, "seat-2")


def declare(store: Store) -> None:
    phone = RequestType(
        "phone", "A phone", "mail", approval=Approval(("role:lead",), 1), checklist=("chosen", "given")
    )
    catalog = Catalog(
        customers={"acme": Customer("acme", "Acme")}, services={"mail": Service("mail", "Mail")},
        agreements={"a": Agreement("a", "A", "acme", ("mail",), may_ask=("*",), request_types=(phone,))},
        staff={"ada": Staff("ada", "Ada"), "lea": Staff("lea", "Lea", role="lead")},
    )  # fmt: skip
    store.write(AGENT, load_catalog, catalog, directory="/c", digest="1", changes=())


def plain(whole: Whole | None) -> Whole:
    """Returns a whole request without what only the present knows."""
    assert whole is not None
    request = replace(whole.request, version=1, due=None, clocks=())
    links = [each._replace(title="", state="", since=utc_now().min, by="") for each in whole.links]
    approval = whole.approval
    if approval is not None:
        votes = tuple(replace(each, at=approval.asked_at) for each in approval.votes)
        approval = replace(approval, votes=votes, asked_at=utc_now().min, next_at=None, expires_at=None)
    checks = tuple(
        each._replace(ticked_at=utc_now().min if each.ticked_at else None) for each in whole.checks
    )
    return whole._replace(request=request, links=links, like=[], approval=approval, checks=checks)


def test_whatever_was_done_the_entries_come_to_what_stood_there(store: Store, ada: Author) -> None:
    declare(store)
    for _ in range(2):
        store.write(
            AGENT, commands.record_request, Asked("A phone", "mail", "eve@acme.example", type="phone")
        )
    one, two = commands.subject(1), commands.subject(2)
    doings: list[Any] = [
        (LEA, approve_request, 1, "", BOX), (ada, commands.take_request, 1), (ada, watch_request, 1, "lea"),
        (ada, link_items, one, "caused by", two), (ada, tick_check, 1, 2), (ada, add_check, 1, "case" ),
        (ada, snooze_request, 1, utc_now() + timedelta(days=1), "tomorrow"), (ada, wake_request, 1),
        (ada, untick_check, 1, 2), "undo", (ada, remove_check, 1, 3), "undo",
        (ada, commands.wait_for, 1, WaitingFor.SUPPLIER, "it is sent"), (ada, unwatch_request, 1, "lea"),
        (ada, unlink_items, two, one), (ada, merge_request, 1, 2, "", BOX), (ada, unmerge_request, 1, BOX),
        (LEA, decline_request, 2, "no", BOX),
    ]  # fmt: skip
    stood: list[tuple[int, Whole, Whole]] = []
    for doing in doings:
        if doing == "undo":
            entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
            assert entry is not None
            store.write(ada, take_back, RESTORERS, entry.seq)
        else:
            author, command, *args = doing
            store.write(author, command, *args)
        seq = store.read(journal.newest).seq
        now = utc_now()
        stood.append((seq, store.read(whole_request, 1, now), store.read(whole_request, 2, now)))
    for seq, *wholes in stood:
        for number, whole in enumerate(wholes, 1):
            assert plain(store.read(whole_at, number, seq, utc_now())) == plain(whole), seq
    assert store.read(request_at, 1, 1) is None
    assert store.read(whole_at, 1, 1, utc_now()) is None


def test_the_queue_as_it_was(store: Store, ada: Author) -> None:
    for number in range(1, 4):
        store.write(ada, commands.new_request, Asked(f"no {number}", "mail", "eve@acme.example"), BOX)
    before = store.read(journal.newest).seq
    store.write(ada, commands.cancel_request, 1, "not any more", BOX)
    store.write(ada, commands.new_request, Asked("no 4", "mail", "eve@acme.example"), BOX)
    assert [each.id for each in store.read(requests_at, before).requests] == [3, 2, 1]
    after = store.read(journal.newest).seq
    assert [each.id for each in store.read(requests_at, after).requests] == [4, 3, 2]
    newest = store.read(requests_at, after, over=True, most=3)
    assert ([each.id for each in newest.requests], newest.left_out) == ([4, 3, 2], 1)
    assert newest.words == "of 1 older ones it was not looked at how they stood"
    now = {each.id: replace(each, version=1) for each in store.read(queries.requests, over=True)}
    assert {each.id: each for each in store.read(requests_at, after, over=True).requests} == now


def test_what_came_later_hides_nothing_that_was_there(store: Store, ada: Author) -> None:
    for number in range(1, 4):
        store.write(ada, commands.new_request, Asked(f"no {number}", "mail", "eve@acme.example"), BOX)
    before = store.read(journal.newest).seq
    for number in range(4, 9):
        store.write(ada, commands.new_request, Asked(f"no {number}", "mail", "eve@acme.example"), BOX)
    store.write(ada, commands.cancel_request, 1, "not any more", BOX)
    then = store.read(requests_at, before, most=3)
    assert ([each.id for each in then.requests], then.left_out, then.words) == ([3, 2, 1], 0, "")
    cut = store.read(requests_at, before, most=2)
    assert ([each.id for each in cut.requests], cut.left_out) == ([3, 2], 1)


def test_every_view_and_order_of_the_past_is_that_of_the_present(store: Store, ada: Author) -> None:
    declare(store)
    titles = ("The door", "a printer", "VPN", "disk", "mail", "phone", "scanner")
    for n, title in enumerate(titles):
        asked = Asked(title, "mail", f"eve{n % 2}@acme.example", impact=1 + n % 3, urgency=1 + n % 2)
        store.write(ada, commands.new_request, asked, BOX)
    store.write(ada, commands.take_request, 1)
    store.write(ada, commands.assign_request, 2, "lea")
    store.write(ada, commands.wait_for, 3, WaitingFor.CUSTOMER, "which one?")
    store.write(ada, commands.deliver_request, 4, "done", BOX)
    store.write(ada, commands.cancel_request, 5, "not any more", BOX)
    store.write(ada, snooze_request, 6, utc_now() + timedelta(hours=4), "later")
    seq = store.read(journal.newest).seq
    assert set(VIEWS_OF) == set(VIEWS)
    for view in VIEWS:
        for order in ORDERS:
            for words in ("", "eve1", "!owner:ada p1", "R-3", "state:waiting", "printer or vpn"):
                wanted = Wanted("ada", view, words, order, is_reversed=order == "age")
                now = [each.id for each in store.read(page, wanted)]
                assert [each.id for each in store.read(queue_at, seq, utc_now(), wanted).requests] == now, (
                    wanted
                )
