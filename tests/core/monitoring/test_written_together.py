"""What one batch writes: many states, their entries, their incidents and their probes, in few statements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.desk import commands as desk
from core.desk.model import IncidentState
from core.desk.queries import one_incident
from core.journal import queries as journal
from core.journal.model import START, Via
from core.monitoring.commands import (
    Change,
    ProbeRecord,
    keep_probes,
    record_changes,
    release_stopped,
    stop_on_purpose,
)
from core.monitoring.model import State, Status
from core.monitoring.queries import probe_records, statuses
from core.store.work import Author
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.store.store import Store

AGENT = Author("agent", Via.AGENT)


def change(name: str, state: State) -> Change:
    return Change(Status(name, 0, state, True, utc_now(), f"{name} is {state}"), "shop", name, 2)


def record(number: int, data: str) -> ProbeRecord:
    return ProbeRecord(number, f"c{number}", "p", State.OK, "fine", "", "latency_ms", "ms", 1, data)


def test_new_known_and_stopped_components_of_one_batch_each_stand_as_they_should(store: Store) -> None:
    store.write(AGENT, record_changes, [change("known", State.OK), change("off", State.OK)])
    store.write(AGENT, stop_on_purpose, "off", "being moved")
    written = store.write(AGENT, record_changes, [
        change("new", State.WARNING), change("off", State.CRITICAL), change("known", State.WARNING),
    ])  # fmt: skip
    held = store.read(statuses)
    assert {s.id: (s.state, s.version) for s in held.values()} == {
        "new": (State.WARNING, 1), "known": (State.WARNING, 2), "off": (State.STOPPED, 2),
    }  # fmt: skip
    assert {status.id: status for status in written} == held


def test_every_change_of_a_batch_has_its_entry_in_the_order_of_causes(store: Store) -> None:
    behind = change("shop", State.UNREACHABLE)
    behind = replace(behind, now=replace(behind.now, roots=("disk",)))
    store.write(AGENT, record_changes, [behind, change("disk", State.CRITICAL)])
    entries = store.read(journal.after, START)
    assert entries is not None
    changed = [entry for entry in entries if entry.kind == "component.changed"]
    assert [entry.subject.id for entry in changed] == ["disk", "shop"]
    assert changed[1].cause == changed[0].cursor.seq


def test_what_recovers_is_cleared_while_others_of_the_batch_fail(store: Store) -> None:
    store.write(AGENT, record_changes, [change("web", State.CRITICAL)])
    store.write(AGENT, record_changes, [
        change("web", State.OK), change("mail", State.CRITICAL), change("disk", State.OK),
    ])  # fmt: skip
    web, mail = (store.read(one_incident, number) for number in (1, 2))
    assert (web.component, web.state) == ("web", IncidentState.RESOLVED)
    assert (mail.component, mail.state) == ("mail", IncidentState.OPEN)
    assert store.write(AGENT, desk.with_incident, ["disk", "mail", "web"]) == {"mail", "web"}


def test_a_whole_site_that_comes_back_at_once_clears_every_incident(store: Store) -> None:
    names = [f"c{n:03}" for n in range(desk.AT_ONCE + 1)]
    store.write(AGENT, record_changes, [change(names[0], State.CRITICAL), change(names[-1], State.CRITICAL)])
    store.write(AGENT, record_changes, [change(name, State.OK) for name in names])
    assert [store.read(one_incident, number).state for number in (1, 2)] == [IncidentState.RESOLVED] * 2
    assert len(store.read(statuses)) == len(names)


def test_a_component_stopped_and_released_counts_its_versions_on(store: Store) -> None:
    store.write(AGENT, record_changes, [change("web", State.OK)])
    store.write(AGENT, stop_on_purpose, "web", "being moved")
    store.write(AGENT, release_stopped, "web")
    now = store.read(statuses)["web"]
    assert (now.state, now.version, now.stopped) == (State.PENDING, 3, None)


def test_probes_kept_again_replace_what_was_kept_and_leave_the_others(store: Store) -> None:
    store.write(AGENT, keep_probes, [record(1, "old"), record(2, "old")])
    store.write(AGENT, keep_probes, [record(2, "new"), record(3, "new")])
    store.write(AGENT, keep_probes, [])
    assert store.read(probe_records) == {
        ("c1", "p"): "old",
        ("c2", "p"): "new",
        ("c3", "p"): "new",
    }
