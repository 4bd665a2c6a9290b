"""Words are folded in one way, kept in the transaction of what they are of, and found in both databases alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from core.desk import commands as incident_commands
from core.desk.finding.compiling import WORDS
from core.desk.finding.fields import BOTH, Kind
from core.desk.finding.keeping import rebuild
from core.desk.finding.parsing import parse
from core.desk.finding.queries import find, passing, speaks_of_state
from core.desk.finding.reading import Sight
from core.desk.finding.words import LONGEST, MOST_WORDS, folded, is_in, kept, longer
from core.desk.requests import commands
from core.desk.requests.model import Asked
from core.errors import NotFound, Unavailable
from core.gate.model import Consent, Level

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.store.store import Store
    from core.store.work import Author, Work

BOX = Consent(Level.BOX)
SIGHT = Sight("ada", datetime(2026, 11, 29, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Größe", ["grosse"]),
        ("É-mail, it's ÑANDÚ_2", ["e", "mail", "it", "s", "nandu", "2"]),
        ("ﬁle № ２", ["file", "no", "2"]),
        ("漢字テスト ok", ["漢", "字", "テ", "ス", "ト", "ok"]),
        ("Привет ΣΊΣΥΦΟΣ", ["привет", "σισυφοσ"]),
        ("\x00\ud800 -- ''", []),
        ("x" * 100, ["x" * LONGEST]),
    ],
)
def test_words_as_they_are_folded(typed: str, words: list[str]) -> None:
    assert folded(typed) == words


@given(st.text(max_size=40))
def test_what_is_folded_is_folded_already(typed: str) -> None:
    once = " ".join(folded(typed))
    assert " ".join(folded(once)) == once


def test_of_a_long_text_the_beginning_is_kept_and_of_what_was_said_the_end() -> None:
    assert kept(["a b"] * MOST_WORDS).split() == ["a", "b"] * (MOST_WORDS // 2)
    assert longer("first " * MOST_WORDS, "last").split()[-2:] == ["first", "last"]
    assert len(longer("first " * MOST_WORDS, "last").split()) == MOST_WORDS


def test_short_words_are_whole_and_longer_ones_begin() -> None:
    assert is_in(("net",), "a network")
    assert not is_in(("ne",), "a network")
    assert is_in(("a", "netw"), "a network")
    assert not is_in(("work",), "a network")


def labels(store: Store, typed: str, **named: object) -> list[str]:
    tree = parse(typed, BOTH).tree
    return [item.label for item in store.read(find, tree, SIGHT, **named)]


@pytest.fixture
def desk(store: Store, ada: Author) -> Store:
    def fill(work: Work) -> None:
        commands.record_request(
            work, Asked("Printer in Zürich", "print", "eve@acme.example", "The paper jams.")
        )
        commands.record_request(work, Asked("VPN slow", "net", "bob@acme.example", "since noon", "Bob Brown"))
        incident_commands.open_incident(work, "vpn", "net", "The VPN is down", 2, BOX)

    store.write(ada, fill)
    return store


def test_what_is_asked_for_said_noted_and_closed_with_is_found(desk: Store, ada: Author) -> None:
    assert labels(desk, "zurich paper") == ["R-1"]
    assert labels(desk, "VPN") == ["R-2", "I-1"]
    assert labels(desk, "brown") == labels(desk, "bob@acme") == ["R-2"]
    assert labels(desk, "toner") == []
    desk.write(ada, commands.note_request, 1, "needs toner")
    desk.write(ada, commands.cancel_request, 2, "moved to fibre", BOX)
    desk.write(ada, incident_commands.resolve_incident, 1, "rebooted the concentrator", BOX)
    assert labels(desk, "toner") == labels(desk, '"needs toner"') == ["R-1"]
    assert labels(desk, '"toner needs"') == []
    assert labels(desk, "fibre") == ["R-2"]
    assert labels(desk, "concentrator -is:over") == ["I-1"]
    assert labels(desk, "vpn is:open") == []
    assert labels(desk, "vpn", limit=1) == ["R-2"]
    assert labels(desk, "vpn", kinds=(Kind.REQUEST,)) == ["R-2"]
    assert labels(desk, "R-2 or I-1 or printer") == ["R-2", "R-1", "I-1"]


def test_what_was_refused_leaves_no_words(desk: Store, ada: Author) -> None:
    def note_and_fail(work: Work) -> None:
        commands.note_request(work, 1, "unheard")
        raise NotFound("no")

    with pytest.raises(NotFound):
        desk.write(ada, note_and_fail)
    assert labels(desk, "unheard") == []


def test_made_anew_from_rows_and_journal_the_words_are_the_same(desk: Store, ada: Author) -> None:
    desk.write(ada, commands.note_request, 1, "needs toner")
    desk.write(ada, commands.note_request, 1, "has toner")

    def all_words(connection: Connection) -> list[object]:
        return [
            tuple(row)
            for kind in Kind
            for row in connection.execute(select(WORDS[kind]).order_by("id")).all()
        ]

    def anew(work: Work) -> int:
        work.record("request.noted", commands.subject(1))
        work.record("request.noted", commands.subject(2))
        work.record("incident.noted", incident_commands.subject(1))
        return rebuild(work.connection)

    before = desk.read(all_words)
    assert desk.write(ada, anew) == 3
    assert desk.read(all_words) == before
    assert labels(desk, "toner") == ["R-1"]


def test_which_of_some_pass(desk: Store) -> None:
    tree = parse("vpn -is:over", frozenset({Kind.INCIDENT})).tree
    assert desk.read(passing, tree, Kind.INCIDENT, [1, 2, 700], SIGHT) == {1}


@pytest.mark.embedded
def test_the_embedded_index_holds_what_the_tables_hold(desk: Store, ada: Author) -> None:
    desk.write(ada, commands.note_request, 1, "needs toner")

    def check(work: Work) -> None:
        """The 1 has the index held against the table, not only against itself; what differs is raised."""
        for name in ("request", "incident"):
            work.connection.execute(
                text(f"INSERT INTO {name}_found ({name}_found, rank) VALUES ('integrity-check', 1)")
            )

    def differ(work: Work) -> None:
        work.connection.execute(text("INSERT INTO request_found (rowid, text) VALUES (1, 'paper')"))
        check(work)

    desk.write(ada, check)
    with pytest.raises(Unavailable, match="is damaged"):
        desk.write(ada, differ)
    assert labels(desk, "toner") == ["R-1"]


@pytest.mark.parametrize(
    ("typed", "speaks"), [("vpn", False), ("-(vpn is:held)", True), ("closed<2d", True), ("@me", False)]
)
def test_whether_a_filter_says_which_states_it_wants(typed: str, *, speaks: bool) -> None:
    assert speaks_of_state(parse(typed).tree) is speaks
