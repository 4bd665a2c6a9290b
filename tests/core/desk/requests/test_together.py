"""One doing over several requests at once, and all of it taken back with one key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.desk.requests import commands, queries
from core.desk.requests.attending import hand_over_request
from core.desk.requests.model import Asked, Request, RequestState
from core.desk.requests.together import together
from core.errors import BadInput, NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.wording import sentence
from core.restorers import RESTORERS
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store
    from core.store.work import Author

BOX = Consent(Level.BOX)
ASKED = Asked("VPN drops in Lagos", "network", "ada@acme.example")


def asked(store: Store, ada: Author, many: int) -> list[Request]:
    return [store.write(ada, commands.new_request, replace(ASKED, title=f"no {n}"), BOX) for n in range(many)]


def seen(found: list[Request]) -> list[tuple[int, int]]:
    return [(each.id, each.version) for each in found]


def test_what_cannot_be_done_of_it_says_why_and_the_rest_is_done(store: Store, ada: Author) -> None:
    found = asked(store, ada, 4)
    store.write(ada, commands.cancel_request, 2, "not wanted any more", BOX)
    store.write(ada, commands.set_priority, 3, 1)
    outcome = store.write(ada, together, "request.take", commands.take_request, seen(found), BOX)
    assert [each.label for each in outcome.done] == ["R-1", "R-4"]
    assert [name for name, _ in outcome.not_done] == ["R-2", "R-3"]
    assert "changed since" in outcome.not_done[1][1]
    assert [store.read(queries.one_request, n).owner for n in (1, 2, 3, 4)] == ["ada", "", "", "ada"]


def test_one_key_takes_all_of_it_back(store: Store, ada: Author) -> None:
    found = asked(store, ada, 3)
    store.write(ada, together, "request.grade", commands.set_priority, seen(found), BOX, 1)
    entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    words = store.write(ada, take_back, RESTORERS, entry.seq)
    assert words.endswith("and 2 more")
    assert [store.read(queries.one_request, n) for n in (1, 2, 3)] == [replace(r, version=3) for r in found]
    assert store.read(last_undoable, RESTORERS, "ada", utc_now()) is None


def test_what_changed_since_stays_and_is_named(store: Store, ada: Author) -> None:
    found = asked(store, ada, 3)
    store.write(ada, together, "request.take", commands.take_request, seen(found), BOX)
    entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    store.write(replace(ada, actor="bob"), commands.set_priority, 1, 1)
    words = store.write(ada, take_back, RESTORERS, entry.seq)
    assert words.endswith("and 1 more; not R-1: changed since")
    assert [store.read(queries.one_request, n).owner for n in (1, 2, 3)] == ["ada", "", ""]
    with pytest.raises(NotPossible, match="changed since"):
        store.write(ada, take_back, RESTORERS, entry.seq)


def test_many_at_once_are_asked_for_in_a_box(store: Store, ada: Author) -> None:
    found = asked(store, ada, 11)
    with pytest.raises(BadInput):
        store.write(ada, together, "request.take", commands.take_request, seen(found))
    outcome = store.write(ada, together, "request.take", commands.take_request, seen(found), BOX)
    assert len(outcome.done) == 11


def test_a_request_is_handed_over_with_what_is_to_be_known(store: Store, ada: Author) -> None:
    asked(store, ada, 1)
    handed = store.write(ada, hand_over_request, 1, "bob", "the carrier calls back at six")
    assert (handed.owner, handed.state) == ("bob", RequestState.ACKNOWLEDGED)
    said = store.read(journal.of_subject, commands.subject(1))[-1]
    assert sentence(said) == "R-1 handed over to bob: the carrier calls back at six"
    entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    store.write(ada, take_back, RESTORERS, entry.seq)
    assert store.read(queries.one_request, 1).owner == ""
    with pytest.raises(BadInput, match="to somebody"):
        store.write(ada, hand_over_request, 1, " ", "")
    with pytest.raises(BadInput, match="bob has to know what is next"):
        store.write(ada, hand_over_request, 1, "bob", " ")
