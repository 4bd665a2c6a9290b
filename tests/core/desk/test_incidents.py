from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk import commands, queries
from core.desk.model import FOLLOWS, IncidentState
from core.errors import BadInput, Moved, NotFound, NotPossible
from core.gate.model import Consent, Level
from core.journal import queries as journal
from core.journal.folding import fold
from core.journal.model import Via
from core.journal.wording import sentence
from core.monitoring.commands import Change, record_changes
from core.monitoring.model import State, Status
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable

AGENT = Author("agent", Via.AGENT)
BOX = Consent(Level.BOX)


def fail(store: Store, component: str = "web") -> int:
    return store.write(
        AGENT, commands.raise_for_failure, component, "shop", f"{component} is down", 2, cause=None
    )


def test_a_component_that_fails_again_before_closing_reopens_the_same_incident(
    store: Store, ada: Author
) -> None:
    number = fail(store)
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None)
    cleared = store.read(queries.one_incident, number)
    assert cleared.state is IncidentState.RESOLVED
    assert cleared.standing == "cleared, nobody looked"
    assert fail(store) == number
    assert store.read(queries.one_incident, number).state is IncidentState.REOPENED
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None)
    store.write(ada, commands.close_incident, number, "cable was loose", BOX)
    assert fail(store) == number + 1


def test_closing_asks_for_a_resolution_and_for_recovery_first(store: Store, ada: Author) -> None:
    number = fail(store)
    with pytest.raises(NotPossible, match="is open; it cannot become closed"):
        store.write(ada, commands.close_incident, number, "done", BOX)
    store.write(ada, commands.resolve_incident, number, "restarted", BOX)
    with pytest.raises(BadInput, match="sentence"):
        store.write(ada, commands.close_incident, number, "  ", BOX)
    closed = store.write(ada, commands.close_incident, number, "restarted, cause known", BOX)
    assert (closed.state, closed.closed_by, closed.was_looked_at) == (IncidentState.CLOSED, "ada", True)


def test_a_box_is_asked_for_before_resolving(store: Store, ada: Author) -> None:
    number = fail(store)
    with pytest.raises(BadInput, match="confirmed"):
        store.write(ada, commands.resolve_incident, number, "x", Consent())


def test_what_changed_since_it_was_seen_is_told_and_nothing_is_done(store: Store, ada: Author) -> None:
    number = fail(store)
    seen = store.read(queries.one_incident, number).version
    store.write(Author("bob", Via.CLI), commands.set_severity, number, 1)
    with pytest.raises(Moved, match="bob severity set"):
        store.write(ada, commands.acknowledge_incident, number, seen)
    assert store.read(queries.one_incident, number).state is IncidentState.OPEN


def test_notes_are_kept_without_escapes_and_never_refused_for_a_version(store: Store, ada: Author) -> None:
    number = fail(store)
    store.write(ada, commands.note_incident, number, "saw \x1b[31mred\x1b[0m\nsecond line")
    entry = store.read(journal.of_subject, commands.subject(number))[-1]
    assert entry.note == "saw red\nsecond line"
    with pytest.raises(NotFound):
        store.write(ada, commands.note_incident, 99, "x")


def test_what_is_unreachable_behind_it_is_listed(store: Store) -> None:
    number = fail(store)
    store.write(AGENT, commands.set_affected, "web", lambda: ["z", "a"], cause=None)
    assert store.read(queries.one_incident, number).affected == ("a", "z")


MOVES = st.lists(
    st.sampled_from(["acknowledge", "take", "start", "resolve", "close", "reopen", "fail", "clear"]),
    max_size=12,
)


@given(moves=MOVES)
def test_whatever_is_tried_states_follow_the_table_and_the_journal_rebuilds_the_row(
    tmp_path_factory: pytest.TempPathFactory, ada: Author, moves: list[str]
) -> None:
    store = Store.at(tmp_path_factory.mktemp("desk") / "x.db")
    number = fail(store)
    doings: dict[str, Callable[[], object]] = {
        "acknowledge": lambda: store.write(ada, commands.acknowledge_incident, number),
        "take": lambda: store.write(ada, commands.take_incident, number),
        "start": lambda: store.write(ada, commands.start_incident, number),
        "resolve": lambda: store.write(ada, commands.resolve_incident, number, "x", BOX),
        "close": lambda: store.write(ada, commands.close_incident, number, "x", BOX),
        "reopen": lambda: store.write(ada, commands.reopen_incident, number, "x", BOX),
        "fail": lambda: fail(store),
        "clear": lambda: store.write(AGENT, commands.clear_after_recovery, "web", cause=None),
    }
    for move in moves:
        before = store.read(queries.one_incident, number)
        try:
            doings[move]()
        except NotPossible:
            assert store.read(queries.one_incident, number) == before
        after = store.read(queries.one_incident, number)
        assert after.state == before.state or after.state in FOLLOWS[before.state]
    told = fold(store.read(journal.of_subject, commands.subject(number)))
    row = store.read(queries.one_incident, number)
    assert (told["state"], told["severity"]) == (row.state, row.severity)
    store.close()


def test_every_state_has_a_way_to_closed() -> None:
    for start in IncidentState:
        seen, todo = set(), [start]
        while todo:
            state = todo.pop()
            if state not in seen:
                seen.add(state)
                todo += FOLLOWS[state]
        assert IncidentState.CLOSED in seen


def test_an_old_incident_is_shown_as_it_was(store: Store, ada: Author) -> None:
    number = fail(store)
    at = store.read(journal.newest)
    opened_at = store.read(journal.one, at.seq)
    store.write(ada, commands.acknowledge_incident, number)
    assert opened_at is not None
    assert store.read(journal.as_of, commands.subject(number), opened_at.at)["state"] == "open"
    assert store.read(journal.as_of, commands.subject(number), datetime.now(UTC))["state"] == "acknowledged"


def test_an_incident_says_its_present_cause_and_its_entries_the_former(store: Store) -> None:
    number = fail(store)
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None)
    store.write(AGENT, commands.raise_for_failure, "web", "shop", "web refuses", 2, cause=None)
    assert store.read(queries.one_incident, number).title == "web refuses"
    store.write(AGENT, commands.retitle_for_cause, "web", "web is slow", cause=None)
    assert store.read(queries.one_incident, number).title == "web is slow"
    entries = store.read(journal.of_subject, commands.subject(number))
    said = [entry.changes["title"] for entry in entries if "title" in entry.changes]
    assert [tuple(pair) for pair in said[1:]] == [
        ("web is down", "web refuses"),
        ("web refuses", "web is slow"),
    ]
    count = store.read(journal.count)
    store.write(AGENT, commands.retitle_for_cause, "web", "web is slow", cause=None)
    assert store.read(journal.count) == count


def test_an_incident_says_whether_its_component_recovered_or_is_only_no_longer_critical(store: Store) -> None:
    number = fail(store)
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None, is_ok=False)
    assert "no longer critical" in store.read(journal.of_subject, commands.subject(number))[-1].note
    fail(store)
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None)
    assert store.read(journal.of_subject, commands.subject(number))[-1].note == "its component recovered"


def test_a_critical_component_gets_another_cause_only_when_another_failure_speaks(store: Store) -> None:
    def critical(summary: str) -> None:
        now = Status("web", 0, State.CRITICAL, True, datetime(2026, 1, 1, tzinfo=UTC), summary)
        store.write(AGENT, record_changes, [Change(now, "shop", "Web", 2)])

    critical("errors: 23 matching lines (and 1 more)")
    critical("errors: 40 matching lines")
    assert (
        store.read(queries.one_incident, 1).title == "Web is critical: errors: 23 matching lines (and 1 more)"
    )
    critical("process: none runs (and 1 more)")
    assert store.read(queries.one_incident, 1).title == "Web is critical: process: none runs (and 1 more)"


def test_what_was_found_behind_it_before_it_recovered_is_not_listed_afterwards(store: Store) -> None:
    number = fail(store)
    store.write(AGENT, commands.set_affected, "web", lambda: ["front"], cause=None)
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None)
    store.write(AGENT, commands.set_affected, "web", lambda: ["front"], cause=None)
    assert store.read(queries.one_incident, number).affected == ()


def test_a_title_that_a_person_wrote_stays_and_the_entry_says_the_cause(store: Store, ada: Author) -> None:
    opened = store.write(ada, commands.open_incident, "web", "shop", "Customers call: no prices", 1, BOX)
    assert fail(store) == opened.id
    store.write(AGENT, commands.retitle_for_cause, "web", "web is slow", cause=None)
    assert store.read(queries.one_incident, opened.id).title == "Customers call: no prices"
    said = [sentence(entry) for entry in store.read(journal.of_subject, commands.subject(opened.id))]
    assert said[1:] == ["I-1 failed again: web is down", "I-1 has another cause now: web is slow"]
