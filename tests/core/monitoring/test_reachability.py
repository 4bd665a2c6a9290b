"""One outage, one root: what stands behind a failure is unreachable, and says where the fault is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Catalog, Component, Need, Probe, TcpTarget
from core.monitoring.model import Reading, State
from core.monitoring.roster import Roster

PROBE = Probe("p", TcpTarget("h", 1), every_s=10, attempts=1, retry_s=1)
OK, CRIT = State.OK, State.CRITICAL


def component(name: str, *needs: str, at_least: int | None = None) -> Component:
    wanted = tuple(Need((each,), 1) for each in needs) if at_least is None else (Need(needs, at_least),)
    return Component(name, name, "s", needs=wanted, probes=(PROBE,))


class House:
    """A roster fed by hand."""

    def __init__(self, *components: Component) -> None:
        self.roster = Roster()
        self.roster.take_catalog(Catalog(components={c.id: c for c in components}), {}, {})
        self.at = 0

    def result(self, name: str, state: State) -> None:
        self.at += 10_000_000
        outcome = self.roster.take_reading((name, "p"), Reading(state, str(state)), self.at)
        self.roster.written(change.now for change in outcome.changes)

    def state(self, name: str) -> State:
        status = self.roster.status(name)
        return status.state if status else State.PENDING

    def roots(self, name: str) -> tuple[str, ...]:
        status = self.roster.status(name)
        return status.roots if status else ()


def test_what_fails_behind_a_failure_is_unreachable_and_names_the_root() -> None:
    house = House(component("db"), component("app", "db"), component("web", "app"))
    for name in ("web", "app", "db"):
        house.result(name, OK)
    for name in ("db", "app", "web"):
        house.result(name, CRIT)
    assert [house.state(n) for n in ("db", "app", "web")] == [CRIT, State.UNREACHABLE, State.UNREACHABLE]
    assert house.roots("web") == ("db",)
    assert house.roster.affected_of("db") == ("app", "web")


def test_a_child_that_failed_first_becomes_unreachable_once_its_parent_is_found_down() -> None:
    house = House(component("db"), component("app", "db"))
    house.result("app", CRIT)
    house.result("db", CRIT)
    assert house.state("app") is State.UNREACHABLE


def test_what_works_stays_ok_whatever_is_down_around_it() -> None:
    house = House(component("db"), component("app", "db"))
    house.result("app", OK)
    house.result("db", CRIT)
    assert house.state("app") is OK


def test_one_of_two_is_enough_where_one_is_asked_for() -> None:
    house = House(component("a"), component("b"), component("app", "a", "b", at_least=1))
    house.result("a", CRIT)
    house.result("app", CRIT)
    assert house.state("app") is CRIT
    house.result("b", CRIT)
    assert house.state("app") is State.UNREACHABLE
    assert house.roots("app") == ("a", "b")


def test_after_the_root_is_back_a_child_is_looked_at_again_before_it_is_blamed() -> None:
    house = House(component("db"), component("app", "db"))
    for name in ("db", "app"):
        house.result(name, CRIT)
    house.result("db", OK)
    assert house.state("app") is State.UNREACHABLE
    house.result("app", OK)
    assert house.state("app") is OK


def test_a_child_that_is_really_broken_is_blamed_once_it_was_looked_at() -> None:
    house = House(component("db"), component("app", "db"))
    for name in ("db", "app"):
        house.result(name, CRIT)
    house.result("db", OK)
    house.result("app", CRIT)
    house.result("app", CRIT)
    assert house.state("app") is CRIT


NAMES = ["a", "b", "c", "d", "e"]
EDGES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda e: e[0] < e[1]), max_size=8)


@given(EDGES, st.lists(st.booleans(), min_size=5, max_size=5), st.permutations(NAMES))
def test_the_order_of_results_does_not_matter_and_every_unreachable_one_has_a_down_root(
    edges: list[tuple[int, int]], bad: list[bool], order: list[str]
) -> None:
    needs = {child: sorted({NAMES[p] for p, c in edges if NAMES[c] == child}) for child in NAMES}
    final = {name: CRIT if is_bad else OK for name, is_bad in zip(NAMES, bad, strict=True)}
    outcomes = []
    for turn in (order, NAMES):
        house = House(*(component(name, *needs[name]) for name in NAMES))
        for _ in range(3):
            for name in turn:
                house.result(name, final[name])
        outcomes.append({name: (house.state(name), house.roots(name)) for name in NAMES})
    assert outcomes[0] == outcomes[1]
    for name, (state, roots) in outcomes[0].items():
        assert state is not State.UNREACHABLE or (roots and all(outcomes[0][r][0] is CRIT for r in roots))
        assert state is not CRIT or not any(final[p] is CRIT for p in needs[name])
