"""What a person did is attached to an incident: by the journal, whatever is written, redacted or restored afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.desk import attached
from core.desk import commands as desk
from core.desk.attached import ATTACHED, attach_log, attached_logs, doings_of, doings_since, line_of
from core.errors import BadInput, NotFound, NotPermitted
from core.gate import people
from core.gate.model import Consent, Level
from core.gate.undo import take_back
from core.journal import queries as journal
from core.journal.model import Subject, Via
from core.redaction.commands import redact
from core.restorers import RESTORERS
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from core.store.store import Store
    from core.store.work import Work

BOX = Consent(Level.BOX)
AGENT = Author("agent", Via.AGENT, "agent")
RUN = Subject("run", "1")


def night_of(store: Store, ada: Author) -> None:
    """I-1 opened by the agent; ada takes it, notes, begins a run, and is refused; the run goes on under another name."""
    store.write(AGENT, desk.raise_for_failure, "web", "shop", "no answer", 1, cause=None)
    store.write(ada, desk.take_incident, 1)
    store.write(ada, desk.note_incident, 1, "the password is hunter2")

    def begin(work: Work) -> None:
        work.record("run.begun", RUN, {"title": (None, "restart"), "component": (None, "web")}, note="try it")

    def end(work: Work) -> None:
        work.record("run.ended", RUN, {"state": (None, "done"), "text": (None, "it answers")})

    store.write(ada, begin)
    store.write(AGENT, end)
    store.write(AGENT, lambda work: work.record("run.ended", Subject("run", "2"), {"state": (None, "done")}))


@pytest.fixture
def night(store: Store, ada: Author) -> Store:
    night_of(store, ada)
    return store


@pytest.mark.embedded
def test_it_holds_what_they_did_and_how_their_runs_went_and_nothing_else(night: Store, ada: Author) -> None:
    done = night.write(ada, attach_log, 1, 0)
    kinds = [each.kind for each in done.entries]
    assert kinds == ["incident.taken", "incident.noted", "run.begun", "run.ended"]
    (log,) = night.read(attached_logs, 1)
    assert log.doings == done
    assert log.is_as_attached
    assert (log.entry.kind, log.entry.actor, log.count) == (ATTACHED, "ada", 4)
    said = [line_of(each) for each in log.doings.entries]
    assert "I-1 noted: the password is hunter2" in said[1]
    assert said[2].endswith("output: watchfloor run PR-1")
    assert "PR-1 done: it answers" in said[3]
    assert "ada attached what ada did: 4 entries behind 0" in log.words


def test_it_holds_what_was_done_through_the_console_alone(store: Store, ada: Author) -> None:
    store.write(AGENT, desk.raise_for_failure, "web", "shop", "no answer", 1, cause=None)
    store.write(ada, desk.take_incident, 1)
    store.write(Author("bea", Via.CLI, "cli"), desk.note_incident, 1, "bea looks, too")
    store.write(Author("ada", Via.IMPORT, "import"), desk.note_incident, 1, "brought in")
    done = store.write(ada, attach_log, 1, 0)
    assert [each.kind for each in done.entries] == ["incident.taken"]
    after = store.read(journal.newest).seq
    store.write(ada, desk.note_incident, 1, "later")
    (log,) = store.read(attached_logs, 1)
    assert log.is_as_attached, "what came later is not in it"
    assert log.doings.upto == after - 1
    store.write(ada, attach_log, 1, after - 1)
    assert [each.kind for each in store.read(attached_logs, 1)[1].doings.entries] == [
        ATTACHED,
        "incident.noted",
    ]


def test_what_is_taken_out_of_the_journal_is_out_of_it_too(store: Store, ada: Author) -> None:
    store.write(AGENT, desk.raise_for_failure, "web", "shop", "no answer", 1, cause=None)
    store.write(ada, desk.note_incident, 1, "the password is hunter2")
    store.write(ada, attach_log, 1, 0)
    store.write(
        ada, redact, Subject("incident", "1"), "hunter2", Consent(Level.NAME, "I-1", "typed by mistake")
    )
    (log,) = store.read(attached_logs, 1)
    assert "the password is [redacted]" in line_of(log.doings.entries[0])
    assert log.is_as_attached


@pytest.mark.embedded
def test_one_that_is_not_what_was_attached_says_so(store: Store, ada: Author, place: Path) -> None:
    store.write(AGENT, desk.raise_for_failure, "web", "shop", "no answer", 1, cause=None)
    store.write(ada, desk.take_incident, 1)
    store.write(ada, desk.note_incident, 1, "seen")
    store.write(ada, attach_log, 1, 0)
    with closing(sqlite3.connect(place, isolation_level=None)) as one:
        one.execute("DROP TRIGGER journal_no_update")
        one.execute("UPDATE journal SET actor = 'bea' WHERE seq = 2")
    (log,) = store.read(attached_logs, 1)
    assert not log.is_as_attached
    assert log.trouble.startswith("NOT AS ATTACHED")


def test_since_when_is_said_as_elsewhere_and_that_instant_counts(store: Store, ada: Author) -> None:
    store.write(ada, desk.open_incident, "web", "shop", "no answer", 1, BOX)
    now = utc_now() + timedelta(seconds=1)
    assert [each.kind for each in store.read(doings_since, "ada", "I-1", now).entries] == ["incident.opened"]
    assert len(store.read(doings_since, "ada", "-2h", now).entries) == 1
    for since, words in (("soon", "is no instant"), ("0s", "ada did nothing since")):
        with pytest.raises(BadInput, match=words):
            store.read(doings_since, "ada", since, now + timedelta(minutes=1))
    with pytest.raises(BadInput, match="bea did nothing"):
        store.read(doings_since, "bea", "-2h", now)
    with pytest.raises(NotFound):
        store.read(doings_since, "ada", "I-7", now)


def test_nothing_is_attached_that_is_nothing_or_too_much(
    store: Store, ada: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(ada, desk.open_incident, "web", "shop", "no answer", 1, BOX)
    store.write(ada, desk.note_incident, 1, "seen")
    newest = store.read(journal.newest)
    with pytest.raises(BadInput, match=r"did nothing since entry .*Nothing was attached"):
        store.write(ada, attach_log, 1, newest.seq)
    monkeypatch.setattr(attached, "MOST", 1)
    with pytest.raises(BadInput, match="over 1 entries"):
        store.write(ada, attach_log, 1, 0)
    with pytest.raises(NotFound):
        store.write(ada, attach_log, 2, 0)
    assert store.read(journal.newest) == newest


def test_it_can_be_taken_back(store: Store, ada: Author) -> None:
    store.write(ada, desk.open_incident, "web", "shop", "no answer", 1, BOX)
    store.write(ada, attach_log, 1, 0)
    store.write(ada, take_back, RESTORERS, store.read(journal.newest).seq)
    assert store.read(attached_logs, 1) == []
    assert store.read(doings_of, "ada", 0).entries[-1].note == "a log"


@pytest.mark.embedded
def test_a_viewer_may_not(store: Store, ada: Author) -> None:
    store.write(ada, desk.open_incident, "web", "shop", "no answer", 1, BOX)
    store.write(ada, people.declare_staff, [("ada", "Ada", "viewer")])
    with pytest.raises(NotPermitted):
        store.write(ada, attach_log, 1, 0)


def test_one_that_no_rule_of_ours_wrote_is_no_log(store: Store, ada: Author) -> None:
    store.write(ada, desk.open_incident, "web", "shop", "no answer", 1, BOX)
    store.write(ada, lambda work: work.record(ATTACHED, Subject("incident", "1"), {"log_by": (None, "ada")}))
    assert store.read(attached_logs, 1) == []
