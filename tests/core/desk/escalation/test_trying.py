"""What a policy would have done is what it does: the trial and the agent decide by the same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.oncall import Policy, PolicyStep
from core.desk import commands
from core.desk.clocks.told import Told
from core.desk.escalation.model import course_of, due_by, next_at, step_after
from core.desk.escalation.trials import try_policy
from core.desk.escalation.trying import would_have
from core.desk.escalation.whom import People
from core.timekeeping import from_micros, to_micros
from tests.core.desk.at_the_desk import AGENT
from tests.core.desk.escalation.house import MAJOR, OPS, STAFF, M, Pager, catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author

MINUTE = 60_000_000
PEOPLE = People({"ops": OPS}, (), STAFF)


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Pager]:
    made = Pager(place, ada)
    yield made
    made.store.close()


def test_a_trial_of_the_policy_in_force_comes_to_what_happened(desk: Pager) -> None:
    begin = to_micros(desk.now)
    desk.fail()
    desk.look()
    for _ in range(31):
        desk.pass_(minutes=1)
        desk.look()
    desk.do(commands.acknowledge_incident, 1)
    desk.pass_(hours=1)
    people = People({"ops": OPS}, (), STAFF)
    trial = desk.store.read(try_policy, MAJOR, catalog(MAJOR), people, begin, to_micros(desk.now))
    assert trial.opened == 1
    assert [name for step in trial.items[0].steps for name in step.told] == desk.told()
    assert [f"{from_micros(step.at):%H:%M}" for step in trial.items[0].steps] == [
        "09:00",
        "09:15",
        "09:30",
        "09:30",
    ]


def test_one_that_nothing_names_is_tried_on_everything_and_one_that_is_named_on_what_it_is_for(
    desk: Pager,
) -> None:
    begin = to_micros(desk.now)
    desk.do(commands.raise_for_failure, "web", "shop", "down", 1, cause=None, author=AGENT)
    desk.do(commands.raise_for_failure, "bulb", "lamp", "down", 1, cause=None, author=AGENT)
    desk.pass_(hours=1)
    end = to_micros(desk.now)
    new = Policy("new", "New", (PolicyStep(("bob",), 10 * M),))
    assert [
        each.name for each in desk.store.read(try_policy, new, catalog(MAJOR), PEOPLE, begin, end).items
    ] == ["I-1", "I-2"]
    assert [
        each.name for each in desk.store.read(try_policy, MAJOR, catalog(MAJOR), PEOPLE, begin, end).items
    ] == ["I-1"]


def test_where_nobody_is_found_it_says_so(desk: Pager) -> None:
    told = [Told(0, state="open", priority=1)]
    (only,) = would_have(Policy("p", "P", (PolicyStep(("rota:none",)),)), told, PEOPLE, MINUTE)
    assert (only.told, only.missing) == ((), "there is no rota none any more")


STEPS = st.builds(
    PolicyStep, st.sampled_from((("ada",), ("nobody-there",))), st.integers(0, 20).map(lambda n: n * M),
    st.sampled_from(("opened", "unanswered", "at risk", "broken")),
)  # fmt: skip
POLICIES = st.builds(
    Policy, st.just("p"), st.just("P"), st.lists(STEPS, min_size=1, max_size=4).map(tuple), st.integers(0, 3),
    st.just(30 * M), st.sampled_from(("acknowledge", "resolve")),
)  # fmt: skip
LIVES = st.lists(
    st.tuples(
        st.integers(1, 40), st.sampled_from(("acknowledged", "in progress", "resolved", "reopened", "closed"))
    ),
    max_size=6,
).map(lambda parts: [Told(0, state="open", priority=1), *_in_order(parts)])


def _in_order(parts: list[tuple[int, str]]) -> list[Told]:
    at, found = 0, []
    for minutes, state in parts:
        at += minutes * MINUTE
        found.append(Told(at, state=state, is_noted=True if state == "acknowledged" else None))
    return found


@given(POLICIES, LIVES, st.integers(0, 300))
def test_no_step_comes_twice_none_before_its_time_and_none_after_the_end(
    policy: Policy, told: list[Told], minutes: int
) -> None:
    until = minutes * MINUTE
    found = would_have(policy, told, PEOPLE, until)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(0 <= each.at < until and each.round <= policy.repeat for each in found)
    for each in found:
        course = course_of([one for one in told if one.at <= each.at])
        assert not course.is_over(policy)
    # A longer look changes nothing of what a shorter one saw.
    assert would_have(policy, told, PEOPLE, until // 2) == [each for each in found if each.at < until // 2]


@given(POLICIES, LIVES, st.integers(0, 400))
def test_what_is_due_is_due_from_when_it_is_said_to_be_next(
    policy: Policy, told: list[Told], minutes: int
) -> None:
    course, now = course_of(told), minutes * MINUTE
    at = next_at(policy, course, {})
    assert bool(due_by(policy, course, {}, now)) is (at is not None and at <= now)


@given(st.dictionaries(st.integers(1, 3), st.integers(0, 2)))
def test_the_next_step_by_hand_is_the_first_that_was_taken_least(done: dict[int, int]) -> None:
    policy = Policy("p", "P", (PolicyStep(("ada",)),) * 3)
    taken = step_after(policy, done)
    assert taken.round == min(done.get(n, -1) for n in (1, 2, 3)) + 1
    assert all(done.get(n, -1) >= taken.round for n in range(1, taken.step))
