"""Who needs whom, alone: what is met, who waits, who is asked, and under which root an outage falls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Component, Need
from core.monitoring.model import State
from core.monitoring.reachability import BAD, Dependencies, Effective
from core.monitoring.standing import Standing

OK, WARN, CRIT, UNKNOWN = State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN
UNREACHABLE, STOPPED, PENDING = State.UNREACHABLE, State.STOPPED, State.PENDING


def house(**needs: tuple[Need, ...]) -> Dependencies:
    names = dict.fromkeys([*needs, *(n for each in needs.values() for need in each for n in need.of)])
    return Dependencies({n: Component(n, n, "s", needs=needs.get(n, ())) for n in names})


def all_of(*names: str) -> tuple[Need, ...]:
    return tuple(Need((name,), 1) for name in names)


def own(state: State, *, confirmed: bool = True) -> Standing:
    return Standing(state, confirmed, 0, "")


def effective(state: State, *roots: str, confirmed: bool = True) -> Effective:
    return Effective(state, confirmed, roots)


POOL = house(app=(Need(("a", "b", "c"), 2),))


def test_a_need_is_met_while_enough_of_the_named_are_not_down() -> None:
    one_down = {"a": effective(CRIT), "b": effective(OK), "c": effective(OK)}
    assert POOL.effective("app", own(CRIT), one_down).state is CRIT
    two_down = {**one_down, "b": effective(STOPPED)}
    assert POOL.effective("app", own(CRIT), two_down) == effective(UNREACHABLE, "a", "b")


def test_neither_a_doubt_nor_a_warning_nor_a_pending_one_makes_anything_unreachable() -> None:
    around = {
        "a": effective(CRIT, confirmed=False),
        "b": effective(WARN),
        "c": effective(PENDING),
    }
    assert POOL.effective("app", own(CRIT), around).state is CRIT


def test_one_that_is_unreachable_hands_its_roots_on_and_is_none_itself() -> None:
    chain = house(web=all_of("app"), app=all_of("db"))
    around = chain.all_effective({"db": own(CRIT), "app": own(CRIT), "web": own(UNKNOWN)})
    assert around["web"] == effective(UNREACHABLE, "db")
    assert chain.root_of("web", around) == chain.root_of("db", around) == ("db",)
    assert chain.release_order("db", around) == ["app", "web"]


def test_behind_what_was_stopped_on_purpose_the_root_is_what_was_stopped() -> None:
    chain = house(web=all_of("app"))
    around = chain.all_effective({"app": own(OK), "web": own(CRIT)}, stopped={"app"})
    assert (around["app"].state, around["web"].roots) == (STOPPED, ("app",))


def test_nothing_that_stands_has_a_root() -> None:
    chain = house(web=all_of("app"))
    around = chain.all_effective({"app": own(CRIT), "web": own(WARN)})
    assert chain.root_of("web", around) == ()
    assert chain.root_of("nobody", around) == ()


def test_a_failure_waits_for_the_doubtful_one_it_cannot_do_without() -> None:
    doubt = effective(CRIT, confirmed=False)
    chain = house(app=all_of("db"))
    assert chain.must_wait("app", {"db": doubt})
    assert not chain.must_wait("app", {"db": effective(OK)})
    assert not chain.must_wait("app", {"db": effective(CRIT)})
    assert chain.must_wait("app", {"db": effective(OK)}, looking={"db"})
    assert not chain.must_wait("nobody", {})


def test_where_enough_others_stand_for_certain_nobody_is_waited_for() -> None:
    doubt = effective(CRIT, confirmed=False)
    fine = effective(OK)
    assert not POOL.must_wait("app", {"a": doubt, "b": fine, "c": fine})
    assert not POOL.must_wait("app", {"a": fine, "b": fine, "c": fine}, looking={"c"})
    assert POOL.must_wait("app", {"a": doubt, "b": fine, "c": effective(CRIT)})
    assert POOL.must_wait("app", {"a": doubt, "b": fine, "c": fine}, looking={"c"})


def test_when_it_turns_bad_what_it_needs_is_asked_save_what_is_down_already() -> None:
    around = {"a": effective(CRIT), "b": effective(CRIT, confirmed=False)}
    assert POOL.parents_to_check("app", around) == ("b", "c")


def test_a_change_concerns_itself_and_what_stands_behind_it_only() -> None:
    tree = house(web=all_of("app"), app=all_of("db", "disk"), mail=all_of("disk"), lone=())
    assert tree.affected_by(["app"]) == ["app", "web"]
    assert tree.affected_by(["lone"]) == ["lone"]
    assert tree.affected_by(["unheard-of"]) == ["unheard-of"]
    found = tree.affected_by(["disk"])
    assert set(found) == {"disk", "app", "web", "mail"}
    assert found.index("disk") < found.index("app") < found.index("web")
    assert tree.children("disk") == ("app", "mail")
    assert tree.parents("app") == ("db", "disk")


COUNT = 8
NAMES = [f"c{n}" for n in range(COUNT)]
NEEDS = st.tuples(
    st.integers(1, COUNT - 1), st.sets(st.integers(0, COUNT - 1), min_size=1), st.integers(1, 4)
)
STANDINGS = st.builds(
    Standing, st.sampled_from([OK, WARN, CRIT, UNKNOWN]), st.booleans(), st.just(0), st.just("")
)


def drawn(needs: list[tuple[int, set[int], int]]) -> dict[str, tuple[Need, ...]]:
    """Needs without circles: each names only earlier components."""
    found: dict[str, tuple[Need, ...]] = dict.fromkeys(NAMES, ())
    for child, parents, at_least in needs:
        earlier = tuple(NAMES[p] for p in sorted(parents) if p < child)
        if earlier:
            found[NAMES[child]] += (Need(earlier, min(at_least, len(earlier))),)
    return found


@given(
    st.lists(NEEDS, max_size=10), st.lists(STANDINGS, min_size=COUNT, max_size=COUNT), st.sets(st.sampled_from(NAMES))
)  # fmt: skip
def test_every_unreachable_one_has_down_roots_that_are_their_own_and_lie_before_it(
    needs: list[tuple[int, set[int], int]], standings: list[Standing], stopped: set[str]
) -> None:
    declared = drawn(needs)
    tree = house(**declared)
    around = tree.all_effective(dict(zip(NAMES, standings, strict=True)), stopped)
    for name, standing in zip(NAMES, standings, strict=True):
        state = around[name]
        unmet = [n for n in declared[name] if sum(not around[p].is_down for p in n.of) < n.at_least]
        expected = name not in stopped and standing.state in BAD and bool(unmet)
        assert (state.state is UNREACHABLE) is expected
        assert bool(state.roots) is expected
        for root in state.roots:
            assert around[root].is_down
            assert around[root].state is not UNREACHABLE
            assert name in tree.affected_by([root])
            assert name in tree.release_order(root, around)
        if name not in stopped and standing.state not in BAD:
            assert state.state is standing.state


@given(
    st.lists(NEEDS, max_size=10),
    st.lists(st.tuples(st.sampled_from(NAMES), STANDINGS), max_size=30),
)
def test_working_out_only_what_a_change_concerns_gives_what_working_out_all_gives(
    needs: list[tuple[int, set[int], int]], results: list[tuple[str, Standing]]
) -> None:
    tree = house(**drawn(needs))
    standings = {name: own(OK) for name in NAMES}
    around = tree.all_effective(standings)
    for name, standing in results:
        standings[name] = standing
        for each in tree.affected_by([name]):
            around[each] = tree.effective(each, standings[each], around)
        assert around == tree.all_effective(standings)


@given(st.lists(NEEDS, max_size=10), st.permutations(NAMES))
def test_needed_ones_come_before_those_that_need_them(
    needs: list[tuple[int, set[int], int]], order: list[str]
) -> None:
    declared = drawn(needs)
    tree = Dependencies({n: Component(n, n, "s", needs=declared[n]) for n in order})
    for start in NAMES:
        found = tree.affected_by([start])
        for place, name in enumerate(found):
            assert not set(tree.parents(name)) & set(found[place:])
