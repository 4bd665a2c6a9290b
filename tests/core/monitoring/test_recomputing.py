"""Only what a change can reach is worked out anew, and that is the same as working out everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Catalog, Component, Need, Probe, TcpTarget
from core.monitoring.model import Reading, State
from core.monitoring.roster import Roster

if TYPE_CHECKING:
    from core.monitoring.commands import Change
    from core.monitoring.reachability import Effective

SIZE = 7
SECOND = 1_000_000
PROBE = Probe("p", TcpTarget("h", 1), every_s=10, timeout_s=2, attempts=2, retry_s=1)
STATES = st.sampled_from([State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN])
GRAPHS = st.tuples(
    *(st.sets(st.integers(0, n - 1), max_size=3) if n else st.just(set[int]()) for n in range(SIZE))
)
EVENTS = st.lists(st.tuples(st.integers(0, SIZE - 1), STATES, st.sampled_from([1, 2, 30])), max_size=60)


class Thorough(Roster):
    """Works out everything behind a component, whatever became of it."""

    def _reaches_on(self, before: Effective | None, after: Effective) -> bool:
        return True


class Counting(Roster):
    """Counts how often it asks what a component reaches."""

    asked = 0

    def _reaches_on(self, before: Effective | None, after: Effective) -> bool:
        self.asked += 1
        return super()._reaches_on(before, after)


def write(roster: Roster, changes: tuple[Change, ...] | list[Change]) -> None:
    roster.written(replace(change.now, version=change.now.version + 1) for change in changes)


@given(GRAPHS, EVENTS, st.booleans())
def test_what_a_change_reaches_is_all_that_changes(
    graph: tuple[set[int], ...], events: list[tuple[int, State, int]], any_of: bool
) -> None:
    parts: dict[str, Component] = {}
    for number, parents in enumerate(graph):
        names = tuple(f"c{each}" for each in sorted(parents))
        needs = (Need(names, 1),) if any_of and names else tuple(Need((each,), 1) for each in names)
        parts[f"c{number}"] = Component(f"c{number}", f"c{number}", "s", needs=needs, probes=(PROBE,))
    quick, thorough = Roster(), Thorough()
    for roster in (quick, thorough):
        roster.take_catalog(Catalog(components=parts), {}, {})
    at = 0
    for number, state, after_s in events:
        at += after_s * SECOND
        outcomes = [r.take_reading((f"c{number}", "p"), Reading(state, "x"), at) for r in (quick, thorough)]
        assert outcomes[0] == outcomes[1]
        silences = [r.take_silence(at, since=1, lateness_s=0.0) for r in (quick, thorough)]
        assert silences[0] == silences[1]
        for roster, outcome, silence in zip((quick, thorough), outcomes, silences, strict=True):
            write(roster, [*outcome.changes, *silence])
    assert [quick.status(name) for name in parts] == [thorough.status(name) for name in parts]


def test_behind_a_hub_that_only_warns_again_nothing_is_worked_out() -> None:
    hub = Component("hub", "hub", "s", probes=(PROBE, replace(PROBE, id="q")))
    leaves = [
        Component(f"c{n}", f"c{n}", "s", needs=(Need(("hub",), 1),), probes=(PROBE,)) for n in range(50)
    ]
    roster = Counting()
    roster.take_catalog(Catalog(components={each.id: each for each in (hub, *leaves)}), {}, {})
    roster.take_reading(("hub", "p"), Reading(State.WARNING, "full"), SECOND)
    roster.asked = 0
    roster.take_reading(("hub", "q"), Reading(State.WARNING, "slow"), 2 * SECOND)
    roster.take_reading(("hub", "q"), Reading(State.OK, "fine"), 9 * SECOND)
    assert 0 < roster.asked < 50
