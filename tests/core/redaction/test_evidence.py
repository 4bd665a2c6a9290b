"""A text is taken out of what was read of the world outside: lines kept as evidence, what a report says, and what was said of a right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import BadInput, Moved
from core.gate.model import Consent, Level
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.journal.seals import pieces, standing
from core.journal.verifying import Verifier, verify
from core.redaction.commands import redact
from core.redaction.queries import find_text, whole_text
from core.security.findings.commands import note_finding
from core.security.grants import commands as grants
from core.security.signals.commands import acknowledge_signal, make_incident
from core.security.signals.model import Raised, Severity
from core.security.signals.pages import Wanted, page
from core.security.signals.taking_in import From, raise_signal
from core.timekeeping import to_micros, utc_now
from tests.core.redaction.secrets_typed import texts_holding
from tests.core.security.findings.house import House
from tests.core.security.grants.house import BOX, all_of, begin, take

if TYPE_CHECKING:
    from pathlib import Path

    from core.security.signals.model import Signal
    from core.store.store import Store
    from core.store.work import Author

SECRET = 'Hunter"2\\Zürich'
WORDS = ("hunter", "zürich")


def surely(name: str) -> Consent:
    return Consent(Level.NAME, name, "it is nobody's business")


def holds(store: Store) -> bool:
    verdict = verify(pieces(store, store.read(standing)), Verifier())
    return bool(verdict.entries) and bool(verdict.redacted)


def raise_about(store: Store, ada: Author, about: str = "203.0.113.9") -> int:
    at = to_micros(utc_now())
    lines = (f"sudo: COMMAND=/bin/login --password={SECRET}", "an innocent line", f"{SECRET} again")
    raised = Raised("not-in-sudoers", Severity.HIGH, "sudo by somebody who may not", about, 3, at, at, lines)
    return store.write(ada, raise_signal, From("auth", "auth of shop-1"), raised)


def one_signal(store: Store, number: int) -> Signal:
    return next(
        each for each in store.read(page, Wanted("ada", utc_now().date(), "all")) if each.id == number
    )


def test_a_secret_is_taken_out_of_the_lines_that_a_signal_keeps(store: Store, ada: Author) -> None:
    number = raise_about(store, ada)
    store.write(ada, acknowledge_signal, number, f"they typed {SECRET} there")
    before = one_signal(store, number)
    subject = Subject("signal", str(number))
    found = store.read(find_text, subject, SECRET)
    assert {(row.table, row.column) for row in found.rows} == {("signal", "samples"), ("signal", "why")}
    store.write(ada, redact, subject, SECRET, surely(f"SG-{number}"), seen=found)
    now = one_signal(store, number)
    assert now.samples == (
        "sudo: COMMAND=/bin/login --password=[redacted]",
        "an innocent line",
        "[redacted] again",
    )
    assert now.why == "they typed [redacted] there"
    assert (now.version, now.count, now.state, now.about) == (
        before.version + 1,
        before.count,
        before.state,
        before.about,
    )
    assert store.read(of_subject, subject)[-1].kind == "signal.redacted"
    assert store.read(texts_holding, *WORDS) == []
    assert holds(store)
    with pytest.raises(Moved):
        store.write(ada, acknowledge_signal, number, "seen before", before.version)


def test_a_signal_goes_on_behind_what_was_taken_out_of_it(store: Store, ada: Author) -> None:
    number = raise_about(store, ada)
    store.write(ada, redact, Subject("signal", str(number)), SECRET, surely(f"SG-{number}"))
    at = to_micros(utc_now())
    more = Raised("not-in-sudoers", Severity.HIGH, "t", "203.0.113.9", 20, at, at, ("another line",))
    assert store.write(ada, raise_signal, From("auth", "auth of shop-1"), more) == number
    assert one_signal(store, number).samples[-1] == "another line"
    store.write(ada, acknowledge_signal, number, "looked at")
    assert holds(store)


def test_whom_a_signal_is_about_stays_for_they_do_not_judge_it(store: Store, ada: Author) -> None:
    number = raise_about(store, ada, "eve-the-visitor")
    with pytest.raises(BadInput, match="stands nowhere in"):
        store.read(find_text, Subject("signal", str(number)), "eve-the-visitor").times or store.write(
            ada, redact, Subject("signal", str(number)), "eve-the-visitor", surely(f"SG-{number}")
        )
    assert one_signal(store, number).about == "eve-the-visitor"


def test_what_a_signal_brought_onto_a_time_line_is_taken_out_with_everything(
    store: Store, ada: Author
) -> None:
    number = raise_about(store, ada)
    store.write(ada, make_incident, number, BOX)
    subject = Subject("signal", str(number))
    assert store.read(find_text, subject, SECRET).elsewhere == 1, "it is said that the incident holds it, too"
    store.write(ada, redact, subject, SECRET, surely(f"SG-{number}"), everywhere=True)
    assert store.read(texts_holding, *WORDS) == []
    assert holds(store)


def test_of_a_grant_what_was_said_of_it_and_the_words_it_is_found_by(
    store: Store, tmp_path: Path, ada: Author
) -> None:
    begin(store)
    take(store, tmp_path, "alice,reader,,,her password is Hunter22Zürich,,\n")
    (number,) = (each.id for each in all_of(store))
    store.write(ada, grants.accept_grant, number, "ada", "asked by Hunter22Zürich", None, BOX)
    subject = Subject("grant", str(number))
    store.write(ada, redact, subject, "Hunter22Zürich", surely(f"G-{number}"))
    (now,) = all_of(store)
    assert now.reason == "asked by [redacted]"
    assert (now.principal, now.entitlement) == ("alice", "reader")
    assert store.read(texts_holding, *WORDS) == []
    assert holds(store)
    store.write(ada, grants.end_grant, number, "not needed", BOX)


def test_of_a_finding_its_title_what_was_said_of_it_and_the_words_it_is_found_by(
    place: Path | str, ada: Author, tmp_path: Path
) -> None:
    house = House(place, ada)
    report = tmp_path / "report.csv"
    report.write_text(
        "vulnerability,component,package,version,severity,title\nCVE-2026-1,web,lib,1,high,left by Hunter22Zürich\n"
    )
    house.take_in(report)
    found = house.one("CVE-2026-1")
    house.do(note_finding, found.id, "Hunter22Zürich wrote it")
    subject = Subject("finding", str(found.id))
    assert house.store.read(whole_text, subject, "title") == "left by Hunter22Zürich"
    house.do(redact, subject, "Hunter22Zürich", surely(f"F-{found.id}"))
    now = house.one("CVE-2026-1")
    assert (now.title, now.version) == ("left by [redacted]", found.version + 1)
    assert house.store.read(texts_holding, *WORDS) == []
    assert holds(house.store)
    house.store.close()


def test_of_a_reading_and_a_report_the_lines_that_were_refused(
    store: Store, tmp_path: Path, ada: Author
) -> None:
    begin(store)
    take(store, tmp_path, "alice,reader,,,,,\n=Hunter22Zürich,reader,,,,,\n")
    subject = Subject("reading", "1")
    found = store.read(find_text, subject, "Hunter22Zürich")
    assert {(row.table, row.column) for row in found.rows} == {("access_reading", "refusals")}
    store.write(ada, redact, subject, "Hunter22Zürich", surely("RD-1"))
    assert store.read(texts_holding, *WORDS) == []
    assert holds(store)
