"""Children and parents over time: who waits for whom, who is asked, and what an agent that takes over knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Catalog, Component, Need, Probe, TcpTarget
from core.monitoring.evaluation import ProbeState
from core.monitoring.model import Reading, State, Status, Stopped
from core.monitoring.roster import Outcome, Roster

OK, WARN, CRIT, UNREACHABLE = State.OK, State.WARNING, State.CRITICAL, State.UNREACHABLE
SECOND = 1_000_000
PROBE = Probe("p", TcpTarget("h", 1), every_s=10, timeout_s=2, attempts=1, retry_s=1)


def component(name: str, *needs: str, probe: Probe = PROBE) -> Component:
    return Component(name, name, "s", needs=tuple(Need((each,), 1) for each in needs), probes=(probe,))


CHAIN = (component("db"), component("app", "db"), component("web", "app"))


class House:
    """A roster fed by hand, one result a second."""

    def __init__(self, *components: Component) -> None:
        self.catalog = Catalog(components={c.id: c for c in components})
        self.roster = Roster()
        self.roster.take_catalog(self.catalog, {}, {})
        self.at = 0

    def result(self, name: str, state: State, *, write: bool = True, after_s: int = 1) -> Outcome:
        self.at += after_s * SECOND
        outcome = self.roster.take_reading((name, "p"), Reading(state, str(state)), self.at)
        if write:
            self.write(outcome)
        return outcome

    def write(self, outcome: Outcome) -> None:
        self.roster.written(replace(change.now, version=change.now.version + 1) for change in outcome.changes)

    def status(self, name: str) -> Status:
        status = self.roster.status(name)
        assert status is not None
        return status

    def shown(self, name: str) -> tuple[State, bool]:
        return self.status(name).state, self.status(name).confirmed


def test_a_failure_asks_what_it_needs_and_waits_for_the_answer() -> None:
    house = House(*CHAIN)
    for name in ("db", "app"):
        house.result(name, OK)
    assert house.result("app", CRIT).look_now == (("db", "p"),)
    assert house.shown("app") == (CRIT, False)
    house.result("app", CRIT)
    assert house.shown("app") == (CRIT, False)
    house.result("db", OK)
    house.result("app", CRIT)
    assert house.shown("app") == (CRIT, True)


def test_where_the_answer_is_a_failure_too_only_the_root_is_blamed() -> None:
    house = House(*CHAIN)
    house.result("web", CRIT)
    house.result("app", CRIT)
    house.result("web", CRIT)
    assert house.shown("web") == (CRIT, False)
    house.result("db", CRIT)
    assert house.shown("db") == (CRIT, True)
    assert (house.status("web").state, house.status("web").roots) == (UNREACHABLE, ("db",))
    assert (house.status("app").state, house.status("app").roots) == (UNREACHABLE, ("db",))


def test_an_answer_that_does_not_come_is_not_waited_for_longer_than_it_may_take() -> None:
    house = House(*CHAIN)
    house.result("app", CRIT)
    house.result("app", CRIT, after_s=3)
    assert house.shown("app") == (CRIT, False)
    house.result("app", CRIT)
    assert house.shown("app") == (CRIT, True)


def test_a_failure_waits_while_what_it_needs_is_being_looked_at() -> None:
    house = House(*CHAIN)
    house.result("db", OK)
    house.result("app", CRIT)
    house.roster.began_look(("db", "p"))
    house.result("app", CRIT, after_s=60)
    assert house.shown("app") == (CRIT, False)
    house.roster.ended_look(("db", "p"))
    house.result("app", CRIT)
    assert house.shown("app") == (CRIT, True)


def test_a_failure_waits_while_what_it_needs_is_bad_but_not_confirmed() -> None:
    slow = component("db", probe=replace(PROBE, attempts=3))
    house = House(slow, component("app", "db"))
    house.result("app", WARN)
    house.result("db", CRIT)
    house.result("app", CRIT, after_s=60)
    assert house.shown("app") == (CRIT, False)
    house.result("db", CRIT)
    house.result("db", CRIT)
    assert house.shown("db") == (CRIT, True)
    assert house.status("app").state is UNREACHABLE


def test_what_was_down_behind_it_is_asked_at_once_when_the_root_is_back() -> None:
    house = House(*CHAIN)
    for name in ("db", "app", "web"):
        house.result(name, CRIT)
    assert house.result("db", OK).look_now == (("app", "p"),)
    assert house.status("app").state is UNREACHABLE
    assert house.result("app", OK).look_now == (("web", "p"),)
    assert house.status("web").state is UNREACHABLE
    house.result("web", CRIT)
    assert house.status("web").state is CRIT


def test_looks_taken_while_the_root_was_down_do_not_help_to_confirm_a_failure_once_it_is_back() -> None:
    house = House(component("db"), component("app", "db", probe=replace(PROBE, attempts=3)))
    house.result("db", CRIT)
    house.result("app", CRIT)
    house.result("app", CRIT)
    house.result("db", OK)
    house.result("app", CRIT)
    house.result("app", CRIT)
    assert house.shown("app") == (CRIT, False)
    house.result("app", CRIT)
    assert house.shown("app") == (CRIT, True)


def test_a_root_that_fails_again_before_its_child_answered_is_the_root_again() -> None:
    house = House(*CHAIN[:2])
    house.result("db", CRIT)
    house.result("app", CRIT)
    for _ in range(3):
        house.result("db", OK)
        assert house.status("app").state is UNREACHABLE
        house.result("db", CRIT)
        house.result("app", CRIT)
        assert (house.status("app").state, house.status("app").roots) == (UNREACHABLE, ("db",))


def test_what_was_found_while_a_write_was_under_way_is_not_forgotten_with_it() -> None:
    house = House(component("db"))
    house.result("db", OK)
    down = house.result("db", CRIT, write=False)
    up = house.result("db", OK, write=False)
    assert [c.now.state for c in up.changes] == [OK]
    house.write(down)
    assert (house.status("db").state, house.status("db").version) == (OK, 2)
    house.write(up)
    again = house.result("db", CRIT)
    assert [c.now.state for c in again.changes] == [CRIT]


def test_an_agent_that_takes_over_asks_again_before_it_blames_what_was_unreachable() -> None:
    house = House(*CHAIN[:2])
    house.result("db", CRIT)
    house.result("app", CRIT)
    statuses = {name: house.status(name) for name in ("db", "app")}
    states = {("app", "p"): ProbeState(CRIT, attempt=1), ("db", "p"): ProbeState(OK)}
    successor = Roster()
    changes = successor.take_catalog(house.catalog, statuses, states)
    assert [(c.now.id, c.now.state) for c in changes] == [("db", OK)]
    app = successor.status("app")
    assert app is not None
    assert app.state is UNREACHABLE


def test_a_late_result_of_what_is_declared_no_longer_is_nothing() -> None:
    house = House(*CHAIN)
    house.result("db", OK)
    assert house.roster.take_catalog(Catalog(), {}, {}) == []
    assert house.result("db", CRIT) == Outcome()


def stopped(status: Status, at: int) -> Status:
    why = Stopped("ada", "maintenance", datetime(2026, 1, 1, tzinfo=UTC))
    return replace(status, state=State.STOPPED, stopped=why, version=status.version + at)


def test_behind_what_was_stopped_on_purpose_nothing_raises_and_after_its_release_all_is_asked() -> None:
    house = House(*CHAIN[:2])
    for name in ("db", "app"):
        house.result(name, OK)
    halted = stopped(house.status("db"), 1)
    house.roster.take_stopped("db", halted, house.at)
    house.result("db", CRIT)
    house.result("app", CRIT)
    assert house.status("db").state is State.STOPPED
    assert (house.status("app").state, house.status("app").roots) == (UNREACHABLE, ("db",))
    released = replace(halted, state=State.PENDING, stopped=None, version=halted.version + 1)
    _, look = house.roster.take_stopped("db", released, house.at)
    assert ("db", "p") in look
    house.result("db", OK)
    house.result("app", OK)
    assert (house.status("db").state, house.status("app").state) == (OK, OK)


def test_silence_before_an_agent_began_is_not_held_against_a_probe() -> None:
    house = House(component("db"))
    house.result("db", OK)
    began = house.at + 3600 * SECOND
    assert house.roster.take_silence(began + 5 * SECOND, since=began, lateness_s=0) == []
    changes = house.roster.take_silence(began + 60 * SECOND, since=began, lateness_s=0)
    assert [(c.now.state, c.now.confirmed) for c in changes] == [(State.UNKNOWN, True)]


NAMES = ["a", "b", "c", "d", "e"]
NEEDS = st.tuples(
    st.integers(0, 4), st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True), st.integers(1, 3)
)


@given(
    st.lists(NEEDS, max_size=6),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from([OK, WARN, CRIT, State.UNKNOWN])), max_size=30
    ),
    st.permutations(NAMES),
    st.integers(1, 3),
)
def test_whatever_came_before_steady_results_end_in_the_same_states(
    needs: list[tuple[int, list[int], int]],
    bad: list[bool],
    noise: list[tuple[str, State]],
    order: list[str],
    attempts: int,
) -> None:
    probe = replace(PROBE, attempts=attempts)
    wanted: dict[str, list[Need]] = {name: [] for name in NAMES}
    for child, parents, at_least in needs:
        lower = tuple(NAMES[p] for p in parents if p < child)
        if lower:
            wanted[NAMES[child]].append(Need(lower, min(at_least, len(lower))))
    house = House(*(Component(n, n, "s", needs=tuple(wanted[n]), probes=(probe,)) for n in NAMES))
    for name, state in noise:
        house.result(name, state)
        check_roots(house)
    for _ in range(12):
        for name in order:
            house.result(name, CRIT if bad[NAMES.index(name)] else OK)
            check_roots(house)
    down: set[str] = set()
    for name, is_bad in zip(NAMES, bad, strict=True):
        unmet = any(len([p for p in need.of if p not in down]) < need.at_least for need in wanted[name])
        expected = OK if not is_bad else UNREACHABLE if unmet else CRIT
        assert house.shown(name) == (expected, True)
        if is_bad:
            down.add(name)


def check_roots(house: House) -> None:
    """No component is unreachable without a root, and no root is itself unreachable."""
    for name in NAMES:
        status = house.roster.status(name)
        if status is None or status.state is not UNREACHABLE:
            continue
        assert status.roots
        for root in status.roots:
            found = house.roster.status(root)
            assert found is not None
            assert found.state is not UNREACHABLE
