"""What may be done is decided in core, whatever screen or command line asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk import commands as desk
from core.desk import queries as desk_queries
from core.errors import BadInput, NotPermitted, NotPossible
from core.gate.commands import admit, lock_operate, unlock_operate
from core.gate.model import MANY, OPERATE_S, VERBS, Consent, Level, check_consent, name_to_type, needed_level
from core.gate.undo import last_undoable, take_back
from core.journal import queries as journal
from core.journal.model import Via
from core.restorers import RESTORERS
from core.store.store import Store, backend_for
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from pathlib import Path

FULL = Consent(Level.NAME, "web", "because")
NEED_OPERATE = sorted(v.id for v in VERBS.values() if v.operate)


@pytest.mark.parametrize("verb", NEED_OPERATE)
def test_no_verb_that_acts_on_the_service_system_passes_in_watch(
    store: Store, ada: Author, verb: str
) -> None:
    with pytest.raises(NotPermitted, match="WATCH"):
        store.write(ada, admit, verb, ["web"], FULL)
    store.write(ada, unlock_operate, "restart after the switch failed")
    store.write(ada, admit, verb, ["web"], FULL)
    store.write(ada, lock_operate)
    with pytest.raises(NotPermitted):
        store.write(ada, admit, verb, ["web"], FULL)


def test_operate_is_of_one_person_at_one_seat_and_ends_also_when_the_clock_is_set(
    place: Path, ada: Author
) -> None:
    now = utc_now()
    clock = {"now": now}
    store = Store(backend_for(place), now=lambda: clock["now"])
    store.open()
    store.write(ada, unlock_operate, "test")
    for stranger in (Author("ada", Via.CONSOLE, "seat-2"), Author("bob", Via.CONSOLE, "seat-1")):
        with pytest.raises(NotPermitted):
            store.write(stranger, admit, "run.begin", ["web"], FULL)
    for moved_s in (OPERATE_S + 1, -3600):
        clock["now"] = now + timedelta(seconds=moved_s)
        with pytest.raises(NotPermitted):
            store.write(ada, admit, "run.begin", ["web"], FULL)
    store.close()


def test_operate_asks_for_a_reason(store: Store, ada: Author) -> None:
    with pytest.raises(BadInput, match="reason"):
        store.write(ada, unlock_operate, "   ")


@given(
    st.sampled_from(sorted(VERBS)),
    st.integers(1, 40),
    st.sampled_from(list(Level)),
    st.booleans(),
    st.booleans(),
)
def test_less_consent_than_the_level_never_passes(
    verb_id: str, subjects: int, level: Level, typed: bool, reasoned: bool
) -> None:
    verb, names = VERBS[verb_id], [f"c{n}" for n in range(subjects)]
    needed = needed_level(verb, subjects)
    assert needed >= verb.level
    assert needed == verb.level or subjects > MANY
    consent = Consent(level, name_to_type(names) if typed else "c", "why" if reasoned else " ")
    enough = (needed < Level.BOX or level >= needed) and (needed < Level.NAME or (typed and reasoned))
    if enough:
        check_consent(verb, names, consent)
    else:
        with pytest.raises(BadInput):
            check_consent(verb, names, consent)


def opened(store: Store, author: Author) -> int:
    return store.write(author, desk.raise_for_failure, "web", "shop", "web is down", 2, cause=None)


def test_ones_own_last_change_can_be_taken_back_and_both_stay_in_the_journal(
    store: Store, ada: Author
) -> None:
    number = opened(store, Author("agent", Via.AGENT))
    before = store.read(desk_queries.one_incident, number)
    store.write(ada, desk.take_incident, number)
    entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    store.write(ada, take_back, RESTORERS, entry.seq)
    after = store.read(desk_queries.one_incident, number)
    assert (after.state, after.owner, after.acknowledged_at) == (before.state, before.owner, None)
    kinds = [e.kind for e in store.read(journal.of_subject, desk.subject(number))]
    assert kinds == ["incident.opened", "incident.taken", "incident.taken_back"]
    assert store.read(last_undoable, RESTORERS, "ada", utc_now()) is None


def test_a_note_can_be_taken_back_and_stays_on_the_time_line(store: Store, ada: Author) -> None:
    number = opened(store, Author("agent", Via.AGENT))
    before = store.read(desk_queries.one_incident, number)
    store.write(ada, desk.note_incident, number, "wrong incident\nreally")
    entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    assert store.write(ada, take_back, RESTORERS, entry.seq) == f"I-{number} noted: wrong incident …"
    assert store.read(desk_queries.one_incident, number) == before
    *_, note, taken_back = store.read(journal.of_subject, desk.subject(number))
    assert (note.kind, taken_back.kind, taken_back.cause) == (
        "incident.noted", "incident.taken_back", note.seq
    )  # fmt: skip
    assert store.read(last_undoable, RESTORERS, "ada", utc_now()) is None


def test_what_somebody_else_did_or_changed_since_cannot_be_taken_back(store: Store, ada: Author) -> None:
    bob = Author("bob", Via.CONSOLE, "seat-2")
    number = opened(store, bob)
    store.write(ada, desk.acknowledge_incident, number)
    entry = store.read(last_undoable, RESTORERS, "ada", utc_now())
    assert entry is not None
    with pytest.raises(NotPossible, match="done by ada"):
        store.write(bob, take_back, RESTORERS, entry.seq)
    store.write(bob, desk.set_severity, number, 1)
    with pytest.raises(NotPossible, match="severity set to 1"):
        store.write(ada, take_back, RESTORERS, entry.seq)


def test_after_a_minute_a_change_stands(store: Store, ada: Author) -> None:
    number = opened(store, ada)
    store.write(ada, desk.acknowledge_incident, number)
    assert store.read(last_undoable, RESTORERS, "ada", utc_now() + timedelta(seconds=61)) is None


def test_what_is_refused_is_named_in_an_operators_words() -> None:
    for verb in VERBS.values():
        if verb.level >= Level.BOX and verb.id != "operate.unlock":
            with pytest.raises(BadInput) as refused:
                check_consent(verb, ["orders store"], Consent())
            assert verb.id not in str(refused.value)
            assert "level" not in str(refused.value)
            assert verb.words in str(refused.value)


def test_what_needs_operate_says_why_and_how(store: Store, ada: Author) -> None:
    with pytest.raises(NotPermitted) as refused:
        store.write(ada, admit, "run.begin", ["web"], FULL)
    assert str(refused.value).startswith(
        "running a procedure acts on the service system, which WATCH does not"
    )
    assert "--operate --reason TEXT" in str(refused.value)
