"""Who took note of an incident, and of which failure of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk import commands, queries
from core.desk.model import IncidentState
from core.errors import NotPossible
from core.gate.model import Consent, Level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.folding import fold
from core.journal.model import Via
from core.restorers import RESTORERS
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.desk.model import Incident
    from core.store.store import Store

AGENT = Author("agent", Via.AGENT)
BOX = Consent(Level.BOX)


def fail(store: Store) -> int:
    return store.write(AGENT, commands.raise_for_failure, "web", "shop", "web is down", 2, cause=None)


def recover(store: Store) -> None:
    store.write(AGENT, commands.clear_after_recovery, "web", cause=None)


def seen(store: Store, number: int) -> Incident:
    return store.read(queries.one_incident, number)


def test_note_is_taken_of_what_cleared_while_nobody_looked_and_it_stays_resolved(
    store: Store, ada: Author
) -> None:
    number = fail(store)
    recover(store)

    found = store.write(ada, commands.acknowledge_incident, number, seen(store, number).version)

    assert (found.state, found.acknowledged_by, found.was_looked_at) == (IncidentState.RESOLVED, "ada", True)
    assert found.standing == "resolved"
    with pytest.raises(NotPossible, match="is resolved"):
        store.write(ada, commands.acknowledge_incident, number)


def test_taking_note_of_what_cleared_is_undone(store: Store, ada: Author) -> None:
    number = fail(store)
    recover(store)
    store.write(ada, commands.acknowledge_incident, number)
    undoable = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert undoable is not None

    store.write(ada, take_back, RESTORERS, undoable.seq)

    assert seen(store, number).standing == "cleared, nobody looked"


def test_who_took_note_of_one_failure_did_not_of_the_next(store: Store, ada: Author) -> None:
    number = fail(store)
    store.write(ada, commands.acknowledge_incident, number)
    recover(store)
    assert seen(store, number).standing == "resolved"
    fail(store)
    assert (seen(store, number).state, seen(store, number).was_looked_at) == (IncidentState.REOPENED, False)

    recover(store)

    assert seen(store, number).standing == "cleared, nobody looked"
    entries = store.read(journal.of_subject, commands.subject(number))
    assert [e.kind for e in entries if e.changes.get("acknowledged_by", ("", ""))[1] == "ada"] == [
        "incident.acknowledged"
    ]
    assert fold(entries)["acknowledged_by"] == ""


def test_a_failure_of_what_was_not_resolved_yet_leaves_it_acknowledged(store: Store, ada: Author) -> None:
    number = fail(store)
    store.write(ada, commands.acknowledge_incident, number)
    assert fail(store) == number
    assert seen(store, number).acknowledged_by == "ada"


def test_who_opens_it_again_has_taken_note(store: Store, ada: Author) -> None:
    number = fail(store)
    recover(store)

    found = store.write(ada, commands.reopen_incident, number, "it is not over", BOX)

    assert (found.state, found.acknowledged_by) == (IncidentState.REOPENED, "ada")


def test_a_closed_incident_is_neither_taken_nor_given_another_severity(store: Store, ada: Author) -> None:
    number = fail(store)
    store.write(ada, commands.resolve_incident, number, "restarted", BOX)
    store.write(ada, commands.close_incident, number, "restarted", BOX)
    count = store.read(journal.count)

    with pytest.raises(NotPossible, match=r"I-1 is closed; it cannot be taken\. Open it again first"):
        store.write(ada, commands.take_incident, number)
    with pytest.raises(NotPossible, match="I-1 is closed; it cannot be given another severity"):
        store.write(ada, commands.set_severity, number, 1)

    assert store.read(journal.count) == count
