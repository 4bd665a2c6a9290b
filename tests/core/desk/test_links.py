"""How items hang together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from core.desk.commands import open_incident
from core.desk.links.commands import link_items, unlink_items
from core.desk.links.model import Relation, item_called, linked_in, relation_called
from core.desk.links.queries import links_of
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.desk.requests.splitting import split_request
from core.errors import BadInput, NotFound, NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.folding import fold
from core.journal.model import Subject
from core.journal.wording import sentence
from core.restorers import RESTORERS
from core.store.store import Store
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.work import Author

BOX = Consent(Level.BOX)


def R(number: int) -> Subject:  # noqa: N802
    return Subject("request", str(number))


INCIDENT = Subject("incident", "1")


@pytest.fixture
def desk(store: Store, ada: Author) -> Store:
    for number in range(1, 6):
        store.write(ada, commands.new_request, Asked(f"no {number}", "mail", "eve@acme.example"), BOX)
    store.write(ada, open_incident, "", "mail", "mail is down", 2, BOX)
    return store


def seen(store: Store, subject: Subject) -> list[tuple[str, str]]:
    found = [(each.words, each.label) for each in store.read(links_of, subject)]
    folded = linked_in(fold(store.read(journal.of_subject, subject)))
    assert sorted((words, other) for other, words in folded) == sorted(
        (each.words, each.other) for each in store.read(links_of, subject)
    )
    return found


def test_each_of_two_sees_a_link_from_its_side(desk: Store, ada: Author) -> None:
    desk.write(ada, link_items, R(1), "caused by", INCIDENT)
    desk.write(ada, link_items, R(2), "parent-of", R(1))
    assert seen(desk, R(1)) == [("caused by", "I-1"), ("child of", "R-2")]
    assert seen(desk, INCIDENT) == [("cause of", "R-1")]
    assert seen(desk, R(2)) == [("parent of", "R-1")]
    said = [sentence(each) for each in desk.read(journal.of_subject, INCIDENT)]
    assert said[-1] == "I-1 is cause of R-1"
    link = desk.read(links_of, INCIDENT)[0]
    assert (link.title, link.state, link.by) == ("no 1", "new", "ada")


def test_a_link_is_replaced_and_taken_away(desk: Store, ada: Author) -> None:
    desk.write(ada, link_items, R(1), "child of", R(2))
    desk.write(ada, link_items, R(1), "duplicate of", R(2))
    assert seen(desk, R(2)) == [("duplicated by", "R-1")]
    with pytest.raises(NotPossible, match="R-1 is duplicate of R-2 already"):
        desk.write(ada, link_items, R(2), "child of", R(1))
    desk.write(ada, unlink_items, R(2), R(1))
    assert seen(desk, R(1)) == seen(desk, R(2)) == []
    with pytest.raises(NotPossible, match="are not linked"):
        desk.write(ada, unlink_items, R(1), R(2))


def test_one_key_takes_it_back_on_both_sides(desk: Store, ada: Author) -> None:
    for doing, after in ((link_items, []), (unlink_items, [("child of", "R-2")])):
        if doing is link_items:
            desk.write(ada, link_items, R(1), "child of", R(2))
        else:
            desk.write(ada, link_items, R(1), "child of", R(2))
            desk.write(ada, unlink_items, R(1), R(2))
        entry = desk.read(last_undoable, RESTORERS, "ada", utc_now())
        assert entry is not None
        desk.write(ada, take_back, RESTORERS, entry.seq)
        assert seen(desk, R(1)) == after
    assert seen(desk, R(2)) == [("parent of", "R-1")]


def test_nothing_goes_in_a_circle(desk: Store, ada: Author) -> None:
    for one, other in ((1, 2), (2, 3), (3, 4)):
        desk.write(ada, link_items, R(one), "child of", R(other))
    with pytest.raises(NotPossible, match="R-1 is child of R-4 already, as it stands or over others"):
        desk.write(ada, link_items, R(4), "child of", R(1))
    with pytest.raises(NotPossible, match="nothing to itself"):
        desk.write(ada, link_items, R(4), "child of", R(4))
    with pytest.raises(NotPossible, match="R-1 is child of R-2 already"):
        desk.write(ada, link_items, R(1), "child of", R(5))


def test_two_at_once_close_no_circle(desk: Store, ada: Author, place: Path | str) -> None:
    desk.write(ada, link_items, R(2), "child of", R(3))
    desk.write(ada, link_items, R(4), "child of", R(1))
    other = Store.at(place)
    refused: list[str] = []
    together = threading.Barrier(2)

    def link(store: Store, one: int, to: int) -> None:
        together.wait()
        try:
            store.write(ada, link_items, R(one), "child of", R(to))
        except NotPossible as error:
            refused.append(error.what)

    threads = [threading.Thread(target=link, args=args) for args in ((desk, 1, 2), (other, 3, 4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert len(refused) == 1


def test_what_is_no_link_is_refused_with_what_there_is(desk: Store, ada: Author) -> None:
    with pytest.raises(BadInput, match="no item is 'fond of' another"):
        relation_called("fond of")
    assert relation_called("Parent-of") == (Relation.CHILD_OF, True)
    with pytest.raises(BadInput):
        item_called("A-3")
    with pytest.raises(NotFound):
        desk.write(ada, link_items, R(1), "child of", R(99))


def test_a_part_goes_on_as_a_request_of_its_own(desk: Store, ada: Author) -> None:
    made = desk.write(ada, split_request, 1, "and a new phone", "he also wants a phone", BOX)
    assert (made.id, made.requester, made.service, made.title) == (
        6,
        "eve@acme.example",
        "mail",
        "and a new phone",
    )
    assert seen(desk, R(6)) == [("split from", "R-1")]
    assert seen(desk, R(1)) == [("split into", "R-6")]
    said = [sentence(each) for each in desk.read(journal.of_subject, R(1))]
    assert "R-1 split: R-6 goes on with a part of it" in said
    with pytest.raises(BadInput, match="needs a title"):
        desk.write(ada, split_request, 1, " ", "", BOX)
    desk.write(ada, commands.cancel_request, 1, "not any more", BOX)
    with pytest.raises(NotPossible, match="cannot be split"):
        desk.write(ada, split_request, 1, "more", "", BOX)
