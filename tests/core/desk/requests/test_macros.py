"""Macros and replies: declared, applied as one, and taken back as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.catalog.commands import load_catalog
from core.catalog.desk import Macro, ReplyText
from core.catalog.mail import Mailbox
from core.catalog.model import Catalog, Service
from core.desk.requests import commands, queries
from core.desk.requests.macros import apply_macro, planned
from core.desk.requests.model import Asked, RequestState, WaitingFor
from core.desk.requests.replies import offered
from core.desk.requests.together import together
from core.errors import NotFound, NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.restorers import RESTORERS
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)
ASKED = Asked("VPN drops", "network", "ade@acme.example", requester_name="Ade")
BODY = "Dear $requester,\n$item is with $me. $$5 says it is the carrier."
MACROS = (
    Macro("carrier", "the carrier again", "seen", "in progress", "me", 2),
    Macro("done", "it is done", "seen", "delivered"),
    Macro("drop", "nobody's", owner="nobody"),
)


@pytest.fixture
def desk(store: Store, ada: Author) -> Store:
    catalog = Catalog(
        services={"network": Service("network", "Network")},
        mailboxes={"desk": Mailbox("desk", "desk@watch.example", smtp_host="localhost")},
        replies={
            "seen": ReplyText("seen", "seen", BODY),
            "other": ReplyText("other", "of another", "x", ("mail",)),
        },
        macros={each.id: each for each in MACROS},
    )
    store.write(ada, load_catalog, catalog, directory="c", digest="d", changes=["a desk"])
    for n in range(3):
        store.write(ada, commands.new_request, replace(ASKED, title=f"no {n}"), BOX)
    return store


def test_a_reply_is_offered_with_its_fields_filled_in_and_only_for_its_services(
    desk: Store, ada: Author
) -> None:
    found = desk.read(queries.one_request, 1)
    replies = desk.read(offered, [found], "ada")
    assert replies[0].text == "Dear Ade,\nR-1 is with ada. $5 says it is the carrier."
    assert [each.key for each in replies] == list("12345678")
    assert "of another" not in [each.name for each in replies]
    both = desk.read(offered, [found, desk.read(queries.one_request, 2)], "ada")
    assert both[0].text == BODY


def test_a_macro_does_all_of_it_as_one_and_tells_the_requester_once(desk: Store, ada: Author) -> None:
    before = desk.read(queries.one_request, 1)
    words = planned(MACROS[0], before, "ada")
    assert words == ["priority 3 to 2", "nobody to ada", "new to in progress", "its requester is told"]
    outcome = desk.write(
        ada, together, "request.macro", apply_macro, [(1, before.version)], BOX, "carrier", BOX
    )
    found = outcome.done[0]
    assert (found.priority, found.owner, found.state) == (2, "ada", RequestState.IN_PROGRESS)
    entries = desk.read(journal.of_subject, commands.subject(1))
    told = [each for each in entries if each.kind == "request.told"]
    assert [each.note for each in told] == ["Dear Ade,\nR-1 is with ada. $5 says it is the carrier."]


def test_all_of_several_macros_is_taken_back_with_one_key_but_for_what_was_told(
    desk: Store, ada: Author
) -> None:
    seen = [(n, desk.read(queries.one_request, n).version) for n in (1, 2, 3)]
    desk.write(ada, together, "request.macro", apply_macro, seen, BOX, "carrier", BOX)
    entry = desk.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    desk.write(ada, take_back, RESTORERS, entry.seq)
    for n in (1, 2, 3):
        found = desk.read(queries.one_request, n)
        assert (found.priority, found.owner) == (3, "")
        assert found.told_at is not None
        assert found.state is RequestState.ACKNOWLEDGED


def test_what_is_over_or_changes_nothing_is_refused_and_nothing_of_it_is_done(
    desk: Store, ada: Author
) -> None:
    desk.write(ada, commands.cancel_request, 2, "no longer", BOX)
    desk.write(ada, commands.wait_for, 3, WaitingFor.SUPPLIER, "a part")
    seen = [(n, desk.read(queries.one_request, n).version) for n in (1, 2)]
    outcome = desk.write(ada, together, "request.macro", apply_macro, seen, BOX, "drop", BOX)
    assert outcome.done == ()
    assert [
        "as nobody's has it already" in outcome.not_done[0][1],
        "cancelled" in outcome.not_done[1][1],
    ] == [
        True,
        True,
    ]
    with pytest.raises(NotFound, match="no macro"):
        desk.write(ada, apply_macro, 1, "carier", BOX)
    with pytest.raises(NotPossible, match="cannot be"):
        desk.write(ada, apply_macro, 2, "done", BOX)
    assert desk.read(queries.one_request, 2).state is RequestState.CANCELLED


def test_a_macro_delivers_with_the_words_of_its_reply(desk: Store, ada: Author) -> None:
    found = desk.write(ada, apply_macro, 1, "done", BOX)
    assert found.state is RequestState.DELIVERED
    assert found.outcome.startswith("Dear Ade")
