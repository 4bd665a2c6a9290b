"""A component is as its worst probe is, and says which one that was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.monitoring.evaluation import ProbeState
from core.monitoring.model import State
from core.monitoring.standing import own_standing

LOOKED = [State.OK, State.WARNING, State.CRITICAL, State.UNKNOWN]


def probe(state: State, *, confirmed: bool = True, since: int = 0, flapping: bool = False) -> ProbeState:
    return ProbeState(state, confirmed, since=since, summary=f"it is {state}", flapping=flapping)


def test_the_worst_probe_speaks_and_the_others_are_counted() -> None:
    standing = own_standing(
        {"a": probe(State.OK), "b": probe(State.CRITICAL, since=7), "c": probe(State.WARNING)}
    )
    assert (standing.state, standing.since) == (State.CRITICAL, 7)
    assert standing.summary == "b: it is critical (and 1 more)"


def test_of_two_as_bad_the_confirmed_one_speaks() -> None:
    standing = own_standing(
        {"a": probe(State.CRITICAL), "z": probe(State.CRITICAL, confirmed=False)},
    )
    assert (standing.confirmed, standing.summary) == (True, "a: it is critical")


def test_a_component_nobody_looked_at_is_pending_and_one_half_looked_at_says_so() -> None:
    assert own_standing({}).state is State.PENDING
    assert own_standing({"a": ProbeState()}).state is State.PENDING
    half = own_standing({"a": probe(State.OK), "b": ProbeState(), "c": probe(State.OK)})
    assert (half.state, half.summary) == (State.OK, "ok so far, not every probe was looked at yet")


def test_it_is_ok_since_its_last_probe_recovered() -> None:
    assert own_standing({"a": probe(State.OK, since=5), "b": probe(State.OK, since=9)}).since == 9


def test_a_soft_failure_does_not_hide_a_certain_one_but_shows_beside_a_warning() -> None:
    doubt = probe(State.CRITICAL, confirmed=False)
    certain = own_standing({"a": probe(State.UNKNOWN), "b": doubt})
    assert (certain.state, certain.confirmed) == (State.UNKNOWN, True)
    assert certain.summary == "a: it is unknown"
    doubtful = own_standing({"a": probe(State.WARNING), "b": doubt})
    assert (doubtful.state, doubtful.confirmed) == (State.CRITICAL, False)


def test_of_several_as_bad_the_one_that_has_stood_longest_speaks() -> None:
    joined = own_standing({"a": probe(State.CRITICAL, since=9), "b": probe(State.CRITICAL, since=5)})
    assert (joined.since, joined.summary) == (5, "b: it is critical (and 1 more)")


@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.tuples(st.sampled_from(LOOKED), st.booleans(), st.booleans())
    )
)
def test_it_is_the_worst_of_its_probes_in_whatever_order_they_are_given(
    found: dict[str, tuple[State, bool, bool]],
) -> None:
    probes = {name: probe(s, confirmed=c, flapping=f) for name, (s, c, f) in found.items()}
    standing = own_standing(probes)
    turned = own_standing(dict(reversed(probes.items())))
    assert standing == turned
    if probes:
        down = [p for p in probes.values() if p.confirmed and p.state in {State.CRITICAL, State.UNKNOWN}]
        worst = max(p.state.severity for p in down or probes.values())
        assert standing.state.severity == worst
        assert standing.confirmed is any(p.confirmed for p in probes.values() if p.state.severity == worst)
        assert standing.flapping is any(p.flapping for p in probes.values())
