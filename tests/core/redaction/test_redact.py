"""A text is taken out of everything that is kept of an item; the journal says so, and the chain holds."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core.desk.requests.attending import hand_over_request
from core.desk.requests.queries import one_request
from core.errors import BadInput, Moved, NotFound, NotPermitted, NotPossible
from core.gate import people
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.exporting import ExportReader, export_lines
from core.journal.model import Subject
from core.journal.sealing import JournalBroken
from core.journal.seals import next_batch, pieces, seal_batch, standing
from core.journal.verifying import Verdict, Verifier, verify
from core.journal.wording import sentence
from core.redaction.commands import redact
from core.redaction.queries import find_text, whole_text
from core.timekeeping import utc_now
from tests.core.redaction.secrets_typed import (
    INCIDENT,
    REQUEST,
    SECRET,
    WORDS,
    consent,
    texts_holding,
    type_secrets,
)

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store
    from core.store.work import Author, Work

PIECES = ("hunter", "rich, thanks", "zurich")


def checked(store: Store) -> Verdict:
    return verify(pieces(store, store.read(standing)), Verifier())


def exported(store: Store) -> bytes:
    upto = store.read(standing)
    return "".join(export_lines(pieces(store, upto), upto)).encode()


def checked_offline(data: bytes) -> Verdict:
    return verify(ExportReader(io.BytesIO(data), "journal.jsonl").pieces(), Verifier())


def test_it_is_gone_from_the_item_and_all_else_stays(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    before = store.read(one_request, 1)
    found = store.read(find_text, REQUEST, SECRET)
    assert {row.table for row in found.rows} == {"request", "checklist_item", "message"}
    assert found.elsewhere == 2
    assert store.write(ada, redact, REQUEST, SECRET, consent(), seen=found).entries == found.entries
    now = store.read(one_request, 1)
    assert (now.title, now.text) == ("cannot log in with [redacted]", "my password is\n[redacted], thanks")
    assert (now.state, now.owner, now.version) == (before.state, before.owner, before.version + 1)
    entries = store.read(journal.of_subject, REQUEST)
    notes = [each.note for each in entries]
    assert "tried [redacted] twice: [redacted]" in notes
    assert "an innocent note" in notes
    said = entries[-1]
    assert (said.kind, said.note) == ("request.redacted", "a password was typed")
    assert {number for number, _ in said.changes["redacted_entries"][1]} == {
        each.seq for each in found.entries
    }
    assert said.changes["redacted_characters"][1] == len(SECRET) * found.times
    assert sentence(said).startswith("R-1 redacted: ")
    assert set(store.read(texts_holding, *PIECES)) == {
        "journal.body", "incident.title", "incident_words.own", "request_words.said",
    }, "of the other items only"  # fmt: skip


def test_it_is_gone_from_everything(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    assert store.read(texts_holding, *PIECES)
    found = store.read(find_text, INCIDENT, SECRET, everywhere=True)
    assert [str(each) for each in found.subjects()] == ["request:1", "incident:1", "request:2"]
    store.write(ada, redact, INCIDENT, SECRET, consent("I-1"), everywhere=True)
    assert store.read(texts_holding, *PIECES) == []
    said = [each for each in store.read(journal.page) if each.kind.endswith(".redacted")]
    assert {each.subject for each in said} == {REQUEST, INCIDENT, Subject("request", "2")}
    first = min(each.seq for each in said)
    assert {each.cause for each in said} == {None, first}
    assert checked(store).redacted


def test_the_chain_holds_and_says_what_was_redacted(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    heads = [each.hash for each in store.read(journal.page)]
    found = store.write(ada, redact, REQUEST, SECRET, consent())
    verdict = checked(store)
    assert [each.entry for each in verdict.redacted] == [each.seq for each in found.entries]
    assert {each.by for each in verdict.redacted} == {verdict.entries}
    assert [each.hash for each in store.read(journal.page)][1:] == heads
    assert checked_offline(exported(store)).redacted == verdict.redacted


def test_what_is_redacted_before_it_was_sealed_is_sealed_all_the_same(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    store.write(ada, redact, REQUEST, SECRET, consent())
    batch = store.read(next_batch)
    assert batch is not None
    assert seal_batch(batch, utc_now(), None).last == standing_seq(store)
    bodies = [(*record[:7], record[7].replace("tried", "tired"), *record[8:]) for record in batch.records]
    with pytest.raises(JournalBroken):
        seal_batch(batch._replace(records=bodies), utc_now(), None)


def standing_seq(store: Store) -> int:
    return store.read(standing).head.seq


def test_taken_out_twice_the_last_word_counts(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    store.write(ada, redact, REQUEST, SECRET, consent())
    store.write(ada, redact, REQUEST, "my password is", consent())
    verdict = checked(store)
    assert {each.by for each in verdict.redacted} == {verdict.entries, verdict.entries - 1}
    assert checked_offline(exported(store)).redacted == verdict.redacted


def test_as_of_an_earlier_moment_the_marker_stands_there(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    noted = store.read(journal.of_subject, REQUEST)[1].at
    store.write(ada, redact, REQUEST, SECRET, consent())
    then = store.read(journal.as_of, REQUEST, noted)
    assert then["title"] == "cannot log in with [redacted]"
    assert then["state"] == "new"


@pytest.mark.parametrize(
    ("piece", "table"), [("my password is", "request"), ("change", "checklist_item"), ("we tried", "message")]
)
def test_who_saw_the_text_before_cannot_save_it_again_unasked(
    store: Store, ada: Author, piece: str, table: str
) -> None:
    type_secrets(store, ada)
    seen = store.read(one_request, 1).version
    done = store.write(ada, redact, REQUEST, piece, consent())
    assert [row.table for row in done.rows] == [table]
    with pytest.raises(Moved, match="ada redacted"):
        store.write(ada, hand_over_request, 1, "bea", f"{piece} {SECRET}", seen)
    assert not [e for e in store.read(journal.of_subject, REQUEST) if e.kind == "request.handed_over"]


def test_only_what_is_taken_out_of_entries_alone_leaves_the_item_as_it_is(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    seen = store.read(one_request, 1).version
    assert store.write(ada, redact, REQUEST, "an innocent note", consent()).rows == ()
    assert store.read(one_request, 1).version == seen


def test_nothing_is_found_by_it_any_more(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    store.write(ada, redact, REQUEST, SECRET, consent(), everywhere=True)
    words = store.read(
        lambda one: one.execute(text("SELECT own, said FROM request_words WHERE id = 1")).one()
    )
    assert not any(word in " ".join(words) for word in WORDS)
    assert "innocent" in words.said


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ("", "no text is named"),
        ("   ", "no text is named"),
        ("ab", "2 characters"),
        ("redacted", "a part of"),
        ("nobody ever wrote this", "stands nowhere in R-1"),
    ],
)
def test_what_cannot_be_taken_out_is_said_and_nothing_changes(
    store: Store, ada: Author, piece: str, words: str
) -> None:
    type_secrets(store, ada)
    before = exported(store)
    with pytest.raises(BadInput, match=words):
        store.write(ada, redact, REQUEST, piece, consent())
    assert exported(store) == before


def test_a_state_or_a_name_is_never_replaced(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    with pytest.raises(BadInput, match="stands nowhere"):
        store.write(ada, redact, INCIDENT, "open", consent("I-1"))


def test_the_name_is_typed_and_a_reason_given(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    for given in (Consent(Level.BOX), consent("R-2"), consent(reason=" ")):
        with pytest.raises(BadInput):
            store.write(ada, redact, REQUEST, SECRET, given)
    with pytest.raises(BadInput, match="the reason holds"):
        store.write(ada, redact, REQUEST, SECRET, consent(reason=f"{SECRET} was typed"))
    with pytest.raises(BadInput, match="at most 500 fit"):
        store.write(ada, redact, REQUEST, SECRET, consent(reason="x" * 501))
    assert store.read(find_text, REQUEST, SECRET).times


def test_what_somebody_wrote_meanwhile_is_looked_at_first(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    seen = store.read(find_text, REQUEST, SECRET)
    from core.desk.requests.commands import note_request

    store.write(ada, note_request, 1, f"again {SECRET}")
    with pytest.raises(BadInput, match="meanwhile"):
        store.write(ada, redact, REQUEST, SECRET, consent(), seen=seen)


def test_what_has_no_texts_or_is_not_there_is_refused(store: Store, ada: Author) -> None:
    with pytest.raises(NotPossible):
        store.read(find_text, Subject("component", "web"), SECRET)
    with pytest.raises(NotFound):
        store.read(find_text, REQUEST, SECRET)


def test_a_whole_text_is_named_by_its_field(store: Store, ada: Author) -> None:
    type_secrets(store, ada)
    assert store.read(whole_text, REQUEST, "title") == f"cannot log in with {SECRET}"
    number = next(
        each.seq for each in store.read(journal.of_subject, REQUEST) if each.note.startswith("tried")
    )
    assert store.read(whole_text, REQUEST, f"note:{number}").startswith("tried")
    for field in ("nonsense", "vote_why", f"note:{number + 500}", f"note:{10**30}"):
        with pytest.raises(NotFound):
            store.read(whole_text, REQUEST, field)


@pytest.mark.embedded
@pytest.mark.parametrize("role", ["viewer", "operator", "lead"])
def test_only_an_admin_may(store: Store, ada: Author, role: str) -> None:
    type_secrets(store, ada)
    store.write(ada, people.declare_staff, [("ada", "Ada", role)])
    with pytest.raises(NotPermitted, match="for the role admin"):
        store.write(ada, redact, REQUEST, SECRET, consent())
    assert store.read(find_text, REQUEST, SECRET).times


@pytest.mark.embedded
def test_the_file_holds_nothing_of_it(store: Store, ada: Author, place: Path) -> None:
    type_secrets(store, ada)
    store.write(ada, redact, INCIDENT, SECRET, consent("I-1"), everywhere=True)
    assert store.scour() == ""
    for path in place.parent.iterdir():
        if path.is_file():
            held = path.read_bytes().lower()
            assert [word for word in (b"hunter", *(word.encode() for word in WORDS)) if word in held] == []
    assert checked(store).redacted


@pytest.mark.embedded
def test_the_journal_is_closed_again(store: Store, ada: Author, place: Path) -> None:
    type_secrets(store, ada)
    store.write(ada, redact, REQUEST, SECRET, consent())
    with closing(sqlite3.connect(place)) as one, pytest.raises(sqlite3.IntegrityError):
        one.execute("UPDATE journal SET body = '[{},\"\"]' WHERE seq = 1")


@pytest.mark.embedded
def test_a_redacted_body_that_is_changed_again_is_found(store: Store, ada: Author, place: Path) -> None:
    type_secrets(store, ada)
    found = store.write(ada, redact, REQUEST, SECRET, consent())
    seq = found.entries[0].seq

    def tamper(sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(place, isolation_level=None)) as one:
            one.execute("DROP TRIGGER IF EXISTS journal_no_update")
            one.execute(sql, values)

    tamper("UPDATE journal SET body = replace(body, 'log in', 'get in') WHERE seq = ?", seq)
    with pytest.raises(JournalBroken, match="changed once more") as broken:
        checked(store)
    assert broken.value.entry == seq
    with pytest.raises(JournalBroken, match="changed once more"):
        checked_offline(exported(store))
    tamper("UPDATE journal SET body = replace(body, 'get in', 'log in') WHERE seq = ?", seq)
    assert checked(store).redacted
    tamper("UPDATE journal SET actor = 'eve' WHERE seq = ?", seq)
    with pytest.raises(JournalBroken, match="changed once more"):
        checked(store)


@pytest.mark.embedded
def test_another_change_is_still_the_first_that_is_told(store: Store, ada: Author, place: Path) -> None:
    type_secrets(store, ada)
    innocent = next(
        e.seq for e in store.read(journal.of_subject, REQUEST) if e.note.startswith("an innocent")
    )
    store.write(ada, redact, REQUEST, SECRET, consent())
    with closing(sqlite3.connect(place, isolation_level=None)) as one:
        one.execute("DROP TRIGGER journal_no_update")
        one.execute(
            "UPDATE journal SET body = replace(body, 'innocent', '[redacted]') WHERE seq = ?", (innocent,)
        )
    with pytest.raises(JournalBroken, match="does not fit its hash") as broken:
        checked(store)
    assert broken.value.entry == innocent


@pytest.mark.embedded
def test_a_text_that_was_put_back_is_told(store: Store, ada: Author, place: Path) -> None:
    type_secrets(store, ada)
    before = {e.seq: e for e in store.read(journal.page)}
    held = store.read(lambda one: one.execute(text("SELECT seq, body FROM journal")).all())
    assert before
    store.write(ada, redact, REQUEST, SECRET, consent())
    with closing(sqlite3.connect(place, isolation_level=None)) as one:
        one.execute("DROP TRIGGER journal_no_update")
        one.executemany("UPDATE journal SET body = ? WHERE seq = ?", [(body, seq) for seq, body in held])
    with pytest.raises(JournalBroken, match="stands as it was written"):
        checked(store)


def test_an_entry_that_says_so_without_its_being_so_breaks_the_journal(
    store: Store, ada: Author, place: Path | str
) -> None:
    type_secrets(store, ada)

    def lie(work: Work) -> None:
        work.record(
            "request.redacted", REQUEST, {"redacted_entries": (None, [[1, "0" * 64]])}, note="nothing was"
        )

    if isinstance(place, str):  # a server does not even let it in
        with pytest.raises(NotPermitted, match="which is not so"):
            store.write(ada, lie)
        return
    store.write(ada, lie)
    with pytest.raises(JournalBroken, match="stands as it was written"):
        checked(store)
